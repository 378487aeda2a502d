"""Who gets the weekly digest: members say so for themselves, owners for group robots."""

import datetime as dt
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from jobs.models import Webhook
from jobs.webhooks import robot_actions
from metrics import queries
from metrics.digest import sending
from metrics.models import DigestSubscription
from workspaces import roles
from workspaces.actor import Actor
from workspaces.batch import Conflict
from workspaces.models import Membership


@transaction.atomic
def set_own_digest(
    *, workspace, is_on: bool, weekday: int, hour: int, by: Actor, at: dt.datetime
) -> DigestSubscription:
    """Get the digest by mail on that day and hour, or no more. Concerns nobody else, so that the trail is silent."""
    by.require(roles.VIEW)
    return _set({"member": _member(workspace, by)}, workspace, is_on=is_on, weekday=weekday, hour=hour, at=at)


@transaction.atomic
def end_digest(*, workspace, member_id: UUID) -> bool:
    """Send a member no more digests: for whoever holds the link of one of them. False when there is no such member."""
    rows = DigestSubscription.objects.filter(workspace=workspace, member_id=member_id)
    if not rows.update(is_on=False):
        return Membership.objects.filter(workspace=workspace, pk=member_id).exists()
    return True


@transaction.atomic
def send_own_digest_now(*, workspace, by: Actor, at: dt.datetime) -> bool:
    """Send the acting member a digest of the figures as they are, beside the weekly ones and once a minute at most.

    False when there are no figures yet. Raises Conflict when the installation sends no mail.
    """
    by.require(roles.VIEW)
    if not settings.HAS_MAIL_SERVER:
        raise Conflict({"row": [_("This installation has no mail server.")]})
    member, closed = _member(workspace, by), queries.closed_through(workspace)
    if closed is None:
        return False
    language = member.user.language or workspace.language
    with translation.override(language):
        edition = sending.Edition(workspace, workspace.local_day(at), closed)
        shown = edition.digest(language)
        if shown is None:
            return False
        key = f"digest-now:{member.pk}:{at.astimezone(dt.UTC):%Y-%m-%dT%H:%M}"
        sending.post_digest(member, sending.mail_to(member, shown), key=key)
    return True


@transaction.atomic
def add_digest_robot(
    *, workspace, robot: dict[str, Any], weekday: int, hour: int, language: str, by: Actor, at: dt.datetime
) -> Webhook:
    """Enter a group robot (as of robot_actions.create_robot) that says the digest once a week."""
    made = robot_actions.create_robot(workspace=workspace, by=by, at=at, **robot)
    _set({"robot": made}, workspace, is_on=True, weekday=weekday, hour=hour, at=at, language=language)
    return made


@transaction.atomic
def change_digest_robot(
    *, workspace, pk: UUID, robot: dict[str, Any], weekday: int, hour: int, language: str, by: Actor, at: dt.datetime
) -> Webhook:
    """Other facts of a robot (as of robot_actions.change_robot), or another day, hour or language."""
    changed = robot_actions.change_robot(workspace=workspace, pk=pk, by=by, **robot)
    _set({"robot": changed}, workspace, is_on=True, weekday=weekday, hour=hour, at=at, language=language)
    return changed


@transaction.atomic
def remove_digest_robot(*, workspace, pk: UUID, by: Actor, at: dt.datetime) -> Webhook:
    removed = robot_actions.remove_robot(workspace=workspace, pk=pk, by=by, at=at)
    DigestSubscription.objects.filter(workspace=workspace, robot=removed).delete()
    return removed


def _set(whose: dict, workspace, *, is_on: bool, weekday: int, hour: int, at: dt.datetime, language: str = ""):
    """A day and hour that have passed this week are not made up for; one that stays as it was goes on as it was."""
    found, is_new = DigestSubscription.objects.select_for_update(no_key=True).get_or_create(
        workspace=workspace,
        **whose,
        defaults={"is_on": is_on, "weekday": weekday, "hour": hour, "language": language, "since": at},
    )
    if not is_new:
        if (is_on and not found.is_on) or (weekday, hour) != (found.weekday, found.hour):
            found.since = at
        found.is_on, found.weekday, found.hour, found.language = is_on, weekday, hour, language
        found.save()
    return found


def _member(workspace, by: Actor) -> Membership:
    """The acting member; keys and the product itself read no mail."""
    members = Membership.objects.filter(workspace=workspace, user=by.user_id).select_related("user", "workspace")
    member = members.first() if by.user_id else None
    if member is None:
        raise PermissionDenied(roles.VIEW)
    return member
