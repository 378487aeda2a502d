"""What was sent to a webhook, and sending it again."""

import datetime as dt
import json

from django.utils import timezone
from django.utils.translation import gettext as _

from b2bops.api import columns as c
from b2bops.api.answers import json_answer
from b2bops.api.bodies import read_object
from b2bops.api.errors import invalid
from b2bops.api.openapi import PATH_ID, json_of, operation, page_schema, query, ref
from b2bops.api.paging import Ordering, limit_of, page_address, page_of
from b2bops.api.parameters import instant
from b2bops.api.webhooks import PAGE_PARAMETERS, TAG, WebhookEndpoint
from jobs.models import WebhookDelivery
from jobs.webhooks import actions
from jobs.webhooks.events import EVENT_TYPES, PING
from jobs.webhooks.sending import Failure

SOURCES = [
    "id",
    "event_id",
    "event__type",
    "event__subject",
    "event__created_at",
    "state",
    "attempts",
    "due_at",
    "webhook__resting_until",
    "status",
    "error",
    "took_ms",
    "attempted_at",
    "delivered_at",
]
DETAILS = ["event__body", "log"]
NEWEST_FIRST = Ordering("id", "id", is_descending=True)
STATES = [state for state, _label in WebhookDelivery.STATES]
TYPES = [*EVENT_TYPES, PING]
PATH_DELIVERY = {"in": "path", "name": "delivery", "required": True, "schema": c.UUID}
ERROR = c.or_null({"type": "string", "enum": list(Failure.values)})
STATUS = {"type": ["integer", "null"]}

DELIVERY_SCHEMA = {
    "type": "object",
    "properties": {
        "id": c.UUID,
        "event_id": c.UUID | {"description": "The `webhook-id` of every attempt."},
        "type": {"type": "string", "enum": TYPES},
        "subject": {"type": ["string", "null"], "description": "The id of what it is about."},
        "happened_at": c.INSTANT,
        "state": {"type": "string", "enum": STATES},
        "attempts": {"type": "integer"},
        "next_attempt_at": c.or_null(c.INSTANT),
        "status": STATUS,
        "error": ERROR,
        "took_ms": {"type": ["integer", "null"]},
        "attempted_at": c.or_null(c.INSTANT),
        "delivered_at": c.or_null(c.INSTANT),
    },
}
DELIVERY_SCHEMA["required"] = list(DELIVERY_SCHEMA["properties"])
ATTEMPT_SCHEMA = {
    "type": "object",
    "properties": {
        "at": c.INSTANT,
        "took_ms": {"type": "integer"},
        "status": STATUS,
        "error": ERROR,
        "answer": {"type": "string", "description": "The first 4 kB of the answer's body."},
        "headers": {"type": "object", "additionalProperties": {"type": "string"}},
    },
}
ATTEMPT_SCHEMA["required"] = list(ATTEMPT_SCHEMA["properties"])
DETAILED_SCHEMA = {
    "allOf": [ref("Delivery")],
    "type": "object",
    "required": ["payload", "log"],
    "properties": {
        "payload": {"type": "object", "description": "What is sent."},
        "log": {"type": "array", "items": ATTEMPT_SCHEMA, "description": "The latest attempts, oldest first."},
    },
}


def delivery_object(row: tuple) -> dict:
    """A delivery of `SOURCES`, or of these and `DETAILS`, as the API shows it."""
    (
        pk, event_id, kind, subject, happened_at, state, attempts, due_at, resting_until, status, error, took_ms,
        attempted_at, delivered_at, *details,
    ) = row  # fmt: skip
    next_at = max(due_at, resting_until or due_at)
    made = {
        "id": pk,
        "event_id": event_id,
        "type": kind,
        "subject": subject or None,
        "happened_at": happened_at,
        "state": state,
        "attempts": attempts,
        "next_attempt_at": next_at if state == WebhookDelivery.PENDING else None,
        "status": status,
        "error": error or None,
        "took_ms": took_ms,
        "attempted_at": attempted_at,
        "delivered_at": delivered_at,
    }
    if details:
        body, log = details
        made |= {"payload": json.loads(body), "log": [_attempt(entry, event_id) for entry in log]}
    return made


def _attempt(entry: dict, event_id) -> dict:
    return {
        **{name: entry[name] for name in ("at", "took_ms", "status", "answer")},
        "error": entry["error"] or None,
        "headers": {
            "webhook-id": str(event_id),
            "webhook-timestamp": entry["timestamp"],
            "webhook-signature": entry["signature"],
        },
    }


class DeliveryEndpoint(WebhookEndpoint):
    def components(self):
        return super().components() | {"Delivery": DELIVERY_SCHEMA, "DeliveryWithLog": DETAILED_SCHEMA}

    def deliveries(self, request, id):
        hook = self.hooks(request).only("pk").get(pk=id)
        return WebhookDelivery.objects.filter(workspace=request.workspace, webhook=hook)

    def detailed(self, request, id, delivery) -> dict:
        rows = self.deliveries(request, id).values_list(*SOURCES, *DETAILS)
        return delivery_object(rows.get(pk=delivery))


