"""The page of one list: in which of its views it opens, what it shows, and the file that it can be taken along as."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from workspaces.kept_lists import KeptList
from workspaces.list_columns import cells
from workspaces.list_files import DOWNLOAD, ListFile, asked_file, links
from workspaces.list_views import ListViews, Tab
from workspaces.lists import ListSpec, ShownList, show_list


class ListPage:
    """What a view of a list does step by step: `show` it, `answer` otherwise where that is asked for, else `render` it.

    kept: whose views it has, None for a list without. opening: see `ListViews`. answer: what the address asks for instead
    of the page, the list as it opens or a file; None for the page.
    """

    def __init__(self, request, kept: KeptList | None = None, *, opening: Mapping[str, str] | None = None):
        self.request = request
        self.views = ListViews(request, kept, opening) if kept is not None else None
        elsewhere = self.views.opening_url if self.views is not None else ""
        self.answer: HttpResponseBase | None = redirect(elsewhere) if elsewhere else None

    def show(
        self,
        spec: ListSpec,
        rows: QuerySet,
        file: ListFile | Callable[[], ListFile],
        *,
        beside: Mapping[str, str] | None = None,
    ) -> None:
        """Read the list that the address asks for, unless it opens elsewhere. file: what it is as one, or what makes that.
        beside: as `show_list` takes it.
        """
        if self.answer is None:
            self.take(shown_list(self.request, self.views, spec, rows, beside=beside), file)

    def take(self, shown: ShownList, file: ListFile | Callable[[], ListFile]) -> None:
        """Let `shown` be the list that is shown."""
        self.list = shown
        if DOWNLOAD in self.request.GET:
            self.answer = asked_file(self.request, shown, file if isinstance(file, ListFile) else file())

    def cells(self) -> list:
        """The rows with the texts of the columns that are shown."""
        return cells(self.list.rows, self.list.columns)

    def tab(self, label: Any, state: Mapping[str, str], *, active: bool) -> Tab:
        """A tab that a list with views has by itself."""
        assert self.views is not None
        return self.views.fixed(label, state, active=active)

    def render(self, template: str, context: Mapping[str, Any], *, tabs: Sequence[Tab] = ()) -> HttpResponse:
        """The page. context: beside the list, its views and its files. tabs: of the list by itself, before its views."""
        own: dict[str, Any] = {"list": self.list, "files": links(self.request, self.list)}
        if self.views is not None:
            own["views"] = self.views.shown(self.list, tabs)
        return render(self.request, template, own | dict(context))


def panel(request, label: Any, url_name: str) -> dict[str, Any]:
    """What shows a row of the list beside it. url_name: of the address of a row's panel, which ends in the row's id."""
    # The script puts the row's id in its place (templates/components/side_panel.html).
    return {"label": label, "path": reverse(url_name, args=[request.workspace.slug, UUID(int=0)])}


def shown_list(
    request,
    views: ListViews | None,
    spec: ListSpec,
    rows: QuerySet,
    *,
    params: Mapping[str, str] | None = None,
    beside: Mapping[str, str] | None = None,
) -> ShownList:
    """The list that `params`, else the address, asks for, today. beside: what links keep beside which view it is."""
    return show_list(
        spec,
        rows,
        request.GET if params is None else params,
        path=views.path if views is not None else request.path,
        workspace=request.workspace,
        beside=dict(beside or {}) | (views.beside if views is not None else {}),
        day=request.workspace.local_day(timezone.now()),
    )
