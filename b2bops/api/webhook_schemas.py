"""How what webhooks are told stands in the OpenAPI document: one request of ours for each type of event."""

from django.utils import translation

from b2bops.api import columns as c
from b2bops.api.openapi import json_of, ref
from jobs.webhooks.events import EVENT_TYPES

REASON = {"type": "string", "description": "Why it was voided."}
MOVEMENTS = {
    "type": "object",
    "required": ["movements"],
    "properties": {"movements": {"type": "array", "maxItems": 200, "items": ref("Movement")}},
}
MANY = {
    "type": "object",
    "required": ["count", "from", "to"],
    "properties": {"count": {"type": "integer"}, "from": c.DATE, "to": c.DATE},
}
CLOSED = {
    "type": "object",
    "required": ["days_closed", "restated_from", "movements"],
    "properties": {
        "days_closed": {"type": ["integer", "null"]},
        "restated_from": c.or_null(c.DATE),
        "movements": {
            "type": ["object", "null"],
            "description": "By kind, on the days that were closed or whose figures changed.",
            "additionalProperties": {
                "type": "object",
                "required": ["count", "amount"],
                "properties": {"count": {"type": "integer"}, "amount": c.MONEY},
            },
        },
    },
}
HEADERS = {
    "webhook-id": "The event's id, the same at every attempt: what was seen before can be left.",
    "webhook-timestamp": "Seconds since 1970 of this attempt.",
    "webhook-signature": "`v1,` and the base64 of HMAC-SHA256 over id, timestamp and body; several, with a space between.",
}


def _data_of(event_type: str) -> dict:
    noun, _, verb = event_type.partition(".")
    match noun, verb:
        case "account" | "contract", "voided":
            voided = {"type": "object", "required": ["void_reason"], "properties": {"void_reason": REASON}}
            return {"allOf": [ref(noun.title()), voided]}
        case "account" | "contract", _:
            return dict(ref(noun.title()))
        case "closing", _:
            return {"allOf": [ref("Closing"), CLOSED]}
        case "movement", "many":
            return MANY
    return MOVEMENTS


def webhook_requests() -> dict[str, dict]:
    """Type of event → the request that a webhook receives, in English whoever asks first."""
    with translation.override("en"):
        return {name: {"post": _request(name, str(text))} for name, text in EVENT_TYPES.items()}


def _request(event_type: str, summary: str) -> dict:
    body = {
        "type": "object",
        "required": ["type", "timestamp", "data"],
        "properties": {"type": {"const": event_type}, "timestamp": c.INSTANT, "data": _data_of(event_type)},
    }
    return {
        "operationId": f"on_{event_type.replace('.', '_')}",
        "summary": summary,
        "tags": ["webhooks"],
        "parameters": [
            {"in": "header", "name": name, "required": True, "schema": {"type": "string"}, "description": text}
            for name, text in HEADERS.items()
        ],
        "requestBody": {"required": True, "content": json_of(body)["content"]},
        "responses": {
            "2XX": {"description": "Taken."},
            "410": {"description": "Never again: the webhook is disabled."},
            "default": {"description": "Tried again later, up to ten times within three days."},
        },
    }
