"""Tables as files for spreadsheets: CSV and Excel, written row by row, so that a long one costs no memory.

The one place that writes them, and so the one that keeps a text from running as a formula. Numbers stay numbers, negative
ones too; only text is guarded.
"""

import csv
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import batched, chain, islice
from typing import IO, Any
from urllib.parse import urlencode

from django.http import FileResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from xlsxwriter import Workbook

from workspaces import roles
from workspaces.activity import Change, record_many
from workspaces.scope import workspace_scope


class Share(Decimal):
    """A part of a whole, 1 being all of it: a spreadsheet shows it as percent."""


type Cell = str | int | Decimal | date | datetime | bool | Promise | None

FORMATS = ("csv", "xlsx")
# Parameters of an address that say nothing of which rows there are.
NOT_NARROWING = ("download", "export", "cursor", "limit", "sort", "saved", "columns")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# A spreadsheet would run a text that begins so. One that is wholly a number is left alone: "-5" stays minus five.
# Spreadsheets of East Asia take the full-width signs as well.
FORMULA = re.compile(r"[=+\-@\t\r\n＝＋－＠]")
NUMBER = re.compile(r"[-+]?[\d.,]+%?")
# What neither XML nor a cell can hold.
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
ROWS_AT_ONCE = 500
# The most that Excel takes: rows of a sheet, characters of a cell, digits of a number before it rounds.
SHEET_ROWS, CELL_CHARACTERS, EXACT_DIGITS = 1_048_576, 32_767, 15


@dataclass(frozen=True)
class Sheet:
    """One table among several of a workbook."""

    title: str
    head: Sequence[Any]
    rows: Sequence[Sequence[Cell]]


def download(
    request, *, name: str, file_format: str, head: Sequence[Any], rows: Callable[[], Iterable[Sequence[Cell]]]
) -> HttpResponseBase:
    """The answer that a browser saves as `name`.csv or `name`.xlsx, for who may export; the activity says who took what.

    rows: called when the file is written, for CSV only while it is being sent, and then in the workspace's scope;
    QuerySets in it should be read by `.iterator()`. Raises PermissionDenied, and KeyError for a format that is none of
    FORMATS.
    """
    request.actor.require(roles.EXPORT)
    answer = {"csv": _csv_answer, "xlsx": _xlsx_answer}[file_format]
    _note_taken(request, name, file_format)
    return answer(request.workspace, name, [str(text) for text in head], rows)


def download_sheets(request, *, name: str, sheets: Sequence[Sheet]) -> HttpResponseBase:
    """As `download`, several tables as the sheets of one `name`.xlsx."""
    request.actor.require(roles.EXPORT)
    _note_taken(request, name, "xlsx")
    file = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the answer that sends it
    book, styles = _new_book(file)
    taken: set[str] = set()
    for sheet in sheets:
        title = _sheet_title(sheet.title)
        while title.lower() in taken:
            title = f"{title[:24]} {len(taken) + 1}"
        taken.add(title.lower())
        page = _new_page(book, styles, title, [str(text) for text in sheet.head])
        for number, row in enumerate(sheet.rows, start=1):
            for column, cell in enumerate(row):
                _write_cell(page, number, column, cell, styles)
    book.close()
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{name}.xlsx", content_type=XLSX)


def _note_taken(request, name: str, file_format: str) -> None:
    """Say in the activity who took what along, before the first row leaves: what was broken off was taken too."""
    narrowed = urlencode({key: value for key, value in request.GET.items() if key not in NOT_NARROWING and value})
    taken = Change("exported", "export", "", name, after={"file_format": file_format, "narrowed_by": narrowed or None})
    record_many(workspace=request.workspace, by=request.actor, changes=[taken])


def menu(request, address: Callable[[str], str]) -> list[dict[str, str]]:
    """The entries of a page's export menu, none for those who may not export. address(format) is where one leads."""
    if not request.actor.has_permission(roles.EXPORT):
        return []
    return [{"label": label, "href": address(name)} for name, label in format_labels()]


def format_labels() -> list[tuple[str, str]]:
    """What the formats are called in menus, in the order of FORMATS."""
    labels = {"csv": _("CSV"), "xlsx": _("Excel")}
    return [(name, labels[name]) for name in FORMATS]


def is_formula(text: str) -> bool:
    """Whether a spreadsheet that is given `text` to read would take it for a formula."""
    return FORMULA.match(text) is not None and NUMBER.fullmatch(text) is None


