"""Accounts: their facts, and the figures that the night publishes onto them, which nobody can write."""

from decimal import Decimal

from accounts.actions import save_accounts, void_account
from accounts.models import Account
from accounts.shapes import AccountShape
from b2bops.api import columns as c
from b2bops.api.collection import Collection, Column, by_key
from b2bops.api.people import MEMBER
from workspaces import roles


def _mrr(cents: int) -> str:
    return format(Decimal(cents).scaleb(-2), "f")


CUSTOM = {
    "type": ["object", "null"],
    "additionalProperties": {"type": ["string", "number", "null"]},
    "description": "Values of the workspace's custom fields by their keys. A key that is absent keeps, null clears.",
}

ACCOUNTS = Collection(
    name="accounts",
    noun="account",
    shape=AccountShape,
    model=Account,
    save=save_accounts,
    void=void_account,
    permission=roles.EDIT_FACTS,
    columns=(
        *c.identity(),
        c.required_text("name", 200, is_sortable=True),
        c.text("legal_name", 200, is_filter=True),
        c.text("short_name", 100, is_filter=True),
        Column("former_names", {"type": "array", "items": {"type": "string", "maxLength": 200}}),
        c.text("credit_code", 18, is_filter=True),
        c.text("industry", 100, is_filter=True),
        c.text("region", 100, is_filter=True),
        Column("employees", c.or_null({"type": "integer", "minimum": 0})),
        c.text("channel", 100, is_filter=True),
        Column("tags", {"type": "array", "items": {"type": "string", "maxLength": 50}, "maxItems": 50}),
        Column("custom", CUSTOM),
        c.text("website", 200),
        c.text("note", 20_000),
        *c.member("owner"),
        Column("mrr", c.MONEY, source="mrr_cents", spelled=_mrr, is_sortable=True),
        c.date("customer_since", is_sortable=True),
        c.date("churned_on"),
        c.date("renewal_on", is_sortable=True),
        *c.instants(),
    ),
    expands=(by_key("owner", MEMBER),),
)
