"""The rows that were refused, as a CSV file that can be mended and imported again."""

from collections import defaultdict
from collections.abc import Iterable

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from jobs.imports.layout import normalised
from jobs.imports.table import Cell, Table
from jobs.imports.values import to_text
from workspaces.exports import csv_lines


def error_file(table: Table, messages: Iterable[tuple[int, str, str]]) -> str:
    """CSV text with a byte-order mark. messages: (row, column, message). The columns are those of the file, with every
    cell whole; the reasons stand in the last one, whose header no field is named by. That of an earlier error file is
    left out: its reasons are of another row.
    """
    reasons: dict[int, list[str]] = defaultdict(list)
    for row, column, message in messages:
        reasons[row].append(f"{column}: {message}" if column else message)
    kept = [index for index, header in enumerate(table.headers) if normalised(header) not in _own_headers()]
    cells: dict[int, tuple | list] = {problem.row: problem.cells for problem in table.problems}
    cells |= {number: row for number, row in zip(table.numbers, table.rows, strict=True) if number in reasons}
    rows = (
        [
            *_row(cells.get(number, ()), kept, len(table.headers)),
            _("Row %(row)s: %(reasons)s") % {"row": number, "reasons": "; ".join(reasons[number])},
        ]
        for number in sorted(reasons)
    )
    return "".join(csv_lines([*(table.headers[index] for index in kept), _("Import error")], rows))


def _row(cells: tuple | list, kept: list[int], width: int) -> list[str]:
    """As wide as the header, so that the reason stands below its own; a row that was too wide stays so."""
    texts: list[Cell] = [cells[index] if index < len(cells) else "" for index in kept]
    return [to_text(cell) for cell in (*texts, *cells[width:])]


def _own_headers() -> set[str]:
    found = set()
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            found.add(normalised(_("Import error")))
    return found
