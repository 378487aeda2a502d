"""The OpenAPI 3.1 document: each endpoint declares its operations in the words of this module.

Nothing is guessed from serializers, because there are none: objects, filters and bodies come from the same declarations
that the endpoints work by. `docs/openapi.json` is this document checked in; `manage.py api_schema` writes it.
"""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from django.urls import include, path
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema

Schema = Mapping[str, Any]

# What any endpoint may answer besides its own; bodies are all of the one error shape.
REFUSALS = {
    400: "Something in the body or the query string is not right; `fields` says what.",
    401: "The key is missing, malformed, unknown, revoked or expired.",
    403: "The key's scope or the member's role may not do that.",
    404: "Nothing is there, or nothing of this workspace.",
    405: "The address does not take the method.",
    409: "It exists already, or another request with this Idempotency-Key is still running.",
    412: "It is not any more as `If-Match` names it; nothing was changed.",
    413: "The body is larger than the limit, or has more than 1,000 rows.",
    415: "The body is not application/json.",
    422: "The Idempotency-Key was used for another request.",
    429: "Too many requests; `Retry-After` says when to come back.",
    500: "A fault on our side; the request id finds it in the logs.",
}
READ_REFUSALS = (400, 401, 403, 404, 405, 429, 500)
WRITE_REFUSALS = (400, 401, 403, 404, 405, 409, 413, 415, 422, 429, 500)

ERROR_SCHEMA: Schema = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "message", "fields", "request_id"],
            "properties": {
                "code": {"type": "string", "description": "Stable, for programs."},
                "message": {"type": "string", "description": "For people, in their language."},
                "fields": {
                    "type": "object",
                    "description": "Field path (`lines.0.quantity`) → messages.",
                    "additionalProperties": {"type": "array", "items": {"type": "string"}},
                },
                "request_id": {"type": ["string", "null"]},
            },
        }
    },
}


class DeclaredSchema(AutoSchema):
    """For views that say themselves what their operations are."""

    def get_operation(self, path, path_regex, path_prefix, method, registry):
        return self.view.operations()[method]


def ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def whole(properties: Schema) -> dict[str, Any]:
    """An object that always has all of its properties."""
    return {"type": "object", "required": list(properties), "properties": properties}


def page_schema(name: str) -> Schema:
    """A page of a list of a component."""
    address = {"type": ["string", "null"], "format": "uri"}
    return whole({"results": {"type": "array", "items": ref(name)}, "next": address, "previous": address})


def json_of(schema: Schema, description: str = "") -> dict:
    """A response or request body of JSON."""
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def query(name: str, schema: Schema, description: str = "", *, is_required: bool = False) -> dict:
    made: dict[str, Any] = {"in": "query", "name": name, "schema": schema}
    if description:
        made["description"] = description
    if is_required:
        made["required"] = True
    return made


PATH_ID = {"in": "path", "name": "id", "required": True, "schema": {"type": "string", "format": "uuid"}}
ONCE_KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
    "description": "Sent again with the same body within 24 hours, the first answer comes back.",
}


IF_MATCH = {
    "in": "header",
    "name": "If-Match",
    "schema": {"type": "string", "examples": ['"0f343b0931126a20f133d67c2b018a3b"']},
    "description": "Only if the object is still as the answer with this `ETag` showed it; else 412.",
}
IF_NONE_MATCH = {
    "in": "header",
    "name": "If-None-Match",
    "schema": {"type": "string"},
    "description": "The `ETag` of an answer that you have: 304 without a body when it would be the same.",
}

