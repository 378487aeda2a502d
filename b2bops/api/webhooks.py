"""Webhooks: entering and changing them, trying one, and what they are subscribed to.

A member who may manage webhooks sees all of the workspace's; a writing key those that it made. The secret is in the answer
to the request that makes a webhook, and in no other.
"""

from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from b2bops.api import columns as c
from b2bops.api.answers import json_answer
from b2bops.api.bodies import read_object
from b2bops.api.endpoint import Endpoint
from b2bops.api.errors import invalid
from b2bops.api.openapi import LOCATION, PATH_ID, json_of, operation, page_schema, query, ref, tagged
from b2bops.api.paging import LONGEST_LIMIT, Ordering, limit_of, page_address, page_of
from b2bops.api.preconditions import tag
from b2bops.api.webhook_schemas import webhook_requests
from jobs.models import DisabledReason
from jobs.webhooks import actions
from jobs.webhooks.events import EVENT_TYPES, PATTERNS
from jobs.webhooks.queries import webhooks_for
from workspaces import roles

TAG = "webhooks"
SOURCES = [
    "id",
    "url",
    "description",
    "events",
    "is_active",
    "disabled_at",
    "disabled_reason",
    "created_by",
    "created_at",
    "updated_at",
]
OLDEST_FIRST = Ordering("id", "id")
WRITABLE: dict[str, Any] = {
    "url": {"type": "string", "maxLength": 2000, "format": "uri", "description": "https, and reachable by anybody."},
    "description": c.or_null({"type": "string", "maxLength": 200}),
    "events": {
        "type": "array",
        "minItems": 1,
        "maxItems": len(PATTERNS),
        "items": {"type": "string", "enum": list(PATTERNS)},
        "description": "Types, `group.*` for all of a group, `*` for all.",
    },
    "is_active": {"type": "boolean"},
}
WEBHOOK_SCHEMA = {
    "type": "object",
    "properties": {
        "id": c.UUID,
        **WRITABLE,
        "disabled_at": c.or_null(c.INSTANT),
        "disabled_reason": c.or_null({"type": "string", "enum": list(DisabledReason.values)}),
        "created_by": {"type": "string"},
        "created_at": c.INSTANT,
        "updated_at": c.INSTANT,
    },
}
WEBHOOK_SCHEMA["required"] = list(WEBHOOK_SCHEMA["properties"])
MADE_SCHEMA = {
    "allOf": [ref("Webhook")],
    "type": "object",
    "required": ["secret"],
    "properties": {"secret": {"type": "string", "description": "`whsec_…`; shown now and never again."}},
}
BODY = {"type": "object", "additionalProperties": False, "properties": WRITABLE}


def webhook_object(row: tuple) -> dict:
    """A webhook of `SOURCES` as the API shows it."""
    made = dict(zip(SOURCES, row, strict=True))
    return made | {name: made[name] or None for name in ("description", "disabled_reason")}


PAGE_PARAMETERS = [
    query("limit", {"type": "integer", "minimum": 1, "maximum": LONGEST_LIMIT}),
    query("cursor", {"type": "string"}),
]


class WebhookEndpoint(Endpoint):
    # Reading too: an address may hold what opens the receiver's door.
    permissions = dict.fromkeys(("GET", "HEAD", "POST", "PATCH", "DELETE"), roles.MANAGE_WEBHOOKS)

    def components(self):
        return {
            "Webhook": WEBHOOK_SCHEMA,
            "NewWebhook": MADE_SCHEMA,
            "WebhookBody": BODY | {"required": ["url", "events"]},
            "WebhookChanges": BODY,
        }

    def hooks(self, request):
        return webhooks_for(request.workspace, request.actor)

    def shown(self, request, pk) -> dict:
        return webhook_object(self.hooks(request).values_list(*SOURCES).get(pk=pk))

    def fields(self, request) -> dict:
        body = read_object(request._request)
        if "id" in body:
            raise invalid({"id": [_("Ids are given by the system.")]})
        return body


