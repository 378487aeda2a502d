"""Columns as the collections declare them, by what they hold."""

from b2bops.api import parameters
from b2bops.api.answers import short
from b2bops.api.collection import Column

UUID = {"type": "string", "format": "uuid"}
INSTANT = {"type": "string", "format": "date-time"}
DATE = {"type": "string", "format": "date"}
DECIMAL = {"type": "string", "pattern": r"^-?\d+(\.\d+)?$"}
MONEY = DECIMAL | {"description": "An exact amount, as text.", "example": "1234.50"}


def or_null(schema: dict) -> dict:
    """The schema, or null. Enumerations name null among their values."""
    made = {**schema, "type": [schema["type"], "null"]}
    if "enum" in made:
        made["enum"] = [*made["enum"], None]
    return made


def _or_none(value):
    return value or None


def money(value):
    return short(value, 2)


def identity() -> tuple[Column, Column]:
    return (
        Column("id", UUID, filter=parameters.uuid, is_sortable=True),
        Column("external_id", or_null({"type": "string", "maxLength": 100}), filter=parameters.text),
    )


def required_text(name: str, most: int, *, is_sortable=False, is_filter=True) -> Column:
    return Column(
        name,
        {"type": "string", "maxLength": most},
        filter=parameters.text if is_filter else None,
        is_sortable=is_sortable,
    )


def text(name: str, most: int, *, is_filter=False) -> Column:
    """Empty in the database is null in JSON."""
    schema = or_null({"type": "string", "maxLength": most})
    return Column(name, schema, spelled=_or_none, filter=parameters.text if is_filter else None, empty="")


def choice(name: str, values: list[str], *, is_nullable=False) -> Column:
    among = parameters.among(values)
    schema = {"type": "string", "enum": list(values)}
    if not is_nullable:
        return Column(name, schema, filter=among)
    return Column(name, or_null(schema), spelled=_or_none, filter=among, empty="")


def choices(name: str, values: list[str]) -> Column:
    """A list of words; as a filter, rows that have one of them."""
    schema = {"type": "array", "items": {"type": "string", "enum": list(values)}}
    return Column(name, schema, filter=parameters.among(values))


def date(name: str, *, is_nullable=True, is_sortable=False) -> Column:
    schema = or_null(DATE) if is_nullable else DATE
    return Column(name, schema, filter=parameters.day, is_sortable=is_sortable, span="day")


def truth(name: str, *, is_filter=True) -> Column:
    return Column(name, {"type": "boolean"}, filter=parameters.truth if is_filter else None)


def instant(name: str) -> Column:
    return Column(name, or_null(INSTANT), filter=parameters.instant, span="instant")


def account(*, is_nullable=False) -> tuple[Column, Column]:
    """The account that a fact belongs to, by its external id and by its id."""
    return (
        Column("account", or_null({"type": "string"}), source="account__external_id", filter=parameters.text),
        Column("account_id", or_null(UUID) if is_nullable else UUID, filter=parameters.uuid),
    )


def member(name: str) -> tuple[Column, Column]:
    """A member of the workspace, by mail address and by id."""
    return (
        Column(name, or_null({"type": "string"}), source=f"{name}__user__email", filter=parameters.text),
        Column(f"{name}_id", or_null(UUID), filter=parameters.uuid),
    )


def instants() -> tuple[Column, Column, Column]:
    """When it was entered, when it last changed, and when it was voided (null while it stands)."""
    return (
        Column("created_at", INSTANT, span="instant"),
        Column("updated_at", INSTANT, span="instant", is_sortable=True),
        Column("voided_at", or_null(INSTANT)),
    )
