"""Writing contracts with their lines."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any

from django.utils.translation import gettext as _

from accounts.actions import upsert
from accounts.actions.references import products_by_name, resolve_accounts
from accounts.actions.renewals import propose_predecessors, settle_proposals
from accounts.contract_rules import contract_errors
from accounts.models import Contract, ContractLine
from accounts.models.contract import ContractKind, Interval
from accounts.shapes import ContractShape
from workspaces import roles
from workspaces.bulk import insert_rows

TEXTS = ("number", "settlement", "end_reason", "note")
LINE_FIELDS = (
    "quantity", "unit_amount", "interval", "interval_months", "discount_percent", "starts_on", "ends_on",
)  # fmt: skip
# Changes of these alter figures from the contract's first day on; of ENDS only from its end on; of others never.
SUBSTANCE = {"account_id", "kind", "currency", "starts_on", "tax_included", "tax_rate_percent", "lines"}
ENDS = ("ends_on", "auto_renew", "cancelled_on", "renews_id")


@dataclass(frozen=True)
class Node:
    """What must be known of a contract to renew it."""

    pk: Any
    account_id: Any
    kind: str
    ends_on: dt.date | None


def _lines_of(contract: Contract) -> list[dict]:
    return [
        {"product": line.product.name, **{name: getattr(line, name) for name in LINE_FIELDS}}
        for line in sorted(contract.lines.all(), key=lambda line: line.position)
    ]


def _row_of(contract: Contract) -> dict:
    row = upsert.plain_row(contract, ContractShape, skip=("account", "renews", "lines"))
    return row | {"lines": _lines_of(contract)}


def _value_of(contract: Contract, name: str):
    return _lines_of(contract) if name == "lines" else getattr(contract, name)


def _find(batch, keys):
    return upsert.find_by(batch, Contract.objects.prefetch_related("lines__product"), keys, "external_id")


def _resolve(batch) -> None:
    for item in batch.good:
        shape = item.shape
        item.errors = contract_errors(shape)
        item.values = upsert.plain_values(
            shape, skip=("account", "account_id", "renews", "renews_id", "lines"), empty_text=TEXTS
        )
        item.values["kind"] = shape.kind or ContractKind.SUBSCRIPTION.value
        item.values["auto_renew"] = bool(shape.auto_renew)
        item.values["tax_included"] = bool(shape.tax_included)
        item.values["lines"] = [
            {
                "product": line.product,
                **{name: getattr(line, name) for name in LINE_FIELDS},
                "quantity": Decimal(line.quantity),
                "interval": line.interval or "",
                "discount_percent": line.discount_percent or Decimal(0),
            }
            for line in shape.lines or []
        ]
    resolve_accounts(batch)
    _resolve_predecessors(batch)


def _resolve_predecessors(batch) -> None:
    """Set `values["renews_id"]`; refuse what is unknown, another account's, no subscription, or makes a circle."""
    here = {item.shape.external_id: item for item in batch.good if item.shape.external_id}
    items = {item.pk: item for item in batch.good}
    keys, ids = set(), set()
    for item in batch.good:
        if "renews" in item.raw:
            keys.add(item.shape.renews)
        elif item.shape.renews_id:
            ids.add(item.shape.renews_id)
        if item.existing is not None and item.existing.renews_id:
            ids.add(item.existing.renews_id)
    by_key, by_id = _known(batch.workspace, keys - here.keys() - {None}, ids)
    batch.known = by_id | {node.pk: node for node in by_key.values()}

    for item in batch.good:
        shape, node = item.shape, None
        if "renews" in item.raw and shape.renews:
            node = _node(here[shape.renews]) if shape.renews in here else by_key.get(shape.renews)
        elif "renews" not in item.raw and shape.renews_id:
            node = _node(items[shape.renews_id]) if shape.renews_id in items else by_id.get(shape.renews_id)
        else:
            item.values["renews_id"] = None
            continue
        item.values["renews_id"] = node.pk if node else None
        if node is None:
            item.refuse("renews" if "renews" in item.raw else "renews_id", _("Unknown contract."))
        elif node.pk == item.pk:
            item.refuse("renews", _("A contract cannot renew itself."))
        elif node.account_id != item.values["account_id"]:
            item.refuse("renews", _("That contract belongs to another account."))
        elif node.kind != ContractKind.SUBSCRIPTION:
            item.refuse("renews", _("Only a subscription can be renewed."))
    _refuse_moved_predecessors(batch)
    _refuse_circles(batch)
    _refuse_orphans(batch)


def _node(item) -> Node:
    return Node(item.pk, item.values["account_id"], item.values["kind"], item.values["ends_on"])


def _known(workspace, keys: set, ids: set) -> tuple[dict, dict]:
    standing = Contract.objects.filter(workspace=workspace, voided_at__isnull=True)
    columns = ("pk", "account_id", "kind", "ends_on")
    by_key = (
        {
            key: Node(*rest)
            for key, *rest in standing.filter(external_id__any_of=keys).values_list("external_id", *columns)
        }
        if keys
        else {}
    )
    by_id = {row[0]: Node(*row) for row in standing.filter(pk__any_of=ids).values_list(*columns)} if ids else {}
    return by_key, by_id