class WebhookList(WebhookEndpoint):
    """``GET /webhooks/``, ``POST /webhooks/``."""

    def operations(self):
        return {
            "GET": operation(
                "list_webhooks",
                "The webhooks; a key sees those that it made",
                tag=TAG,
                parameters=PAGE_PARAMETERS,
                answers={200: json_of(page_schema("Webhook"), "The webhooks, oldest first")},
            ),
            "POST": operation(
                "create_webhook",
                "Have events sent to an address",
                tag=TAG,
                body=ref("WebhookBody"),
                answers={201: tagged(json_of(ref("NewWebhook"), "The webhook, with its secret"), LOCATION)},
                is_write=True,
            ),
        }

    def get(self, request, **kwargs):
        self.refuse_unknown_parameters(request, {"limit", "cursor"})
        page = page_of(
            self.hooks(request),
            name="webhooks",
            sources=SOURCES,
            ordering=OLDEST_FIRST,
            limit=limit_of(request.GET.get("limit")),
            cursor=request.GET.get("cursor"),
        )
        return json_answer(
            {
                "results": [webhook_object(row) for row in page.rows],
                "next": page_address(request, page.next),
                "previous": page_address(request, page.previous),
            }
        )

    def post(self, request, **kwargs):
        self.refuse_unknown_parameters(request, ())
        row = self.fields(request)
        hook = actions.create_webhook(workspace=request.workspace, row=row, by=request.actor, at=timezone.now())
        made = self.shown(request, hook.pk) | {"secret": hook.secret}
        return tag(json_answer(made, 201, {"Location": request.build_absolute_uri(f"{request.path}{hook.pk}/")}))


class WebhookItem(WebhookEndpoint):
    """``GET``, ``PATCH``, ``DELETE /webhooks/{id}/``."""

    def operations(self):
        one = json_of(ref("Webhook"), "The webhook")
        return {
            "GET": operation("get_webhook", "One webhook", tag=TAG, parameters=[PATH_ID], answers={200: one}),
            "PATCH": operation(
                "change_webhook",
                "An absent field keeps; `is_active` stops it and lets it go on",
                tag=TAG,
                parameters=[PATH_ID],
                body=ref("WebhookChanges"),
                answers={200: tagged(one)},
                is_write=True,
            ),
            "DELETE": operation(
                "remove_webhook",
                "Forget a webhook, its secret and its log",
                tag=TAG,
                parameters=[PATH_ID],
                answers={204: {"description": "Removed"}},
                is_write=True,
            ),
        }

    def get(self, request, id, **kwargs):
        self.refuse_unknown_parameters(request, ())
        return json_answer(self.shown(request, id))

    def patch(self, request, id, **kwargs):
        self.refuse_unknown_parameters(request, ())
        self.shown(request, id)
        changes = self.fields(request)
        actions.change_webhook(workspace=request.workspace, pk=id, changes=changes, by=request.actor, at=timezone.now())
        return tag(json_answer(self.shown(request, id)))

    def delete(self, request, id, **kwargs):
        self.refuse_unknown_parameters(request, ())
        actions.remove_webhook(workspace=request.workspace, pk=id, by=request.actor, at=timezone.now())
        answer = HttpResponse(status=204)
        del answer["Content-Type"]
        return answer


class EventTypes(Endpoint):
    """``GET /webhooks/event-types/``: what there is to subscribe to."""

    def webhooks(self):
        return webhook_requests()

    def operations(self):
        one = {
            "type": "object",
            "required": ["type", "description"],
            "properties": {"type": {"type": "string"}, "description": {"type": "string"}},
        }
        schema = {
            "type": "object",
            "required": ["results"],
            "properties": {"results": {"type": "array", "items": one}},
        }
        return {
            "GET": operation(
                "list_event_types",
                "The types of events that a webhook may be subscribed to",
                tag=TAG,
                answers={200: json_of(schema, "The types")},
                without=(404,),
            )
        }

    def get(self, request, **kwargs):
        self.refuse_unknown_parameters(request, ())
        return json_answer({"results": [{"type": name, "description": text} for name, text in EVENT_TYPES.items()]})
