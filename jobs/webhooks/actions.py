"""Writes that people and keys ask for: entering, changing, stopping and removing webhooks, trying and replaying.

Owners manage all webhooks of a workspace, a writing key those that it made (`queries.webhooks_for`). Secrets are for
owners: a key sees the one of a webhook it makes, once.
"""

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from jobs.delivery import send_after_commit
from jobs.models import DisabledReason, Run, Webhook, WebhookDelivery
from jobs.webhooks import disabling
from jobs.webhooks.addresses import Refused, destination_of
from jobs.webhooks.events import PING, Event, listeners, publish
from jobs.webhooks.queries import webhooks_for
from jobs.webhooks.shapes import WebhookShape, row_of
from jobs.webhooks.signing import OVERLAP, new_secret
from workspaces import roles
from workspaces.activity import difference, record
from workspaces.actor import Actor
from workspaces.batch import Conflict, InvalidRow
from workspaces.shapes import check

# A receiver is somebody's system; more than this is a mistake, and each costs every event a row.
MOST_WEBHOOKS = 50


@transaction.atomic
def create_webhook(*, workspace, row: Mapping[str, Any], by: Actor, at: dt.datetime) -> Webhook:
    """Enter a webhook (WebhookShape); its secret is on it, to be shown now. Raises InvalidRow keyed by field, and
    Conflict when there are too many.
    """
    by.require(roles.MANAGE_WEBHOOKS)
    shape = _checked(row)
    if Webhook.objects.standing().filter(workspace=workspace).count() >= MOST_WEBHOOKS:
        raise Conflict({"row": [_("There are %(most)s webhooks already.") % {"most": MOST_WEBHOOKS}]})
    is_active = shape.is_active is not False
    hook = Webhook.objects.create(
        workspace=workspace,
        url=shape.url,
        description=shape.description or "",
        events=_in_order(shape.events),
        is_active=is_active,
        disabled_at=None if is_active else at,
        disabled_reason="" if is_active else DisabledReason.BY_HAND,
        secret=new_secret(),
        api_key_id=by.api_key_id,
        created_by=by.label[:200],
    )
    record(workspace=workspace, by=by, verb="created", subject=hook, after=_told(hook))
    return hook


@transaction.atomic
def change_webhook(*, workspace, pk: UUID, changes: Mapping[str, Any], by: Actor, at: dt.datetime) -> Webhook:
    """Lay `changes` over a webhook; is_active false stops it, true lets it go on. Raises Webhook.DoesNotExist, and
    InvalidRow keyed by field.
    """
    hook = _locked(workspace, pk, by)
    # An address that the settings do not allow any more must not keep anybody from stopping the webhook.
    shape = _checked(row_of(hook) | dict(changes), is_address_new=changes.get("url", hook.url) != hook.url)
    before = _told(hook)
    hook.url, hook.description, hook.events = shape.url, shape.description or "", _in_order(shape.events)
    hook.updated_at = Now()
    hook.save(update_fields=["url", "description", "events", "updated_at"])
    was, now = difference(before, _told(hook))
    if now:
        record(workspace=workspace, by=by, verb="updated", subject=hook, before=was, after=now)
    is_active = shape.is_active is not False
    if hook.is_active and not is_active:
        disabling.disable(hook, reason=DisabledReason.BY_HAND, at=at, by=by)
    elif is_active and not hook.is_active:
        _enable(hook, by, at)
    return hook


def _enable(hook: Webhook, by: Actor, at: dt.datetime) -> None:
    """Let it go on, from now on: what happened meanwhile is not told, what was not sent can be replayed."""
    if hook.api_key is not None and by.api_key_id is None and not hook.api_key.is_open_at(at):
        hook.api_key = None  # an owner takes over what a shut key has left
    hook.is_active, hook.disabled_at, hook.disabled_reason = True, None, ""
    hook.failures, hook.given_up, hook.resting_until = 0, 0, None
    hook.save()
    record(workspace=hook.workspace, by=by, verb="enabled", subject=hook)


@transaction.atomic
def remove_webhook(*, workspace, pk: UUID, by: Actor, at: dt.datetime) -> Webhook:
    """Forget a webhook with its secrets and its log; nothing is sent any more. Raises Webhook.DoesNotExist."""
    hook = _locked(workspace, pk, by)
    hook.is_active, hook.removed_at, hook.secret, hook.old_secret = False, at, "", ""
    hook.save()
    WebhookDelivery.objects.filter(workspace=workspace, webhook=hook).delete()
    record(workspace=workspace, by=by, verb="removed", subject=hook, before=_told(hook))
    return hook


@transaction.atomic
def rotate_secret(*, workspace, pk: UUID, by: Actor, at: dt.datetime) -> Webhook:
    """Give a webhook a new secret; the one it had signs along for a day. Raises Webhook.DoesNotExist."""
    by.require(roles.MANAGE_KEYS)
    hook = _locked(workspace, pk, by)
    hook.old_secret, hook.old_secret_until, hook.secret = hook.secret, at + OVERLAP, new_secret()
    hook.save(update_fields=["secret", "old_secret", "old_secret_until"])
    record(workspace=workspace, by=by, verb="secret_changed", subject=hook)
    return hook


