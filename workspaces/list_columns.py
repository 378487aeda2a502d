"""The columns of a list's table: which there are, which are shown, and what their cells say."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.datastructures import MultiValueDict

# The parameter that says which columns a list has, with a comma between them; only the first column when none is named.
COLUMNS, NO_COLUMNS = "columns", "none"


@dataclass(frozen=True)
class ListColumn:
    """A column of a list's table after the first, which is always there.

    text(row) → what its cell says; None where the page draws the cell. sort: the Sort that its head clicks to. is_shown:
    without a choice. is_number: to the right; is_figure: digits under each other. of: what the list itself knows it by.
    edits: the field of the row's form that a cell changes in place; "" where it says what nobody can type.
    """

    key: str
    label: Any
    text: Callable[[Any], Any] | None = None
    sort: str = ""
    is_number: bool = False
    is_figure: bool = False
    is_shown: bool = True
    of: Any = None
    edits: str = ""

    def say(self, row: Any) -> Any:
        return "" if self.text is None else self.text(row)


def cells(rows: Iterable[Any], columns: Iterable[ListColumn]) -> list[tuple[Any, list[tuple[ListColumn, Any]]]]:
    """[(row, [(column, what its cell says)])]"""
    columns = list(columns)
    return [(row, [(column, column.say(row)) for column in columns]) for row in rows]


def chosen_columns(columns: Sequence[ListColumn], params: Mapping[str, str]) -> list[ListColumn]:
    """Those that the address names, in its order; a form with a box for each names them one by one."""
    texts = params.getlist(COLUMNS) if isinstance(params, MultiValueDict) else [params.get(COLUMNS, "")]
    names = dict.fromkeys(name for text in texts for name in text.split(","))
    known = {column.key: column for column in columns}
    chosen = [known[name] for name in names if name in known]
    if chosen or NO_COLUMNS in names:
        return chosen
    return usual_columns(columns)


def usual_columns(columns: Sequence[ListColumn]) -> list[ListColumn]:
    return [column for column in columns if column.is_shown]
