"""How a collection's endpoints stand in the OpenAPI document."""

from b2bops.api.collection import MANY, Collection
from b2bops.api.openapi import PATH_ID, json_of, operation, query, ref
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
REASON = {"type": "string", "minLength": 1, "maxLength": 500}


def title(collection: Collection) -> str:
    return "".join(word.title() for word in collection.noun.split("_"))


def object_schema(collection: Collection) -> dict:
    """What comes out."""
    properties = {column.name: dict(column.schema) for column in collection.columns} | dict(collection.nested_schema)
    return {"type": "object", "required": list(properties), "properties": properties}


def body_schema(collection: Collection, *, is_patch: bool = False) -> dict:
    """What goes in: the fields of the input shape; absent keeps, null clears."""
    known = object_schema(collection)["properties"]
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
    return {
        name: object_schema(collection),
        f"{name}Body": body_schema(collection),
        f"{name}Changes": body_schema(collection, is_patch=True),
        "BatchResult": BATCH_RESULT,
    }


def list_operations(collection: Collection) -> dict:
    name = title(collection)
    page = {
        "type": "object",
        "required": ["results", "next", "previous"],
        "properties": {
            "results": {"type": "array", "items": ref(name)},
            "next": {"type": ["string", "null"], "format": "uri"},
            "previous": {"type": ["string", "null"], "format": "uri"},
        },
    }
    parameters = [
        query("limit", {"type": "integer", "minimum": 1, "maximum": LONGEST_LIMIT, "default": DEFAULT_LIMIT}),
        query("cursor", {"type": "string"}, "From `next` or `previous` of the page before."),
        query("ordering", {"type": "string", "enum": sorted(collection.orderings), "default": "id"}),
        *(query(column.name, _asked(column.schema)) for column in collection.filters.values()),
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
            body=ref(f"{name}Body"),
            answers={201: json_of(ref(name), made)},
            is_write=True,
        ),
    }


def item_operations(collection: Collection) -> dict:
    name, noun = title(collection), collection.noun.replace("_", " ")
    one = json_of(ref(name), f"The {noun}")
    return {
        "GET": operation(
            f"get_{collection.noun}", f"One {noun}", tag=collection.name, parameters=[PATH_ID], answers={200: one}
        ),
        "PATCH": operation(
            f"change_{collection.noun}",
            "An absent field keeps, null clears, a nested list is replaced whole",
            tag=collection.name,
            parameters=[PATH_ID],
            body=ref(f"{name}Changes"),
            answers={200: one},
            is_write=True,
        ),
        "DELETE": operation(
            f"void_{collection.noun}",
            "Void, with a reason that the activity trail keeps",
            tag=collection.name,
            parameters=[PATH_ID, query("reason", REASON)],
            body={"type": "object", "additionalProperties": False, "properties": {"reason": REASON}},
            is_body_optional=True,
            answers={204: {"description": "Voided"}},
            is_write=True,
        ),
    }


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


def _asked(schema) -> dict:
    """A column's schema as a filter's: a word of the query string, never null."""
    made = dict(schema)
    if isinstance(made.get("type"), list):
        made["type"] = next(name for name in made["type"] if name != "null")
    if "enum" in made:
        made["enum"] = [value for value in made["enum"] if value is not None]
    return made
