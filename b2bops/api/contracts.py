"""Contracts, with their lines nested: a list costs two queries, one for the contracts and one for all their lines."""

from accounts.actions import save_contracts, void_contract
from accounts.models import Contract, ContractLine
from accounts.models.contract import ContractKind, EndReason, Interval, Settlement
from accounts.shapes import ContractShape
from b2bops.api import columns as c
from b2bops.api import parameters
from b2bops.api.accounts import ACCOUNTS
from b2bops.api.answers import short
from b2bops.api.collection import Collection, Column, Expansion, by_key
from b2bops.api.products import PRODUCTS
from workspaces import roles

LINE_SCHEMA = {
    "type": "object",
    "properties": {
        "product": {"type": "string", "maxLength": 100},
        "quantity": c.DECIMAL,
        "unit_amount": c.MONEY,
        "interval": c.or_null({"type": "string", "enum": list(Interval.values)}),
        "interval_months": c.or_null({"type": "integer", "minimum": 1}),
        "discount_percent": c.DECIMAL,
        "starts_on": c.or_null(c.DATE),
        "ends_on": c.or_null(c.DATE),
    },
}


def _with_lines(workspace, contracts: list[dict]) -> None:
    """Give each contract its lines in their order: one query for all of them."""
    lines: dict = {contract["id"]: [] for contract in contracts}
    rows = (
        ContractLine.objects.filter(workspace=workspace, contract_id__in=list(lines))
        .order_by("contract_id", "position")
        .values_list(
            "contract_id",
            "product__name",
            "quantity",
            "unit_amount",
            "interval",
            "interval_months",
            "discount_percent",
            "starts_on",
            "ends_on",
        )
    )
    for contract_id, product, quantity, unit_amount, interval, months, discount, starts_on, ends_on in rows:
        lines[contract_id].append(
            {
                "product": product,
                "quantity": short(quantity),
                "unit_amount": short(unit_amount, 2),
                "interval": interval or None,
                "interval_months": months,
                "discount_percent": short(discount),
                "starts_on": starts_on,
                "ends_on": ends_on,
            }
        )
    for contract in contracts:
        contract["lines"] = lines[contract["id"]]


def _products_of_lines(workspace, contracts: list[dict]) -> list[tuple]:
    """Where the products of contracts' lines stand."""
    contracts_by_id = {contract["id"]: contract for contract in contracts}
    rows = (
        ContractLine.objects.filter(workspace=workspace, contract_id__in=list(contracts_by_id))
        .order_by("contract_id", "position")
        .values_list("contract_id", "product_id")
    )
    products: dict = {}
    for contract_id, product_id in rows:
        products.setdefault(contract_id, []).append(product_id)
    return [
        (line, "product", product_id)
        for contract_id, ids in products.items()
        for line, product_id in zip(contracts_by_id[contract_id]["lines"], ids, strict=True)
    ]


CONTRACTS = Collection(
    name="contracts",
    noun="contract",
    shape=ContractShape,
    model=Contract,
    save=save_contracts,
    void=void_contract,
    permission=roles.EDIT_FACTS,
    nested=_with_lines,
    nested_schema={"lines": {"type": "array", "items": LINE_SCHEMA}},
    columns=(
        *c.identity(),
        *c.account(),
        c.text("number", 100, is_filter=True),
        c.choice("kind", ContractKind.values),
        Column("currency", {"type": "string", "minLength": 3, "maxLength": 3}, filter=parameters.text),
        c.date("signed_on"),
        c.date("starts_on", is_nullable=False, is_sortable=True),
        c.date("ends_on", is_sortable=True),
        c.truth("auto_renew"),
        c.date("cancelled_on"),
        Column("renews", c.or_null({"type": "string"}), source="renews__external_id", filter=parameters.text),
        Column("renews_id", c.or_null(c.UUID), filter=parameters.uuid),
        c.truth("tax_included"),
        Column("tax_rate_percent", c.or_null(c.DECIMAL), spelled=short),
        c.choice("settlement", Settlement.values, is_nullable=True),
        c.choice("end_reason", EndReason.values, is_nullable=True),
        c.text("note", 20_000),
        *c.instants(),
    ),
    expands=(
        by_key("account", ACCOUNTS),
        Expansion("lines.product", PRODUCTS, _products_of_lines),
    ),
)
