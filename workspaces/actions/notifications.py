"""Telling people what concerns them, and what they have read of it. Their own affair: nothing of it goes into the trail."""

import datetime as dt
from collections.abc import Iterable, Mapping
from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import translation
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from workspaces import roles
from workspaces.activity import plain
from workspaces.actor import Actor
from workspaces.models import Membership, Notification, NotificationChoice, Way, Workspace
from workspaces.notifications import KINDS, Kind, Shown
from workspaces.queries import active_members

KEPT = dt.timedelta(days=90)
MERGED_WITHIN = dt.timedelta(minutes=10)


@transaction.atomic
def notify(
    *,
    workspace: Workspace,
    kind: str,
    members: Iterable[UUID],
    by: Actor,
    subject_type: str,
    subject_id: object = "",
    label: str = "",
    details: Mapping | None = None,
) -> int:
    """Tell members (ids of memberships) of something, in the caller's transaction; how many were told.

    kind: a key of `workspaces.notifications.KINDS`. subject_type, subject_id, label: what it leads to and is called, as
    in the trail; without an id, the list of such things, and ``details["count"]`` says how many. Whoever did it, has left,
    may not see such things or does not want to hear of them is left out, so that callers need not ask.
    """
    what = KINDS[kind]
    wanted = set(members)
    if not wanted:
        return 0
    people = [
        member
        for member in active_members(workspace).filter(pk__in=wanted)
        if member.has_permission(what.permission) and (what.tells_doer or by.user_id != member.user_id)
    ]
    if not people:
        return 0
    chosen = NotificationChoice.objects.filter(workspace=workspace, kind=kind, member__in=people)
    ways = dict(chosen.values_list("member_id", "way"))
    people = [member for member in people if ways.get(member.pk, what.usual) != Way.OFF]
    count = (details or {}).get("count", 1)
    merged = _merge(workspace, what, people, by, count) if what.merges else set()
    rows = [
        Notification(
            workspace=workspace,
            member=member,
            kind=kind,
            actor=by.label[:200],
            user_id=by.user_id,
            subject_type=subject_type,
            subject_id=str(subject_id),
            subject_label=label[:200],
            details=plain(dict(details or {})),
        )
        for member in people
        if member.pk not in merged
    ]
    for row in Notification.objects.bulk_create(rows):
        if ways.get(row.member_id, what.usual) == Way.MAIL:
            _post(workspace, row)
    return len(people)


def _merge(workspace: Workspace, kind: Kind, people: list[Membership], by: Actor, count: int) -> set[UUID]:
    """Add to what the same one did within minutes, where it was not read yet: ids of the members who need no new row."""
    recent = Notification.objects.select_for_update().filter(
        workspace=workspace,
        member__in=people,
        kind=kind.key,
        actor=by.label[:200],
        read_at=None,
        created_at__gt=Now() - MERGED_WITHIN,
    )
    merged = set()
    for row in recent.order_by("-pk"):
        if row.member_id in merged:
            continue
        row.details["count"] = row.details.get("count", 1) + count
        row.subject_id = row.subject_label = ""
        row.save(update_fields=["details", "subject_id", "subject_label"])
        merged.add(row.member_id)
    return merged


def _post(workspace: Workspace, row: Notification) -> None:
    """The same by mail, in the language of whom it is for."""
    user = row.member.user
    with translation.override(user.language or workspace.language):
        shown = Shown.of(row)
        page = settings.PUBLIC_URL + reverse("workspaces:notification_open", args=[workspace.slug, row.pk])
        choices = settings.PUBLIC_URL + reverse("workspaces:notification_choices", args=[workspace.slug])
        subject = " ".join(f"{shown.text} ({workspace.name})".split())
        about = _("Choose what you get by mail: %(page)s") % {"page": choices}
        body = "\n\n".join(part for part in (shown.text, shown.note, page, about) if part)
    # By its path: what leaves the process is the business of an app that builds on this one.
    post_mail = import_string(settings.POST_MAIL)
    post_mail(workspace=workspace, to=user.email, subject=subject[:200], body=f"{body}\n", key=f"notification:{row.pk}")


def members_who_may(workspace: Workspace, permission: str) -> list[UUID]:
    """The ids of active members whose role permits something."""
    of_role = [key for key, role in roles.ROLES.items() if permission in role.permissions]
    return list(active_members(workspace).filter(role__in=of_role).values_list("pk", flat=True))


def member_of(workspace: Workspace, user_id: UUID | None) -> list[UUID]:
    """The id of a user's membership, in a list that is empty when there is none."""
    if user_id is None:
        return []
    return list(Membership.objects.filter(workspace=workspace, user=user_id).values_list("pk", flat=True))


@transaction.atomic
def read_notification(*, workspace: Workspace, member: Membership, pk: int) -> Notification:
    """Mark one of the member's as read. Raises Notification.DoesNotExist."""
    row = Notification.objects.select_for_update().get(workspace=workspace, member=member, pk=pk)
    if row.read_at is None:
        row.read_at = Now()
        row.save(update_fields=["read_at"])
    return row


@transaction.atomic
def set_unread(*, workspace: Workspace, member: Membership, pk: int) -> Notification:
    """Keep one for later. Raises Notification.DoesNotExist."""
    row = Notification.objects.select_for_update().get(workspace=workspace, member=member, pk=pk)
    row.read_at = None
    row.save(update_fields=["read_at"])
    return row


@transaction.atomic
def read_all(*, workspace: Workspace, member: Membership) -> int:
    """Mark all of the member's as read; how many were not."""
    unread = Notification.objects.filter(workspace=workspace, member=member, read_at=None)
    return unread.update(read_at=Now())


@transaction.atomic
def choose_ways(*, workspace: Workspace, member: Membership, ways: Mapping[str, str], by: Actor) -> None:
    """How the member wants to be told, kind → way; kinds that are not named stay as they are."""
    by.require(roles.VIEW)
    if by.user_id != member.user_id:
        raise PermissionDenied(roles.VIEW)
    for kind, way in ways.items():
        NotificationChoice.objects.update_or_create(
            workspace=workspace, member=member, kind=KINDS[kind].key, defaults={"way": Way(way)}
        )


def ways_of(workspace: Workspace, member: Membership) -> dict[str, str]:
    """Kind → way, of every kind that the member may be told of."""
    chosen = dict(NotificationChoice.objects.filter(workspace=workspace, member=member).values_list("kind", "way"))
    kinds = [kind for kind in KINDS.values() if member.has_permission(kind.permission)]
    return {kind.key: chosen.get(kind.key, kind.usual) for kind in kinds}


def drop_old_notifications(*, workspace: Workspace, at: dt.datetime) -> int:
    """Delete what is older than KEPT, read or not."""
    return Notification.objects.filter(workspace=workspace, created_at__lt=at - KEPT).delete()[0]
