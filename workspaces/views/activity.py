"""The trail of what was written: who, what, before → after, through which door."""

import json

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy

from workspaces import roles
from workspaces.filters import Filter, Kind, column
from workspaces.kept_lists import ACTIVITY
from workspaces.list_files import Column, ListFile
from workspaces.list_page import ListPage
from workspaces.lists import ListSpec
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
    page = ListPage(request, ACTIVITY)
    rows = Activity.objects.filter(workspace=request.workspace).select_related("user")
    page.show(ACTIVITY_LIST, rows, ACTIVITY_FILE)
    if page.answer is not None:
        return page.answer
    entries = [Entry.of(row, request.workspace.slug) for row in page.list.rows]
    return page.render("workspaces/activity.html", {"entries": entries})
