"""Lists as files: the rows that a list page is narrowed to, all of them, in its order, as CSV or Excel."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, QuerySet
from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from workspaces import exports
from workspaces.lists import ShownList

DOWNLOAD = "download"


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
    """The entries of the export menu; none for those who may not, or when there is nothing to take along."""
    joint = "&" if "?" in shown.first_url else "?"
    return exports.menu(request, lambda name: f"{shown.first_url}{joint}{DOWNLOAD}={name}") if shown.rows else []


def asked_file(request, shown: ShownList, file: ListFile) -> HttpResponseBase | None:
    """The file that the address asks for by `download`, None when it asks for the page. Raises PermissionDenied."""
    file_format = request.GET.get(DOWNLOAD)
    if file_format is None:
        return None
    if file_format not in exports.FORMATS:
        raise Http404
    if shown.refused:
        # A file could not say what was not understood; the page does.
        return redirect(shown.first_url)
    field = F(shown.order.field)
    ordered = field.desc(nulls_last=True) if shown.order.descending else field.asc(nulls_last=True)
    found = file.prepare(shown.queryset.order_by(ordered, "pk"))

    def rows() -> Iterable[list[exports.Cell]]:
        for row in found.iterator(chunk_size=exports.ROWS_AT_ONCE):
            for part in file.unfold(row) if file.unfold else [row]:
                yield [column.value(part) for column in file.columns]

    return exports.download(
        request,
        name=str(file.name),
        file_format=file_format,
        head=[column.head for column in file.columns],
        rows=rows,
    )