HEADERS: dict[str, dict] = {
    "ETag": {"schema": {"type": "string"}, "description": "Names these very bytes."},
    "Location": {"schema": {"type": "string", "format": "uri"}, "description": "Where what was made stands."},
    "Idempotent-Replayed": {
        "schema": {"type": "string", "enum": ["true"]},
        "description": "There when this is the answer of an earlier request with the same Idempotency-Key.",
    },
    "X-Request-ID": {"schema": {"type": "string"}, "description": "Finds the request in the logs."},
    "RateLimit-Limit": {"schema": {"type": "integer"}, "description": "Requests that this key or member has a minute."},
    "RateLimit-Remaining": {"schema": {"type": "integer"}, "description": "How many are left of them."},
    "RateLimit-Reset": {"schema": {"type": "integer"}, "description": "Seconds until there are all again."},
    "Retry-After": {"schema": {"type": "integer"}, "description": "Seconds to wait."},
    "WWW-Authenticate": {"schema": {"type": "string"}},
    "Allow": {"schema": {"type": "string"}, "description": "The methods that the address takes."},
}
LIMIT_HEADERS = ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset")
EVERY_HEADER = ("X-Request-ID", *LIMIT_HEADERS)
LOCATION = "Location"


def with_headers(answer: Mapping[str, Any], names: Iterable[str]) -> dict:
    named = {name: {"$ref": f"#/components/headers/{name}"} for name in names}
    return {**answer, "headers": {**answer.get("headers", {}), **named}}


def tagged(answer: Mapping[str, Any], *headers: str) -> dict:
    """A response that carries an `ETag`, and these headers."""
    return with_headers(answer, ("ETag", *headers))


def operation(
    name: str,
    summary: str,
    *,
    tag: str,
    answers: Mapping[int, dict],
    parameters: Iterable[dict] = (),
    body: Schema | None = None,
    is_write: bool = False,
    is_body_optional: bool = False,
    without: Iterable[int] = (),
    also: Iterable[int] = (),
) -> dict:
    """One operation. answers: status → response; refusals are added, save those `without` and those `also`.

    A read takes `If-None-Match` and may answer 304; a write takes `Idempotency-Key`. Every answer carries the headers
    of all answers.
    """
    usual = WRITE_REFUSALS if is_write else READ_REFUSALS
    refusals = [*(status for status in usual if status not in without), *also]
    shown = {str(status): with_headers(answer, EVERY_HEADER) for status, answer in answers.items()}
    if is_write:
        shown = {status: with_headers(answer, ("Idempotent-Replayed",)) for status, answer in shown.items()}
    else:
        shown = {status: tagged(answer) for status, answer in shown.items()}
        shown["304"] = {"$ref": "#/components/responses/NotModified"}
    made: dict[str, Any] = {
        "operationId": name,
        "summary": summary,
        "tags": [tag],
        "parameters": [*parameters, ONCE_KEY if is_write else IF_NONE_MATCH],
        "responses": shown
        | {str(status): {"$ref": f"#/components/responses/Refused{status}"} for status in sorted(refusals)},
        "security": [{"key": []}],
    }
    if body is not None:
        made["requestBody"] = json_of(body) | {"required": not is_body_optional}
        del made["requestBody"]["description"]
    return made


def refusal_components() -> dict:
    headers = {401: ("WWW-Authenticate",), 405: ("Allow",), 429: ("Retry-After",)}
    refused = {
        f"Refused{status}": with_headers(
            json_of(ref("Error"), description),
            ("X-Request-ID", *headers.get(status, ()), *(LIMIT_HEADERS if status != 401 else ())),
        )
        for status, description in REFUSALS.items()
    }
    unchanged = tagged({"description": "As `If-None-Match` names it already; no body."}, *EVERY_HEADER)
    return refused | {"NotModified": unchanged}


@cache
def document() -> dict:
    """The whole document, as JSON holds it. The endpoints do not change while the process runs."""
    generator = SchemaGenerator(patterns=[path("api/v1/", include("b2bops.api.urls"))])
    made = generator.get_schema(request=None, public=True)
    schemas: dict[str, Schema] = {"Error": ERROR_SCHEMA}
    webhooks: dict[str, dict] = {}
    for _path, _regex, _method, view in generator._get_paths_and_endpoints():
        schemas |= view.components()
        webhooks |= view.webhooks()
    made["webhooks"] = webhooks
    made["components"] = {
        "schemas": dict(sorted(schemas.items())),
        "responses": refusal_components(),
        "headers": HEADERS,
        "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
    }
    return made
