"""What a file holds once it is read: headers, rows of cells with the file's own row numbers, and what was odd about it."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

# A cell is text unless the workbook itself said what it is.
Cell = str | date | Decimal

MAX_BYTES = 50 * 1024 * 1024
MAX_ROWS = 200_000
MAX_COLUMNS = 300
MAX_CELL = 100_000


class UnreadableFile(ValueError):
    """The file as a whole cannot be read; `code` is stable, the text is for people."""

    def __init__(self, code: str, message: str):
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(frozen=True)
class Problem:
    """Something wrong in one row. `column` is an index into the table's headers, None for the row as a whole.

    cells: what the row holds, to hand it back for mending; empty where even that could not be read.
    """

    row: int
    column: int | None
    message: str
    cells: tuple[Cell, ...] = ()


@dataclass
class Table:
    """`numbers[i]` is the number that a spreadsheet shows beside `rows[i]`; every row is as wide as `headers`.

    Rows named in `problems` could not be read and are not in `rows`.
    """

    headers: list[str]
    numbers: list[int]
    rows: list[list[Cell]]
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def column(self, index: int) -> list[Cell]:
        return [row[index] for row in self.rows]
