"""Lists as files: the rows that a list page is narrowed to, all of them, in its order, as CSV or Excel."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, QuerySet
from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone

from workspaces import exports
from workspaces.lists import ShownList

DOWNLOAD = "download"
# What an address says of the page alone, and nothing of its rows.
NOT_OF_FILES = (DOWNLOAD, "cursor", "before", "after", "page", "theme", "language")


@dataclass(frozen=True)
class Column:
    """head: its heading. value(row) → the cell."""

    head: Any
    value: Callable[[Any], exports.Cell]


@dataclass(frozen=True)
class ListFile:
    """name: what the file is called. prepare: fetches what the columns need along with the rows. unfold: the lines of the
    file that a row comes to, as (row, part of it), for lists whose rows hold several things.
    """

    name: Any
    columns: Sequence[Column]
    prepare: Callable[[QuerySet], QuerySet] = lambda rows: rows
    unfold: Callable[[Any], Iterable[Any]] | None = None


def links(request, shown: ShownList) -> list[dict[str, str]]:
    """The entries of the export menu; none for those who may not, or of a list that has nothing. They lead nowhere while its
    filters leave nothing: the button then keeps its place, so that others do not move under the mouse.
    """
    joint = "&" if "?" in shown.first_url else "?"

    def address(name: str) -> str:
        return f"{shown.first_url}{joint}{DOWNLOAD}={name}" if shown.rows else ""

    return exports.menu(request, address) if shown.rows or shown.has_any else []


def page_links(request, *, has_rows: bool = True) -> list[dict[str, str]]:
    """The same for a page that makes its table itself: its own address, which then answers with `page_file`."""

    def address(name: str) -> str:
        asked = request.GET.copy()
        for other in NOT_OF_FILES:
            asked.pop(other, None)
        asked[DOWNLOAD] = name
        return f"{request.path}?{asked.urlencode()}"

    return exports.menu(request, address) if has_rows else []


def local(at: datetime | None) -> datetime | None:
    """A moment as a cell: in the workspace's time."""
    return None if at is None else timezone.localtime(at)


def asked_file(request, shown: ShownList, file: ListFile) -> HttpResponseBase | None:
    """The file that the address asks for by `download`, None when it asks for the page. Raises PermissionDenied."""
    if DOWNLOAD not in request.GET:
        return None
    if shown.refused:
        # A file could not say what was not understood; the page does.
        return redirect(shown.first_url)
    return file_of(request, shown, shown.queryset, file, request.GET[DOWNLOAD])


def file_of(request, shown: ShownList, rows: QuerySet, file: ListFile, file_format: str) -> HttpResponseBase:
    """Those of the list's rows as a file, in its order. Raises PermissionDenied, and Http404 for a format there is not."""
    field, down = F(shown.order.field), shown.order.descending
    ordered = field.desc(nulls_last=True) if down else field.asc(nulls_last=True)
    found = file.prepare(rows.order_by(ordered, "-pk" if down else "pk"))
    return _sent(request, file, lambda: found.iterator(chunk_size=exports.ROWS_AT_ONCE), file_format)


def page_file(request, file: ListFile, rows: Callable[[], Iterable[Any]]) -> HttpResponseBase | None:
    """As `asked_file`, of what rows() gives. It is called when the file is written, in the workspace's scope."""
    file_format = request.GET.get(DOWNLOAD)
    return None if file_format is None else _sent(request, file, rows, file_format)


def _sent(request, file: ListFile, rows: Callable[[], Iterable[Any]], file_format: str) -> HttpResponseBase:
    if file_format not in exports.FORMATS:
        raise Http404

    def lines() -> Iterable[list[exports.Cell]]:
        for row in rows():
            for part in file.unfold(row) if file.unfold else [row]:
                yield [column.value(part) for column in file.columns]

    return exports.download(
        request,
        name=str(file.name),
        file_format=file_format,
        head=[column.head for column in file.columns],
        rows=lines,
    )
