"""What webhooks can be told, and telling it: one call in the transaction of what happened.

Nothing is written, and one small query is all it costs, while no active webhook wants to know.
"""

import datetime as dt
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models.functions import Now
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from jobs.delivery import send_after_commit
from jobs.models import Run, Webhook, WebhookDelivery, WebhookEvent
from workspaces.bulk import insert_rows
from workspaces.ids import uuid7

# Type → what it tells, in the order people read it.
EVENT_TYPES: dict[str, Any] = {
    "account.created": _("An account was entered."),
    "account.updated": _("Facts of an account changed. Figures that the night publishes onto it are no such change."),
    "account.voided": _("An account was voided, with its contracts."),
    "contract.created": _("A contract was entered."),
    "contract.updated": _("A contract or its lines changed."),
    "contract.voided": _("A contract was voided."),
    "movement.created": _("A closing found movements: up to 200 of them in one event."),
    "movement.changed": _("A closing changed kind or amount of movements, because facts of the past changed."),
    "movement.removed": _("A closing took movements back, because facts of the past changed."),
    "movement.many": _("More than 10,000 movements at once: how many, and between which days."),
    "closing.succeeded": _("A closing ended well."),
    "closing.failed": _("A closing stopped; the figures of before stay."),
}
# Sent by hand to try a webhook; nobody subscribes to it.
PING = "webhook.ping"
GROUPS = tuple(dict.fromkeys(name.partition(".")[0] for name in EVENT_TYPES))
PATTERNS = ("*", *(f"{group}.*" for group in GROUPS), *EVENT_TYPES)


def matches(pattern: str, event_type: str) -> bool:
    """Whether a subscription to `pattern` (a type, ``group.*`` or ``*``) wants the type."""
    return pattern in ("*", event_type) or (pattern.endswith(".*") and event_type.startswith(pattern[:-1]))


@dataclass(frozen=True)
class Event:
    """type: one of EVENT_TYPES, or PING. subject: the id of what it is about. data: JSON text."""

    type: str
    subject: str
    data: str


@dataclass(frozen=True)
class Listeners:
    """A workspace's active webhooks: id → what each is subscribed to. at: the instant of the transaction."""

    at: dt.datetime | None
    hooks: Mapping[UUID, list[str]]

    def wanting(self, event_type: str) -> list[UUID]:
        return [pk for pk, patterns in self.hooks.items() if any(matches(pattern, event_type) for pattern in patterns)]


def listeners(workspace) -> Listeners:
    """Who listens in `workspace`: one query, answered from an index of the active webhooks alone."""
    rows = list(
        Webhook.objects.filter(workspace=workspace, is_active=True).order_by("id").values_list("pk", "events", Now())
    )
    return Listeners(rows[0][2] if rows else None, {pk: patterns for pk, patterns, _at in rows})


def tell(workspace, happened: Iterable[tuple[str, Any]]) -> None:
    """Tell the workspace's webhooks what happened to things: pairs of event type and the thing's id, each with the
    thing as it stands now. Types that nobody can subscribe to are passed over, so that callers need not choose.

    To be called in the transaction of what happened, after it; what it writes is kept or undone together with that.
    """
    happened = [(event_type, pk) for event_type, pk in happened if event_type in EVENT_TYPES]
    if not happened:
        return
    audience = listeners(workspace)
    wanted = {event_type for event_type in {kind for kind, _pk in happened} if audience.wanting(event_type)}
    texts: dict[str, Mapping[Any, str]] = {}
    for noun in {event_type.partition(".")[0] for event_type in wanted}:
        ids = [pk for event_type, pk in happened if event_type in wanted and event_type.startswith(f"{noun}.")]
        texts[noun] = _shower(noun)(workspace, ids)
    publish(
        workspace,
        audience,
        [
            Event(event_type, str(pk), texts[event_type.partition(".")[0]][pk])
            for event_type, pk in happened
            if event_type in wanted
        ],
    )


def _shower(noun: str) -> Callable[[Any, list], Mapping[Any, str]]:
    """What turns ids of things of this kind into JSON, id → text. By its path: how things are shown to the outside is
    the business of an app above this one.
    """
    return import_string(settings.WEBHOOK_OBJECTS[noun])


def publish(workspace, audience: Listeners, events: Iterable[Event], *, only: UUID | None = None) -> None:
    """Write events for whoever of the audience wants them (or `only` one webhook, whatever it subscribed to), and have
    them delivered once the transaction commits.
    """
    events = list(events)
    if not events or audience.at is None:
        return
    at = audience.at.isoformat()
    rows, deliveries = [], []
    receivers = {name: [only] if only else audience.wanting(name) for name in {event.type for event in events}}
    for event in events:
        if not receivers[event.type]:
            continue
        pk = uuid7()
        body = f'{{"type":{json.dumps(event.type)},"timestamp":{json.dumps(at)},"data":{event.data}}}'
        rows.append(
            {"id": pk, "workspace_id": workspace.pk, "type": event.type, "subject": event.subject, "body": body}
        )
        deliveries += [
            {"id": uuid7(), "workspace_id": workspace.pk, "webhook_id": hook, "event_id": pk}
            for hook in receivers[event.type]
        ]
    insert_rows(WebhookEvent, rows)
    insert_rows(WebhookDelivery, deliveries)
    if deliveries:
        send_after_commit("jobs.tasks.deliver_webhooks", queue=Run.FAST)
