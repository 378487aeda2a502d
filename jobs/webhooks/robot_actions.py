"""Writes about group robots: entering, changing, stopping and removing one, trying it, having it say something.

A robot's address opens its chat to whoever knows it, so that neither that nor the secret is shown again once entered.
"""

import datetime as dt
import json
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from jobs.models import DisabledReason, Webhook, WebhookDelivery
from jobs.webhooks import disabling
from jobs.webhooks.actions import MOST_WEBHOOKS, refusal_words, send_again
from jobs.webhooks.addresses import Destination, Refused, destination_of
from jobs.webhooks.events import Event, Listeners, publish
from jobs.webhooks.queries import robots_of
from jobs.webhooks.robot_hosts import is_allowed_host
from jobs.webhooks.robots import ROBOTS, Message, Section, Vendor, vendor_of_host
from workspaces import roles
from workspaces.activity import difference, record
from workspaces.actor import Actor
from workspaces.batch import Conflict, InvalidRow

SUBJECT = "robot"
LONGEST_SECRET = 100
SAYS, TRIES = "robot.message", "robot.test"


@transaction.atomic
def create_robot(
    *, workspace, vendor: str, url: str, secret: str, description: str, by: Actor, at: dt.datetime
) -> Webhook:
    """Enter a group robot. Raises InvalidRow keyed by field, and Conflict when there are too many."""
    by.require(roles.MANAGE_WEBHOOKS)
    if Webhook.objects.standing().filter(workspace=workspace).count() >= MOST_WEBHOOKS:
        raise Conflict({"row": [_("There are %(most)s webhooks already.") % {"most": MOST_WEBHOOKS}]})
    robot = Webhook(workspace=workspace, events=[], created_by=by.label[:200])
    _lay(robot, vendor=vendor, url=url, secret=secret, description=description)
    robot.save(force_insert=True)
    record(workspace=workspace, by=by, verb="created", subject=robot, subject_type=SUBJECT, after=_told(robot))
    return robot


@transaction.atomic
def change_robot(
    *,
    workspace,
    pk: UUID,
    vendor: str,
    url: str = "",
    secret: str = "",
    is_signed: bool = True,
    description: str,
    by: Actor,
) -> Webhook:
    """Other facts of a robot. An empty `url` or `secret` leaves what there is; is_signed False forgets the secret.

    Raises Webhook.DoesNotExist, and InvalidRow keyed by field.
    """
    robot = _locked(workspace, pk, by)
    before, old = _told(robot), (robot.vendor, robot.url, robot.secret)
    kept = robot.secret if vendor == robot.vendor and not url else ""
    _lay(
        robot,
        vendor=vendor,
        url=url or robot.url,
        secret=(secret or kept) if is_signed else "",
        description=description,
    )
    robot.updated_at = Now()
    if (robot.vendor, robot.url, robot.secret) != old:
        # What went wrong with the address before says nothing about this one.
        robot.failures, robot.given_up, robot.resting_until = 0, 0, None
        record(workspace=workspace, by=by, verb="secret_changed", subject=robot, subject_type=SUBJECT)
    robot.save()
    was, now = difference(before, _told(robot))
    if now:
        record(workspace=workspace, by=by, verb="updated", subject=robot, subject_type=SUBJECT, before=was, after=now)
    return robot


@transaction.atomic
def switch_robot(*, workspace, pk: UUID, is_active: bool, by: Actor, at: dt.datetime) -> Webhook:
    """Stop a robot, or let it go on. Raises Webhook.DoesNotExist."""
    robot = _locked(workspace, pk, by)
    if robot.is_active and not is_active:
        disabling.disable(robot, reason=DisabledReason.BY_HAND, at=at, by=by)
    elif is_active and not robot.is_active:
        robot.is_active, robot.disabled_at, robot.disabled_reason = True, None, ""
        robot.failures, robot.given_up, robot.resting_until = 0, 0, None
        robot.save()
        record(workspace=workspace, by=by, verb="enabled", subject=robot, subject_type=SUBJECT)
    return robot


@transaction.atomic
def remove_robot(*, workspace, pk: UUID, by: Actor, at: dt.datetime) -> Webhook:
    """Forget a robot with its address, secret and log. Raises Webhook.DoesNotExist."""
    robot = _locked(workspace, pk, by)
    record(workspace=workspace, by=by, verb="removed", subject=robot, subject_type=SUBJECT, before=_told(robot))
    robot.url = robot.shown_url
    robot.is_active, robot.removed_at, robot.secret, robot.old_secret = False, at, "", ""
    robot.save()
    WebhookDelivery.objects.filter(workspace=workspace, webhook=robot).delete()
    return robot


