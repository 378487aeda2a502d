"""The rows that were refused, as a CSV file that can be mended and imported again."""

from collections import defaultdict
from collections.abc import Iterable

from django.utils.translation import gettext as _

from jobs.imports.table import Cell, Table
from jobs.imports.values import to_text
from workspaces.exports import csv_lines

LONGEST = 1_000


def error_file(table: Table, messages: Iterable[tuple[int, str, str]]) -> str:
    """CSV text with a byte-order mark. messages: (row, column, message). The reasons stand in the first column, whose
    header no field is named by; the other columns are those of the file.
    """
    reasons: dict[int, list[str]] = defaultdict(list)
    for row, column, message in messages:
        reasons[row].append(f"{column}: {message}" if column else message)
    cells: dict[int, tuple | list] = {problem.row: problem.cells for problem in table.problems}
    cells |= {number: row for number, row in zip(table.numbers, table.rows, strict=True) if number in reasons}
    head = [_("Import error"), *map(_shortened, table.headers)]
    rows = (
        [
            _("Row %(row)s: %(reasons)s") % {"row": number, "reasons": "; ".join(reasons[number])},
            *map(_shortened, cells.get(number, ())),
        ]
        for number in sorted(reasons)
    )
    return "".join(csv_lines(head, rows))


def _shortened(cell: Cell) -> str:
    return to_text(cell)[:LONGEST]
