"""Tasks as a list, mine, open and done ones, and as a board on which they are moved to when they are due."""

import datetime as dt
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from accounts import kept_lists, list_files, lists, queries, task_board
from accounts.actions import save_tasks
from accounts.models import Task
from accounts.models.task import Priority
from accounts.views import bulk_bars
from workspaces import formats, roles
from workspaces.batch import InvalidRow, one
from workspaces.board import BOARD, LAYOUT, Card, ShownColumn, fill, layouts, moved_answer, moves_of
from workspaces.list_page import ListPage, panel, shown_list
from workspaces.list_views import ListViews
from workspaces.lists import ShownList
from workspaces.ways_back import way_back

MINE, OPEN, DONE = "mine", "open", "done"


@require_GET
def task_list(request, slug):
    page, at = ListPage(request, kept_lists.TASKS), timezone.now()
    if page.answer is None:
        page.take(shown_tasks(request, page.views, request.GET), list_files.TASKS)
    if page.answer is not None:
        return page.answer
    view, is_board = _asked(request.GET)
    shown, may_edit = page.list, request.actor.has_permission(roles.EDIT_FACTS)
    count = shown.totals.count
    layout = {LAYOUT: BOARD} if is_board else {}
    labels = {MINE: _("Mine"), OPEN: _("To do"), DONE: _("Done")}
    tabs = [
        page.tab(label, ({} if name == MINE else {"view": name}) | layout, active=name == view)
        for name, label in labels.items()
    ]
    return page.render(
        "accounts/task_list.html",
        {
            "title": _("Tasks"),
            "panel": None if is_board else panel(request, _("Task"), "accounts:task_panel"),
            "placeholder": _("Search titles, accounts"),
            "rows": [] if is_board else page.cells(),
            "board": _board(request, shown, at) if is_board else None,
            "layouts": [] if view == DONE else layouts(shown, is_board=is_board),
            "view": view,
            # An empty list of what is to do is the work of somebody, or nobody has begun.
            "has_tasks": not shown.rows and queries.standing_tasks(request.workspace).exists(),
            "today": request.workspace.local_day(at),
            "summary": ngettext("%(count)s task", "%(count)s tasks", count) % {"count": formats.number(count)},
            "may_edit": may_edit,
            "picks": bulk_bars.of_tasks(request.workspace, shown, request.actor, are_done=view == DONE)
            if may_edit and not is_board
            else None,
        },
        tabs=tabs,
    )


def _asked(params) -> tuple[str, bool]:
    """Which tasks, and whether as a board; what is done is a board's last column, and by itself a list."""
    view = params.get("view") if params.get("view") in (OPEN, DONE) else MINE
    return view, view != DONE and params.get(LAYOUT) == BOARD


def shown_tasks(request, views: ListViews | None, params) -> ShownList:
    """The list that `params` ask for."""
    at = timezone.now()
    view, is_board = _asked(params)
    tasks = queries.standing_tasks(request.workspace)
    tasks = tasks.assigned_to(request.member) if view == MINE else tasks
    rows = tasks.done() if view == DONE else task_board.on_board(tasks, at) if is_board else tasks.open()
    spec = lists.tasks(request.workspace.local_day(at), is_done=view == DONE)
    # The rows of a board are read by column; of the list only the links are wanted.
    spec = replace(spec, size=1) if is_board else spec
    beside = {"view": "" if view == MINE else view, LAYOUT: BOARD if is_board else ""}
    return shown_list(request, views, spec, rows, beside=beside, params=params)


