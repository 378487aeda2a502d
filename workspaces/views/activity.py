"""The trail of what was written: who, what, before → after, through which door."""

import datetime as dt
import json
from typing import Any
from uuid import UUID

from django.db.models import F, Q, TextField
from django.db.models.functions import Cast, Coalesce, TruncDate
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy

from workspaces import formats, roles
from workspaces.filters import IS, Filter, Kind, column
from workspaces.grouping import Grouping, by_day, by_label, has_value
from workspaces.ids import is_uuid
from workspaces.kept_lists import ACTIVITY
from workspaces.list_files import Column, ListFile
from workspaces.list_page import ListPage
from workspaces.lists import ListSpec, ShownList
from workspaces.models import Activity, Membership, User
from workspaces.pinyin import sort_key
from workspaces.queries import colleagues
from workspaces.sorting import Sort
from workspaces.trail import DOORS, SUBJECTS, VERBS, Entry
from workspaces.where import Clause


def _people(workspace):
    return [(member.user_id, str(member)) for member in colleagues(workspace)]


def _somebody(workspace, user_id: str) -> str:
    """What somebody is called whom the menu does not offer, because they left."""
    if not is_uuid(user_id):
        return ""
    member = Membership.objects.filter(workspace=workspace, user=UUID(user_id)).select_related("user").first()
    return str(member) if member is not None else ""


def _people_by_name(texts: list[str]) -> dict[str, tuple[list[Any], Any]]:
    """Heads for people by name, then for keys and what else has done something."""
    users = {str(user.pk): str(user) for user in User.objects.filter(pk__in=[text for text in texts if is_uuid(text)])}
    names = {text: users.get(text, text) for text in texts}
    return {
        text: ([int(text not in users), 0, sort_key(name, is_person=text in users)], name)
        for text, name in names.items()
    }


def _said(day: dt.date) -> str:
    return formats.day(day, get_language() or "en")


ACTIVITY_LIST = ListSpec(
    sorts=(Sort("at", "id", down_first=True),),
    default="-at",
    filters=(
        Filter(
            "person",
            gettext_lazy("Person"),
            _people,
            lambda users: Q(user_id__in=users),
            icon="user",
            known=_somebody,
        ),
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
    groupings=(
        Grouping(
            "day",
            gettext_lazy("Day"),
            TruncDate("at"),
            by_day(_said, newest_first=True),
            clause=has_value("at"),
            turns_with="at",
        ),
        Grouping(
            "person",
            gettext_lazy("Person"),
            Coalesce(Cast("user_id", TextField()), F("actor")),
            _people_by_name,
            clause=lambda text: Clause("person", IS, (text,)) if is_uuid(text) else None,
        ),
        Grouping(
            "kind",
            gettext_lazy("Kind"),
            F("subject_type"),
            by_label(SUBJECTS),
            clause=lambda text: Clause("kind", IS, (text,)) if text in SUBJECTS else None,
        ),
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
    return page.render("workspaces/activity.html", {"sections": _sections(page.list, request.workspace.slug)})


def _sections(shown: ShownList, slug: str) -> list[dict[str, Any]]:
    """The rows of the page under heads: those of the list's groups, or their days."""
    sections: list[dict[str, Any]] = []
    for row in shown.rows:
        entry = Entry.of(row, slug)
        group = row.opens_group if shown.grouping is not None else None
        if group is not None or (shown.grouping is None and (not sections or sections[-1]["day"] != entry.day)):
            sections.append({"day": entry.day, "group": group, "entries": []})
        sections[-1]["entries"].append(entry)
    return sections
