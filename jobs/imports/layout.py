"""Finds the table within the rows of a file: the header under title rows, the end above totals and signatures."""

import re
from collections.abc import Collection
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from jobs.imports.table import MAX_CELL, MAX_COLUMNS, MAX_ROWS, Cell, Problem, Table, UnreadableFile

SEARCHED_ROWS = 30
TOTAL = re.compile(
    r"(合\s*计|总\s*计|小\s*计|共\s*计|总\s*和|grand total|sub-?total|totals?|sum)\s*(\(.*\)|（.*）)?\s*[:：]?", re.I
)
NUMBER = re.compile(r"[-+(¥￥$€]*\d[\d,.\s]*[%万亿)]*")
# What a spreadsheet would take for a formula is exported with an apostrophe before it; it comes back without.
GUARDED = re.compile(r"'(?=[=+\-@\t\r＝＋－＠])")


def normalised(header: str) -> str:
    """A header as it is compared: without case, spaces, punctuation and a unit in brackets."""
    header = re.sub(r"[\(（\[【].*?[\)）\]】]", "", header) or header
    return re.sub(r"[\W_]+", "", header).lower()


def arrange(
    raw: list[list], *, problems: list[Problem], notes: list[str], known: Collection[str] = (), is_text: bool
) -> Table:
    """The table in `raw` (row i + 1 of the file is raw[i]). known: normalised headers that tell the header row.

    is_text: rows of a text file must be as wide as the header; those of a workbook are padded.
    """
    broken = {problem.row for problem in problems}
    head = _header_row(raw, known)
    if head is None:
        raise UnreadableFile("empty", _("The file is empty: it has no rows with text."))
    width = max((i + 1 for i, cell in enumerate(raw[head]) if not _is_blank(cell)), default=0)
    if not is_text:
        # A workbook may hold values under a column without a header.
        width = max([width, *(_used_width(row) for row in raw[head + 1 : head + 200])])
    if width > MAX_COLUMNS:
        raise UnreadableFile(
            "too_many_columns", _("The file has more than %(count)s columns.") % {"count": MAX_COLUMNS}
        )
    notes = [*notes]
    titles = [str(row[0]).strip() for row in raw[:head] if any(not _is_blank(cell) for cell in row)]
    if titles:
        notes.append(
            _("%(count)s rows above the header (row %(row)s) are left out.") % {"count": len(titles), "row": head + 1}
        )
    table = Table(_unique_headers(raw[head], width, notes), [], [], list(problems), notes)
    _fill(table, raw, head, broken, is_text=is_text)
    if not table.rows and not table.problems:
        raise UnreadableFile("empty", _("The file has a header but no rows below it."))
    return table


def _is_blank(cell) -> bool:
    return isinstance(cell, str) and not cell.strip()


def _used_width(row: list) -> int:
    return max((i + 1 for i, cell in enumerate(row) if not _is_blank(cell)), default=0)