def guarded(text: str) -> str:
    """`text` as no spreadsheet takes it for a formula: behind an apostrophe, which importing removes again."""
    return f"'{text}" if is_formula(text) else text


class _Echo:
    """A file that hands back what is written to it, as the csv module's way to a string."""

    def write(self, text: str) -> str:
        return text


def csv_lines(head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    """The lines of a CSV file. It begins with a byte-order mark, which tells Excel that it is UTF-8."""
    writer = csv.writer(_Echo())
    yield "\ufeff"
    for row in chain([head], rows):
        yield writer.writerow([_csv_text(cell) for cell in row])


def _csv_text(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, datetime):
        return cell.isoformat(" ", "seconds")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, Decimal):
        return f"{cell:f}"
    return str(cell) if isinstance(cell, int) else guarded(CONTROL.sub("", str(cell)))


def _csv_answer(workspace, name, head, rows) -> StreamingHttpResponse:
    # Sent after the request's transaction has ended, and with it the scope and the reader's language and time zone.
    language, zone = translation.get_language(), timezone.get_current_timezone()

    def chunks() -> Iterator[str]:
        with workspace_scope(workspace), translation.override(language), timezone.override(zone):
            for lines in batched(csv_lines(head, rows()), ROWS_AT_ONCE):
                yield "".join(lines)

    answer = StreamingHttpResponse(chunks(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=f"{name}.csv")
    return answer


def write_workbook(file: IO[bytes], *, sheet: str, head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    """An Excel workbook into `file`. A table that is longer than a sheet goes on in a next one."""
    book, styles = _new_book(file)
    left, number, title = iter(rows), 1, _sheet_title(sheet)
    while True:
        page = _new_page(book, styles, title if number == 1 else f"{title} {number}", head)
        written = 0
        for written, row in enumerate(islice(left, SHEET_ROWS - 1), start=1):
            for column, cell in enumerate(row):
                _write_cell(page, written, column, cell, styles)
        if written < SHEET_ROWS - 1:
            break
        number += 1
    book.close()


def _new_book(file: IO[bytes]) -> tuple[Workbook, dict[str, Any]]:
    # constant_memory keeps no row once the next one begins. Nothing is guessed from a text: it is written as text.
    book = Workbook(file, {"constant_memory": True})
    return book, {
        "head": book.add_format({"bold": True, "bottom": 1}),
        "day": book.add_format({"num_format": "yyyy-mm-dd"}),
        "moment": book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
        "share": book.add_format({"num_format": "0.0%"}),
        # Keeps a text that looks like a formula one when somebody edits the cell.
        "guarded": book.add_format({"quote_prefix": True}),
    }


def _sheet_title(text: str) -> str:
    return re.sub(r"[\[\]:*?/\\']", " ", text).strip()[:25] or "1"


def _new_page(book: Workbook, styles: dict[str, Any], title: str, head: Sequence[str]):
    page = book.add_worksheet(title)
    page.freeze_panes(1, 0)
    page.set_column(0, max(0, len(head) - 1), 18)
    for column, text in enumerate(head):
        page.write_string(0, column, text, styles["head"])
    return page


def _write_cell(page, row: int, column: int, cell: Cell, styles: dict) -> None:
    if cell is None:
        return
    if isinstance(cell, bool):
        page.write_boolean(row, column, cell)
    elif isinstance(cell, datetime):
        # A cell knows no time zone: it says what the clocks of whoever reads the lists do.
        local = timezone.localtime(cell) if timezone.is_aware(cell) else cell
        page.write_datetime(row, column, local.replace(tzinfo=None), styles["moment"])
    elif isinstance(cell, date):
        page.write_datetime(row, column, cell, styles["day"])
    elif isinstance(cell, Share):
        page.write_number(row, column, cell, styles["share"])
    elif isinstance(cell, int | Decimal) and len(Decimal(cell).normalize().as_tuple().digits) <= EXACT_DIGITS:
        page.write_number(row, column, cell)
    else:
        text = CONTROL.sub("", f"{cell:f}" if isinstance(cell, Decimal) else str(cell))[:CELL_CHARACTERS]
        page.write_string(row, column, text, styles["guarded"] if is_formula(text) else None)


def _xlsx_answer(workspace, name, head, rows) -> FileResponse:
    file = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the answer that sends it
    write_workbook(file, sheet=name, head=head, rows=rows())
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{name}.xlsx", content_type=XLSX)