@transaction.atomic
def reveal_secret(*, workspace, pk: UUID, by: Actor) -> Webhook:
    """A webhook for its secret to be shown; the trail says who looked. Raises Webhook.DoesNotExist."""
    by.require(roles.MANAGE_KEYS)
    hook = _locked(workspace, pk, by)
    record(workspace=workspace, by=by, verb="secret_shown", subject=hook)
    return hook


@transaction.atomic
def ping_webhook(*, workspace, pk: UUID, by: Actor) -> WebhookDelivery:
    """Send a webhook an event of no meaning, to try it. Raises Webhook.DoesNotExist, and Conflict when it is disabled."""
    hook = _locked(workspace, pk, by)
    _refuse_disabled(hook)
    event = Event(PING, str(hook.pk), json.dumps({"webhook_id": str(hook.pk), "events": hook.events}))
    publish(workspace, listeners(workspace), [event], only=hook.pk)
    record(workspace=workspace, by=by, verb="tried", subject=hook)
    mine = WebhookDelivery.objects.filter(workspace=workspace, webhook=hook)
    return mine.select_related("event").order_by("-id")[0]


@transaction.atomic
def replay_delivery(*, workspace, pk: UUID, delivery_id: UUID, by: Actor, at: dt.datetime) -> WebhookDelivery:
    """Send an event once more under its own id, with all retries, whatever became of it before. Raises DoesNotExist of
    Webhook or WebhookDelivery, and Conflict when the webhook is disabled.
    """
    hook = _locked(workspace, pk, by)
    _refuse_disabled(hook)
    delivery = send_again(hook, delivery_id, at=at)
    record(workspace=workspace, by=by, verb="replayed", subject=hook, after={"event": delivery.event.type})
    return delivery


def send_again(hook: Webhook, delivery_id: UUID, *, at: dt.datetime) -> WebhookDelivery:
    """Let a delivery of the locked `hook` wait anew, with all retries. Raises WebhookDelivery.DoesNotExist."""
    deliveries = WebhookDelivery.objects.select_for_update(no_key=True, of=("self",)).select_related("event")
    delivery = deliveries.get(workspace=hook.workspace_id, webhook=hook, pk=delivery_id)
    if delivery.state != WebhookDelivery.PENDING or delivery.attempts:
        delivery.state, delivery.attempts, delivery.due_at = WebhookDelivery.PENDING, 0, at
        delivery.save(update_fields=["state", "attempts", "due_at"])
    _hasten(hook)
    return delivery


@transaction.atomic
def replay_failed(*, workspace, pk: UUID, since: dt.datetime, by: Actor, at: dt.datetime) -> int:
    """Send again what happened from the instant `since` on and was given up, or not sent because the webhook was
    disabled; how many events that are. Raises Webhook.DoesNotExist, and Conflict when the webhook is disabled.
    """
    hook = _locked(workspace, pk, by)
    _refuse_disabled(hook)
    count = WebhookDelivery.objects.filter(
        workspace=workspace, webhook=hook, state__in=WebhookDelivery.UNDELIVERED, event__created_at__gte=since
    ).update(state=WebhookDelivery.PENDING, attempts=0, due_at=at)
    if count:
        _hasten(hook)
        record(workspace=workspace, by=by, verb="replayed", subject=hook, after={"rows": count})
    return count


def _hasten(hook: Webhook) -> None:
    """Somebody says that the receiver is well again: no need to let it rest."""
    Webhook.objects.filter(workspace_id=hook.workspace_id, pk=hook.pk).update(resting_until=None)
    send_after_commit("jobs.tasks.deliver_webhooks", queue=Run.FAST)


def _locked(workspace, pk: UUID, by: Actor) -> Webhook:
    by.require(roles.MANAGE_WEBHOOKS)
    return webhooks_for(workspace, by).select_for_update(no_key=True).get(pk=pk)


def _refuse_disabled(hook: Webhook) -> None:
    if not hook.is_active:
        raise Conflict({"is_active": [_("The webhook is disabled; enable it first.")]})


def _checked(row: Mapping[str, Any], *, is_address_new: bool = True) -> WebhookShape:
    shape, errors = check(WebhookShape, row)
    if not errors and is_address_new:
        try:
            destination_of(
                shape.url, is_http_allowed=settings.WEBHOOK_ALLOW_HTTP, allowed=settings.WEBHOOK_ALLOWED_NETWORKS
            )
        except Refused as refused:
            errors = {"url": [refusal_words(refused.code)]}
    if errors:
        raise InvalidRow(errors)
    return shape


def refusal_words(code: str) -> str:
    """What a refused address (`addresses.Refused`) says to people."""
    match code:
        case "scheme" if settings.WEBHOOK_ALLOW_HTTP:
            return _("The address must begin with https:// or http://.")
        case "scheme":
            return _("The address must begin with https://.")
        case "credentials":
            return _("The address must not hold a user or password.")
        case "port":
            return _("Only the usual port and those from 1024 on are allowed.")
        case "not_public":
            return _("This address leads to this machine or a private network.")
        case "host":
            return _("The host must be a name, or an address in its usual form.")
    return _("This is not an address of the web.")


def _in_order(events: list[str]) -> list[str]:
    return list(dict.fromkeys(events))


def _told(hook: Webhook) -> dict:
    """What the trail says; readers of the trail may not see what else the address holds."""
    return {"url": hook.shown_url, "description": hook.description, "events": hook.events}