def _header_row(raw: list[list], known: Collection[str]) -> int | None:
    filled = [
        (index, [cell for cell in row if not _is_blank(cell)]) for index, row in enumerate(raw[: SEARCHED_ROWS + 20])
    ]
    filled = [(index, cells) for index, cells in filled if cells]
    if not filled:
        return None
    if known:
        matches = [
            (sum(isinstance(cell, str) and normalised(cell) in known for cell in cells), -index)
            for index, cells in filled[:SEARCHED_ROWS]
        ]
        most, row = max(matches)
        if most >= 2:
            return -row
    widths = sorted(len(cells) for _index, cells in filled)
    # Titles and totals are narrower than the table, so the usual width stands above the middle.
    usual = widths[len(widths) * 3 // 4]
    for index, cells in filled[:SEARCHED_ROWS]:
        texts = [cell for cell in cells if isinstance(cell, str) and not NUMBER.fullmatch(cell.strip())]
        if len(cells) * 2 >= usual and len(texts) * 2 >= len(cells):
            return index
    return filled[0][0]


def _unique_headers(row: list, width: int, notes: list[str]) -> list[str]:
    headers: list[str] = []
    seen: dict[str, int] = {}
    for index in range(width):
        cell = row[index] if index < len(row) else ""
        name = re.sub(r"\s+", " ", cell.isoformat() if isinstance(cell, date) else str(cell)).strip()[:200]
        if not name:
            name = _("Column %(letters)s") % {"letters": column_letters(index)}
        if name in seen:
            seen[name] += 1
            notes.append(_("The header “%(name)s” occurs more than once.") % {"name": name})
            name = f"{name} ({seen[name]})"
        seen.setdefault(name, 1)
        headers.append(name)
    return headers


def column_letters(index: int) -> str:
    """0 → A, 25 → Z, 26 → AA, as spreadsheets name columns."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _fill(table: Table, raw: list[list], head: int, broken: set[int], *, is_text: bool) -> None:
    width = len(table.headers)
    is_below_total = False
    left_out: list[int] = []
    numbers, rows = table.numbers, table.rows
    for index in range(head + 1, len(raw)):
        number = index + 1
        row = [cell.strip() if cell.__class__ is str else cell for cell in raw[index]]
        first = next((cell for cell in row if cell != ""), None)
        if first is None or number in broken:
            continue
        if first.__class__ is str and TOTAL.fullmatch(first) and _is_total(row, width):
            is_below_total = True
            left_out.append(number)
            continue
        if is_below_total:
            if width >= 3 and sum(cell != "" for cell in row) <= 2:
                left_out.append(number)  # "made by …", "checked by …"
                continue
            is_below_total = False
        if len(row) != width:
            if len(row) > width and not any(row[width:]):
                row = row[:width]
            elif not is_text and len(row) < width:
                row = [*row, *([""] * (width - len(row)))]
            else:
                table.problems.append(_ragged(number, row, width))
                continue
        text = "".join([cell for cell in row if cell.__class__ is str])
        if (len(text) > MAX_CELL or "\ufffd" in text) and (problem := _unfit_cell(number, row)) is not None:
            table.problems.append(problem)
            continue
        rows.append([_unguarded(cell) for cell in row] if "'" in text else row)
        numbers.append(number)
        if len(rows) > MAX_ROWS:
            raise UnreadableFile(
                "too_many_rows",
                _("The file has more than %(count)s rows. Split it into several files.") % {"count": MAX_ROWS},
            )
    if left_out:
        table.notes.append(
            _("Total rows are left out: %(rows)s.")
            % {"rows": ", ".join(map(str, left_out[:10])) + (" …" if len(left_out) > 10 else "")}
        )


def _is_total(row: list, width: int) -> bool:
    """Beside its first cell, which says so, it holds figures only, and it is not as full as a row of data."""
    filled = [cell for cell in row if cell != ""]
    return len(filled) < width and all(
        isinstance(cell, Decimal) or (isinstance(cell, str) and NUMBER.fullmatch(cell)) for cell in filled[1:]
    )


def _ragged(number: int, row: list, width: int) -> Problem:
    return Problem(
        number,
        None,
        _("The row has %(count)s cells, the header has %(width)s.") % {"count": len(row), "width": width},
        tuple(row[:MAX_COLUMNS]),
    )


def _unfit_cell(number: int, row: list) -> Problem | None:
    for index, cell in enumerate(row):
        if isinstance(cell, str):
            if len(cell) > MAX_CELL:
                return Problem(
                    number,
                    index,
                    _("The text is longer than %(most)s characters (%(count)s).")
                    % {"most": MAX_CELL, "count": len(cell)},
                    tuple(row),
                )
            if "\ufffd" in cell:
                message = _("The text holds characters that cannot be read in this encoding.")
                return Problem(number, index, message, tuple(row))
    return None


def _unguarded(cell) -> Cell:
    return GUARDED.sub("", cell, count=1) if isinstance(cell, str) and cell[:1] == "'" else cell
