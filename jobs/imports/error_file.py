"""The rows that were refused, as a CSV file that can be mended and imported again."""

import csv
import io
import re
from collections import defaultdict
from collections.abc import Iterable

from django.utils.translation import gettext as _

from jobs.imports.table import Cell, Table
from jobs.imports.values import to_text

LONGEST = 1_000
# A spreadsheet would run these as formulas. Numbers are left alone: a negative amount stays a number.
FORMULA = re.compile(r"[=+\-@\t\r\n]")
NUMBER = re.compile(r"[-+]?[\d.,]+%?")


def error_file(table: Table, messages: Iterable[tuple[int, str, str]]) -> str:
    """CSV text with a byte-order mark. messages: (row, column, message). The reasons stand in the first column, whose
    header no field is named by; the other columns are those of the file.
    """
    reasons: dict[int, list[str]] = defaultdict(list)
    for row, column, message in messages:
        reasons[row].append(f"{column}: {message}" if column else message)
    cells: dict[int, tuple | list] = {problem.row: problem.cells for problem in table.problems}
    cells |= {number: row for number, row in zip(table.numbers, table.rows, strict=True) if number in reasons}
    out = io.StringIO()
    out.write("\ufeff")
    writer = csv.writer(out)
    writer.writerow([_("Import error"), *map(guarded, table.headers)])
    for number in sorted(reasons):
        why = _("Row %(row)s: %(reasons)s") % {"row": number, "reasons": "; ".join(reasons[number])}
        writer.writerow([guarded(why), *map(guarded, cells.get(number, ()))])
    return out.getvalue()


def guarded(cell: Cell) -> str:
    """The cell as text that no spreadsheet takes for a formula; an apostrophe that importing removes again."""
    text = to_text(cell)[:LONGEST]
    if FORMULA.match(text) and not NUMBER.fullmatch(text):
        return "'" + text
    return text
