"""How a collection's endpoints stand in the OpenAPI document."""

from b2bops.api import expansion
from b2bops.api.collection import MANY, Collection
from b2bops.api.expansion import plain_properties, title
from b2bops.api.filters import Filter
from b2bops.api.openapi import (
    IF_MATCH,
    LOCATION,
    PATH_ID,
    json_of,
    operation,
    page_schema,
    query,
    ref,
    tagged,
    with_headers,
)
from b2bops.api.paging import DEFAULT_LIMIT, LONGEST_LIMIT

BATCH_RESULT = {
    "type": "object",
    "required": ["results"],
    "properties": {
        "results": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["index", "external_id", "id", "status", "errors"],
                "properties": {
                    "index": {"type": "integer"},
                    "external_id": {"type": ["string", "null"]},
                    "id": {"type": ["string", "null"], "format": "uuid"},
                    "status": {"type": "string", "enum": ["created", "updated", "unchanged", "error"]},
                    "errors": {
                        "type": "object",
                        "additionalProperties": {"type": "array", "items": {"type": "string"}},
                    },
                },
            },
        }
    },
}
WITH_VOIDED = query(
    "include_voided", {"type": "boolean", "default": False}, "Voided facts too; `voided_at` tells them."
)
REASON = {"type": "string", "minLength": 1, "maxLength": 500}


def body_schema(collection: Collection, *, is_patch: bool = False) -> dict:
    """What goes in: the fields of the input shape; absent keeps, null clears."""
    known = plain_properties(collection)
    fields = collection.shape.model_fields
    made = {
        "type": "object",
        "additionalProperties": False,
        "properties": {name: known[name] for name in fields},
    }
    required = [name for name, field in fields.items() if field.is_required()]
    return made if is_patch or not required else made | {"required": required}


def components(collection: Collection) -> dict:
    name = title(collection)
    return expansion.components(collection) | {
        f"{name}Body": body_schema(collection),
        f"{name}Changes": body_schema(collection, is_patch=True),
        "BatchResult": BATCH_RESULT,
    }


def list_words(collection: Collection) -> set[str]:
    """What the query string of the list may hold."""
    expands = {"expand"} if collection.expands else set()
    return {"limit", "cursor", "ordering", "include_voided", *expands, *collection.filters}


def list_operations(collection: Collection) -> dict:
    name = title(collection)
    page = page_schema(name)
    expands = expansion.parameters(collection)
    parameters = [
        query("limit", {"type": "integer", "minimum": 1, "maximum": LONGEST_LIMIT, "default": DEFAULT_LIMIT}),
        query("cursor", {"type": "string"}, "From `next` or `previous` of the page before."),
        query("ordering", {"type": "string", "enum": sorted(collection.orderings), "default": "id"}),
        WITH_VOIDED,
        *expands,
        *(_filter(one) for one in collection.filters.values()),
        *(collection.narrowing.parameters if collection.narrowing else ()),
    ]
    summary = f"The {collection.name}, page by page"
    made = f"The {collection.noun.replace('_', ' ')} as it stands now"
    return {
        "GET": operation(
            f"list_{collection.name.replace('-', '_')}",
            summary,
            tag=collection.name,
            parameters=parameters,
            answers={200: json_of(page, summary)},
        ),
        "POST": operation(
            f"create_{collection.noun}",
            f"Create one {collection.noun.replace('_', ' ')}",
            tag=collection.name,
            parameters=expands,
            body=ref(f"{name}Body"),
            answers={201: tagged(json_of(ref(name), made), LOCATION) | {"links": _links(collection)}},
            is_write=True,
        ),
    }


def _links(collection: Collection) -> dict:
    """What can be done with what was just made."""
    names = (f"{verb}_{collection.noun}" for verb in ("get", "change", "void"))
    return {name: {"operationId": name, "parameters": {"id": "$response.body#/id"}} for name in names}


def item_operations(collection: Collection) -> dict:
    name, noun = title(collection), collection.noun.replace("_", " ")
    one = json_of(ref(name), f"The {noun}")
    expands = expansion.parameters(collection)
    return {
        "GET": operation(
            f"get_{collection.noun}",
            f"One {noun}",
            tag=collection.name,
            parameters=[PATH_ID, WITH_VOIDED, *expands],
            answers={200: one} | _moved(collection),
        ),
        "PATCH": operation(
            f"change_{collection.noun}",
            "An absent field keeps, null clears, a nested list is replaced whole",
            tag=collection.name,
            parameters=[PATH_ID, *expands, IF_MATCH],
            body=ref(f"{name}Changes"),
            answers={200: tagged(one)},
            is_write=True,
            also=(412,),
        ),
        "DELETE": operation(
            f"void_{collection.noun}",
            "Void, with a reason that the activity trail keeps",
            tag=collection.name,
            parameters=[PATH_ID, query("reason", REASON), *expands, IF_MATCH],
            body={"type": "object", "additionalProperties": False, "properties": {"reason": REASON}},
            is_body_optional=True,
            answers={204: {"description": "Voided"}},
            is_write=True,
            also=(412,),
        ),
    }


def _moved(collection: Collection) -> dict:
    """Where something may have been merged into another of its kind."""
    if collection.heir is None:
        return {}
    moved = json_of(ref("Error"), "It was merged into another one, which stands at `Location`")
    return {301: with_headers(moved, [LOCATION])}


def batch_operations(collection: Collection) -> dict:
    return {
        "POST": operation(
            f"save_{collection.name.replace('-', '_')}",
            "Create or update many; good rows are kept, bad ones come back with their errors",
            tag=collection.name,
            body={"type": "array", "maxItems": MANY, "items": ref(f"{title(collection)}Changes")},
            answers={200: json_of(ref("BatchResult"), "What became of each row")},
            is_write=True,
            without=(404,),
        )
    }


def _filter(one: Filter) -> dict:
    schema = one.schema if one.is_side else {"type": "array", "items": one.schema}
    return query(one.name, schema, one.description)