def _refuse_moved_predecessors(batch) -> None:
    """A contract that others renew stays a subscription of its account."""
    moved = {
        item.existing.pk: item
        for item in batch.good
        if item.existing is not None
        and (item.existing.account_id, item.existing.kind) != (item.values["account_id"], item.values["kind"])
    }
    if not moved:
        return
    renewed = Contract.objects.filter(workspace=batch.workspace, renews_id__in=moved, voided_at__isnull=True)
    for pk in renewed.values_list("renews_id", flat=True):
        item = moved[pk]
        path = "kind" if item.existing.kind != item.values["kind"] else "account"
        item.refuse(path, _("Other contracts renew this one; it must stay a subscription of its account."))


def _refuse_circles(batch) -> None:
    linked = [item for item in batch.good if item.values["renews_id"]]
    if not linked:
        return
    accounts = {item.values["account_id"] for item in linked}
    edges = dict(
        Contract.objects.filter(
            workspace=batch.workspace, account_id__any_of=accounts, renews__isnull=False, voided_at__isnull=True
        ).values_list("pk", "renews_id")
    )
    edges |= {item.pk: item.values["renews_id"] for item in batch.good}
    for item in linked:
        seen, at = {item.pk}, edges.get(item.pk)
        while at is not None and at not in seen:
            seen.add(at)
            at = edges.get(at)
        if at == item.pk:
            item.refuse("renews", _("These contracts renew each other in a circle."))


def _refuse_orphans(batch) -> None:
    """Rows that renew a new row of this batch fall with it."""
    # A row that is no object at all never got an id, and nothing can renew it.
    fallen = {item.pk for item in batch.items if not item.is_good and item.existing is None} - {None}
    while fallen:
        orphans = [item for item in batch.good if item.values.get("renews_id") in fallen]
        for item in orphans:
            item.refuse("renews", _("The row of the contract that this one renews has errors."))
        fallen = {item.pk for item in orphans if item.existing is None}


def _touched(batch, item) -> None:
    if item.values["kind"] != ContractKind.SUBSCRIPTION and not (
        item.existing is not None and item.existing.kind == ContractKind.SUBSCRIPTION
    ):
        return  # one-off revenue moves no figure that closings keep
    # From its signing on a contract is known, and what it takes the place of is known to end.
    signed = {item.values["signed_on"], item.existing and item.existing.signed_on} - {None}
    days = [item.values["starts_on"], *signed]
    predecessors = {item.values["renews_id"]}
    if item.existing is not None:
        was = item.existing
        if SUBSTANCE & item.after.keys():
            days.append(was.starts_on)
        elif changed := [name for name in ENDS if name in item.after]:
            # The end moves: nothing before the earliest of the days it moves between is touched.
            ends = [was.ends_on, item.values["ends_on"], was.cancelled_on, item.values["cancelled_on"]]
            days = [day for day in ends if day] if changed != ["renews_id"] else []
            # Linked otherwise, a total spread over another term, or no end at all: all may change from the start on.
            is_term = any(line["interval"] == Interval.TERM for line in item.values["lines"])
            if "renews_id" in changed or is_term or not days:
                days += [was.starts_on, *signed]
            if "signed_on" in item.after:
                days += signed
        elif "signed_on" in item.after:
            days.append(was.starts_on)
        else:
            return
        predecessors.add(was.renews_id)
        if was.account_id != item.values["account_id"]:
            batch.touch(was.account_id, was.starts_on, item)
    for pk in predecessors - {None}:
        node = batch.known.get(pk)
        if node is not None and node.ends_on is not None:
            days.append(node.ends_on)  # its renewal, early or late, is settled by this contract
    batch.touch(item.values["account_id"], min(days), item)


def _saved(batch, items) -> None:
    _write_lines(batch, [item for item in items if item.existing is None or "lines" in item.after])
    settle_proposals(
        batch.workspace, [(item.pk, item.values["renews_id"]) for item in items if item.values["renews_id"]]
    )
    propose_predecessors(batch.workspace, {item.values["account_id"] for item in items})


def _write_lines(batch, items) -> None:
    products = products_by_name(
        batch, {line["product"] for item in items for line in item.values["lines"]}, create=True
    )
    replaced = [item.pk for item in items if item.existing is not None]
    if replaced:
        ContractLine.objects.filter(workspace=batch.workspace, contract_id__any_of=replaced).delete()
    insert_rows(
        ContractLine,
        [
            {
                "workspace_id": batch.workspace.pk,
                "contract_id": item.pk,
                "position": position,
                "product_id": products[line["product"]].pk,
                **{name: line[name] for name in LINE_FIELDS},
            }
            for item in items
            for position, line in enumerate(item.values["lines"])
        ],
    )


KIND = upsert.Kind(
    noun="contract",
    model=Contract,
    shape=ContractShape,
    permission=roles.EDIT_FACTS,
    keys_of=lambda raw: upsert.id_key(raw) + upsert.text_key("external_id", raw),
    find=_find,
    row_of=_row_of,
    resolve=_resolve,
    touched=_touched,
    value_of=_value_of,
    label_of=lambda item: item.values["number"] or item.values["external_id"] or "",
    saved=_saved,
)


# Create or update contracts; see `upsert.save`. Matched by ``id``, else ``external_id``; ``renews`` may name a
# contract that stands later in the same batch. Products that are unknown are made by name. Contracts that say no
# predecessor get a proposal where one fits.
save_contracts = partial(upsert.save, KIND)