class DeliveryList(DeliveryEndpoint):
    """``GET /webhooks/{id}/deliveries/``."""

    def operations(self):
        return {
            "GET": operation(
                "list_webhook_deliveries",
                "What was sent to a webhook in the last 30 days, latest first",
                tag=TAG,
                parameters=[
                    PATH_ID,
                    *PAGE_PARAMETERS,
                    query("state", {"type": "string", "enum": STATES}),
                    query("type", {"type": "string", "enum": TYPES}),
                ],
                answers={200: json_of(page_schema("Delivery"), "The deliveries")},
            )
        }

    def get(self, request, id, **kwargs):
        self.refuse_unknown_parameters(request, {"limit", "cursor", "state", "type"})
        rows = self.deliveries(request, id)
        for name, path, known in (("state", "state", STATES), ("type", "event__type", TYPES)):
            if name in request.GET:
                if request.GET[name] not in known:
                    raise invalid({name: [", ".join(known)]})
                rows = rows.filter(**{path: request.GET[name]})
        page = page_of(
            rows,
            name="webhook-deliveries",
            sources=SOURCES,
            ordering=NEWEST_FIRST,
            limit=limit_of(request.GET.get("limit")),
            cursor=request.GET.get("cursor"),
        )
        return json_answer(
            {
                "results": [delivery_object(row) for row in page.rows],
                "next": page_address(request, page.next),
                "previous": page_address(request, page.previous),
            }
        )


class DeliveryItem(DeliveryEndpoint):
    """``GET /webhooks/{id}/deliveries/{delivery}/``."""

    def operations(self):
        return {
            "GET": operation(
                "get_webhook_delivery",
                "One event as it went to a webhook: what was sent, what was answered",
                tag=TAG,
                parameters=[PATH_ID, PATH_DELIVERY],
                answers={200: json_of(ref("DeliveryWithLog"), "The delivery")},
            )
        }

    def get(self, request, id, delivery, **kwargs):
        self.refuse_unknown_parameters(request, ())
        return json_answer(self.detailed(request, id, delivery))


class DeliveryReplay(DeliveryEndpoint):
    """``POST /webhooks/{id}/deliveries/{delivery}/replay/``."""

    def operations(self):
        return {
            "POST": operation(
                "replay_webhook_delivery",
                "Send an event once more, under its own id and with all retries",
                tag=TAG,
                parameters=[PATH_ID, PATH_DELIVERY],
                answers={200: json_of(ref("DeliveryWithLog"), "On its way")},
                is_write=True,
            )
        }

    def post(self, request, id, delivery, **kwargs):
        self.refuse_unknown_parameters(request, ())
        actions.replay_delivery(
            workspace=request.workspace, pk=id, delivery_id=delivery, by=request.actor, at=timezone.now()
        )
        return json_answer(self.detailed(request, id, delivery))


class WebhookPing(DeliveryEndpoint):
    """``POST /webhooks/{id}/ping/``."""

    def operations(self):
        return {
            "POST": operation(
                "ping_webhook",
                "Send a test event (`webhook.ping`); the answer says where to look what came of it",
                tag=TAG,
                parameters=[PATH_ID],
                answers={200: json_of(ref("DeliveryWithLog"), "On its way")},
                is_write=True,
            )
        }

    def post(self, request, id, **kwargs):
        self.refuse_unknown_parameters(request, ())
        made = actions.ping_webhook(workspace=request.workspace, pk=id, by=request.actor)
        return json_answer(self.detailed(request, id, made.pk))


class WebhookReplay(DeliveryEndpoint):
    """``POST /webhooks/{id}/replay/``: everything since an instant that was not delivered."""

    def operations(self):
        count = {"type": "object", "required": ["count"], "properties": {"count": {"type": "integer"}}}
        body = {
            "type": "object",
            "additionalProperties": False,
            "required": ["since"],
            "properties": {"since": c.INSTANT},
        }
        return {
            "POST": operation(
                "replay_webhook",
                "Send again what happened since an instant and was given up, or not sent because the webhook was disabled",
                tag=TAG,
                parameters=[PATH_ID],
                body=body,
                answers={200: json_of(count, "How many events are on their way again")},
                is_write=True,
            )
        }

    def post(self, request, id, **kwargs):
        self.refuse_unknown_parameters(request, ())
        body = read_object(request._request)
        if unknown := set(body) - {"since"}:
            raise invalid({name[:100]: [_("Unknown field.")] for name in sorted(unknown)})
        count = actions.replay_failed(
            workspace=request.workspace, pk=id, since=_instant(body.get("since")), by=request.actor, at=timezone.now()
        )
        return json_answer({"count": count})


def _instant(value) -> dt.datetime:
    try:
        return instant(value if isinstance(value, str) else "")
    except ValueError as error:
        raise invalid({"since": [str(error)]}) from error