@transaction.atomic
def try_robot(*, workspace, pk: UUID, by: Actor) -> WebhookDelivery:
    """Have a robot say that it works, in the language in force. Raises Webhook.DoesNotExist, and Conflict when it is
    disabled.
    """
    robot = _locked(workspace, pk, by)
    _refuse_disabled(robot)
    lines = [_("This is a test: messages of %(workspace)s arrive in this group.") % {"workspace": workspace.name}]
    message = Message(
        title=_("B2BOps: test"),
        sections=[Section(_("It works"), lines)],
        label=_("Open B2BOps"),
        url=f"{settings.PUBLIC_URL}/w/{workspace.slug}/",
    )
    record(workspace=workspace, by=by, verb="tried", subject=robot, subject_type=SUBJECT)
    return say(robot, message, type=TRIES)


@transaction.atomic
def say_again(*, workspace, pk: UUID, delivery_id: UUID, by: Actor, at: dt.datetime) -> WebhookDelivery:
    """Send a message once more. Raises DoesNotExist of Webhook or WebhookDelivery, and Conflict when it is disabled."""
    robot = _locked(workspace, pk, by)
    _refuse_disabled(robot)
    delivery = send_again(robot, delivery_id, at=at)
    record(workspace=workspace, by=by, verb="replayed", subject=robot, subject_type=SUBJECT)
    return delivery


def say(robot: Webhook, message: Message, *, type: str = SAYS) -> WebhookDelivery:
    """Have a robot say something if this transaction commits, with the retries of webhooks."""
    at = _transaction_time(robot)
    event = Event(type, str(robot.pk), json.dumps(message.as_data(), ensure_ascii=False))
    publish(robot.workspace, Listeners(at, {robot.pk: []}), [event], only=robot.pk)
    mine = WebhookDelivery.objects.filter(workspace=robot.workspace_id, webhook=robot)
    return mine.select_related("event").order_by("-id")[0]


def _transaction_time(robot: Webhook) -> dt.datetime:
    return Webhook.objects.filter(workspace=robot.workspace_id, pk=robot.pk).values_list(Now(), flat=True)[0]


def _locked(workspace, pk: UUID, by: Actor) -> Webhook:
    by.require(roles.MANAGE_WEBHOOKS)
    return robots_of(workspace).select_for_update(no_key=True).get(pk=pk)


def _refuse_disabled(robot: Webhook) -> None:
    if not robot.is_active:
        raise Conflict({"is_active": [_("The robot is disabled; enable it first.")]})


def _lay(robot: Webhook, *, vendor: str, url: str, secret: str, description: str) -> None:
    errors: dict[str, list[str]] = {}
    if vendor not in Vendor.values:
        errors["vendor"] = [_("Choose where the robot stands.")]
    elif why := _why_refused(Vendor(vendor), url):
        errors["url"] = [why]
    if len(secret) > LONGEST_SECRET or not secret.isascii() or not secret.isprintable():
        errors["secret"] = [_("This is not a secret of a robot.")]
    if errors:
        raise InvalidRow(errors)
    robot.vendor, robot.url, robot.description = vendor, url, " ".join(description.split())[:200]
    robot.secret = secret if ROBOTS[Vendor(vendor)].has_secret else ""


def _why_refused(vendor: Vendor, url: str) -> str:
    """Why messages must not go to `url`; empty when they may."""
    try:
        destination = destination_of(
            url, is_http_allowed=settings.WEBHOOK_ALLOW_HTTP, allowed=settings.WEBHOOK_ALLOWED_NETWORKS
        )
    except Refused as refused:
        return refusal_words(refused.code)
    host = destination.host
    if not is_allowed_host(vendor, host):
        if other := vendor_of_host(host):
            return _("This is an address of %(vendor)s.") % {"vendor": other.label}
        return _("Robots of %(vendor)s have addresses that begin with https://%(host)s/.") % {
            "vendor": vendor.label,
            "host": ROBOTS[vendor].hosts[0],
        }
    if host in ROBOTS[vendor].hosts:
        if destination.scheme != "https":
            return _("The address must begin with https://.")
        if not _is_of_a_robot(vendor, destination):
            return _("This is not the address of a group robot: copy the whole of it from the robot's settings.")
    return ""


def _is_of_a_robot(vendor: Vendor, destination: Destination) -> bool:
    robot, parts = ROBOTS[vendor], urlsplit(destination.target)
    if robot.parameter:
        return parts.path == robot.path and bool(parse_qs(parts.query).get(robot.parameter))
    return parts.path.startswith(robot.path) and len(parts.path) > len(robot.path)


def _told(robot: Webhook) -> dict:
    return {"url": robot.shown_url, "description": robot.description, "vendor": robot.vendor}