def _board(request, shown: ShownList, at: dt.datetime, *, moved: str = "") -> dict:
    """What templates/components/board.html draws."""
    slug, day = request.workspace.slug, request.workspace.local_day(at)
    may_move = request.actor.has_permission(roles.EDIT_FACTS)
    columns = task_board.columns(day)
    found = fill(shown.queryset, task_board.column_of(day), order=task_board.ORDER)

    def card(task: Any, column: str) -> Card:
        lines = [str(task.account)] if task.account else []
        if column not in (task_board.TODAY, task_board.NO_DATE):
            lines.append(formats.table_day(timezone.localdate(task.done_at) if task.is_done else task.due_on))
        if task.assignee:
            lines.append(str(task.assignee.user))
        urgent = task.priority == Priority.HIGH and not task.is_done
        page = "accounts:task_edit" if may_move else "accounts:account_page"
        pk = task.pk if may_move else task.account_id
        return Card(
            id=str(task.pk),
            title=task.title,
            href=reverse(page, args=[slug, pk]) if pk else "",
            lines=[" · ".join(lines)] if lines else [],
            tag=_("High") if urgent else "",
            tone="watch" if urgent else "",
            is_moved=str(task.pk) == moved,
            moves=moves_of(columns, column) if may_move else [],
        )

    query = request.GET.urlencode()
    url = reverse("accounts:task_move", args=[slug])
    return {
        "url": f"{url}?{query}" if query else url,
        "columns": [
            ShownColumn(
                column,
                filled.count,
                cards=[card(task, column.key) for task in filled.rows],
                more_url=_more_url(shown, column.key) if filled.count > len(filled.rows) else "",
            )
            for column in columns
            for filled in [found[column.key]]
        ],
    }


def _more_url(shown: ShownList, column: str) -> str:
    """The list of all that a column holds."""
    if column == task_board.DONE:
        return shown.url_with(**{LAYOUT: "", "view": DONE, "due": ""})
    return shown.url_with(**{LAYOUT: "", "due": task_board.asked(column)})


@require_POST
def task_move(request, slug):
    """Moves a task on the board: `move` is its id and the column, with a colon between; `token`, of an undo, what it was and
    when it was moved. The address carries the board's own.
    """
    request.actor.require(roles.EDIT_FACTS)
    at = timezone.now()
    if "token" in request.POST:
        return _take_back(request, slug)
    pk, _colon, column = request.POST.get("move", "").partition(":")
    task = _task_or_404(request.workspace, pk)
    day = request.workspace.local_day(at)
    known = {one.key: one for one in task_board.columns(day) if one.takes}
    if column not in known:
        raise Http404
    was = {"due_on": task.due_on, "done_at": task.done_at}
    new = task_board.moved(task, column, day=day, at=at)
    if was | new != was:
        row = {"id": str(task.pk), **new}
        one(save_tasks(workspace=request.workspace, rows=[row], by=request.actor, mode="update"))
        task.refresh_from_db(fields=["updated_at"])
        token = "|".join([str(task.pk), _iso(was["due_on"]), _iso(was["done_at"]), _iso(task.updated_at)])
        said = _("%(name)s: %(stage)s") % {"name": task, "stage": known[column].label}
        messages.success(request, said, extra_tags=f"{reverse('accounts:task_move', args=[slug])} {token}")
    shown = shown_tasks(request, ListViews(request, kept_lists.TASKS), request.GET)
    context = {"board": _board(request, shown, at, moved=str(task.pk))}
    return moved_answer(request, "components/board.html", context, back=shown.first_url)


def _iso(value: dt.date | dt.datetime | None) -> str:
    return value.isoformat() if value else ""


def _take_back(request, slug):
    try:
        pk, due_on, done_at, moved_at = request.POST["token"].split("|")
        row = {"due_on": due_on and parse_date(due_on), "done_at": done_at and parse_datetime(done_at)}
        seen = parse_datetime(moved_at)
    except ValueError as error:
        raise Http404 from error
    task = _task_or_404(request.workspace, pk)
    if task.updated_at != seen:
        messages.warning(request, _("%(name)s was changed since and stays.") % {"name": task})
    else:
        row = {"id": str(task.pk)} | {name: value or None for name, value in row.items()}
        try:
            one(save_tasks(workspace=request.workspace, rows=[row], by=request.actor, mode="update"))
        except InvalidRow as error:  # nothing that we said it was
            raise Http404 from error
        messages.success(request, _("%(name)s is as it was.") % {"name": task})
    return redirect(way_back(request.POST, "back", reverse("accounts:task_list", args=[slug])))


def _task_or_404(workspace, pk: str) -> Task:
    try:
        return get_object_or_404(queries.standing_tasks(workspace), pk=UUID(pk))
    except ValueError as error:
        raise Http404 from error
