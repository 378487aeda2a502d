"""The trail of what was written: who, what, before → after, through which door."""

import json

from django.db.models import Q
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy

from workspaces import roles
from workspaces.filters import Filter, Kind, column
from workspaces.kept_lists import ACTIVITY
from workspaces.list_files import Column, ListFile, asked_file, links
from workspaces.list_views import ListViews
from workspaces.lists import ListSpec, show_list
from workspaces.models import Activity
from workspaces.queries import colleagues
from workspaces.sorting import Sort
from workspaces.trail import DOORS, SUBJECTS, VERBS, Entry


def _people(workspace):
    return [(member.user_id, str(member)) for member in colleagues(workspace)]


ACTIVITY_LIST = ListSpec(
    sorts=(Sort("at", "id", down_first=True),),
    default="-at",
    filters=(
        Filter("person", gettext_lazy("Person"), _people, lambda users: Q(user_id__in=users), icon="user"),
        Filter(
            "kind",
            gettext_lazy("Kind"),
            lambda _workspace: list(SUBJECTS.items()),
            lambda kinds: Q(subject_type__in=kinds),
            icon="layers",
        ),
        Filter(
            "door",
            gettext_lazy("Door"),
            lambda _workspace: list(DOORS.items()),
            lambda doors: Q(door__in=doors),
            icon="log-out",
        ),
        column("at", gettext_lazy("Date"), "at", Kind.DATE, may_miss=False, is_moment=True),
        column("name", gettext_lazy("Name"), "subject_label", Kind.TEXT),
    ),
)


def _told(side: dict | None) -> str:
    return json.dumps(side, ensure_ascii=False) if side else ""


ACTIVITY_FILE = ListFile(
    gettext_lazy("Activity"),
    (
        Column(gettext_lazy("Date"), lambda row: timezone.localtime(row.at)),
        Column(gettext_lazy("Person"), lambda row: row.actor),
        Column(gettext_lazy("Door"), lambda row: DOORS.get(row.door, row.door)),
        Column(gettext_lazy("Kind"), lambda row: SUBJECTS.get(row.subject_type, row.subject_type)),
        Column(gettext_lazy("Name"), lambda row: row.subject_label),
        Column(gettext_lazy("What"), lambda row: VERBS.get(row.verb, row.verb)),
        Column(gettext_lazy("Before"), lambda row: _told(row.before)),
        Column(gettext_lazy("After"), lambda row: _told(row.after)),
    ),
)


def activity(request, slug):
    request.actor.require(roles.VIEW_ACTIVITY)
    views = ListViews(request, ACTIVITY)
    if views.opening_url:
        return redirect(views.opening_url)
    rows = Activity.objects.filter(workspace=request.workspace).select_related("user")
    shown = show_list(
        ACTIVITY_LIST,
        rows,
        request.GET,
        path=views.path,
        workspace=request.workspace,
        beside=views.beside,
        day=request.workspace.local_day(timezone.now()),
    )
    file = asked_file(request, shown, ACTIVITY_FILE)
    if file is not None:
        return file
    context = {
        "list": shown,
        "views": views.shown(shown),
        "files": links(request, shown),
        "entries": [Entry.of(row, request.workspace.slug) for row in shown.rows],
    }
    return render(request, "workspaces/activity.html", context)
