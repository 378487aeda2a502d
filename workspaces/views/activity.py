"""The trail of what was written: who, what, before → after, through which door."""

from django.shortcuts import render
from django.utils.translation import gettext_lazy

from workspaces import roles
from workspaces.lists import Filter, ListSpec, Sort, show_list
from workspaces.models import Activity
from workspaces.queries import active_members
from workspaces.trail import DOORS, SUBJECTS, Entry


def _people(workspace):
    return [(member.user_id, str(member)) for member in active_members(workspace)]


ACTIVITY_LIST = ListSpec(
    sorts=(Sort("at", "id", down_first=True),),
    default="-at",
    filters=(
        Filter("person", gettext_lazy("Person"), _people, lambda rows, value: rows.filter(user_id=value), icon="user"),
        Filter(
            "kind",
            gettext_lazy("Kind"),
            lambda _workspace: list(SUBJECTS.items()),
            lambda rows, value: rows.filter(subject_type=value),
            icon="layers",
        ),
        Filter(
            "door",
            gettext_lazy("Door"),
            lambda _workspace: list(DOORS.items()),
            lambda rows, value: rows.filter(door=value),
            icon="log-out",
        ),
    ),
)


def activity(request, slug):
    request.actor.require(roles.VIEW_ACTIVITY)
    rows = Activity.objects.filter(workspace=request.workspace).select_related("user")
    shown = show_list(ACTIVITY_LIST, rows, request.GET, path=request.path, workspace=request.workspace)
    context = {"list": shown, "entries": [Entry.of(row, request.workspace.slug) for row in shown.rows]}
    return render(request, "workspaces/activity.html", context)
