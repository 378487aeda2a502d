"""Accounts: their facts, and the figures that the night publishes onto them, which nobody can write."""

from decimal import Decimal

from accounts.actions import save_accounts, void_account
from accounts.conditions import is_condition, narrow, read_conditions
from accounts.merges import heirs
from accounts.models import Account
from accounts.models.custom_field import FieldKind
from accounts.queries import asked_fields, mails_of
from accounts.shapes import AccountShape
from accounts.size_bands import BY_KEY
from b2bops.api import columns as c
from b2bops.api import parameters
from b2bops.api.collection import Collection, Column, Narrowing, Thing, by_key
from b2bops.api.openapi import query
from b2bops.api.people import MEMBER
from workspaces import roles


def _mrr(cents: int) -> str:
    return format(Decimal(cents).scaleb(-2), "f")


CUSTOM = {
    "type": ["object", "null"],
    "additionalProperties": {"type": ["string", "number", "null"]},
    "description": "Values of the workspace's custom fields by their keys: numbers and money as text, people by their mail "
    "address. In a write a key that is absent keeps its value, null clears it.",
}
WORDS = {"type": "array", "items": {"type": "string"}}


def _with_custom(workspace, accounts: list[dict]) -> None:
    """Of the custom values those of fields that are not archived, with people by their mail addresses."""
    if not any(account["custom"] for account in accounts):
        return
    kinds = {field.key: field.kind for field in asked_fields(workspace)}
    people = [key for key, kind in kinds.items() if kind == FieldKind.PERSON]
    ids = {account["custom"][key] for account in accounts for key in people if key in account["custom"]}
    mails = mails_of(workspace, ids)
    for account in accounts:
        account["custom"] = {
            key: mails.get(value, value) if key in people else value
            for key, value in account["custom"].items()
            if key in kinds
        }


def _narrow(rows, workspace, parameters, user_id):
    return narrow(rows, workspace, read_conditions(workspace, parameters, user_id=user_id))


# What figures are sliced by as well. Repeated, a parameter asks for any of its values; empty, for accounts without one.
CONDITION_PARAMETERS = (
    query("industry", WORDS, "Repeated: any of them; empty: accounts without one. So for all that follow."),
    query("region", WORDS),
    query("size", WORDS | {"items": {"type": "string", "enum": list(BY_KEY)}}, "Bands of the number of employees."),
    query("owner", WORDS, "A member's mail address, or the membership's id."),
    query("team", WORDS, "The id or name of a team: accounts whose owner serves in it today."),
    query("channel", WORDS, "The channel of origin."),
    query("tag", WORDS),
    query("segment", WORDS | {"items": c.UUID}, "The id of a saved filter, whose conditions must hold as well."),
    query(
        "custom",
        {
            "type": "object",
            "propertyNames": {"pattern": r"^custom\.[a-z][a-z0-9_]*$"},
            "additionalProperties": {"type": "string"},
        },
        "Any number of `custom.<key>=`: the value of the custom field with that key.",
    )
    | {"style": "form", "explode": True},
)
CONDITIONS = Narrowing(reads=is_condition, narrow=_narrow, parameters=CONDITION_PARAMETERS)

COLUMNS = (
    *c.identity(),
    c.required_text("name", 200, is_sortable=True),
    c.text("legal_name", 200, is_filter=True),
    c.text("short_name", 100, is_filter=True),
    Column("former_names", {"type": "array", "items": {"type": "string", "maxLength": 200}}),
    c.text("credit_code", 18, is_filter=True),
    c.text("industry", 100),
    c.text("region", 100),
    Column("employees", c.or_null({"type": "integer", "minimum": 0})),
    c.text("channel", 100),
    Column("tags", {"type": "array", "items": {"type": "string", "maxLength": 50}, "maxItems": 50}),
    Column("custom", CUSTOM),
    c.text("website", 200),
    c.text("note", 20_000),
    Column("owner", c.or_null({"type": "string"}), source="owner__user__email"),
    c.member("owner")[1],
    Column("parent", c.or_null({"type": "string"}), source="parent__external_id", filter=parameters.text),
    Column("parent_id", c.or_null(c.UUID), filter=parameters.uuid),
    c.truth("is_archived"),
    Column("mrr", c.MONEY, source="mrr_cents", spelled=_mrr, is_sortable=True),
    c.date("customer_since", is_sortable=True),
    c.date("churned_on"),
    c.date("renewal_on", is_sortable=True),
    *c.instants(),
)
# Whole in the place of its name, but for its own parent.
PARENT = Thing(noun="account", model=Account, columns=COLUMNS, nested=_with_custom, expands=(by_key("owner", MEMBER),))
ACCOUNTS = Collection(
    name="accounts",
    noun="account",
    shape=AccountShape,
    model=Account,
    save=save_accounts,
    void=void_account,
    permission=roles.EDIT_FACTS,
    columns=COLUMNS,
    expands=(by_key("owner", MEMBER), by_key("parent", PARENT)),
    nested=_with_custom,
    narrowing=CONDITIONS,
    heir=lambda workspace, pk: heirs(workspace, [pk]).get(pk),
)
