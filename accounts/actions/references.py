"""Looking up what rows name: accounts by external id (or name, in imports), members by mail address, products by name."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from accounts import merges
from accounts.actions.changes import record_changes
from accounts.actions.upsert import Batch, Item
from accounts.models import Account, Product
from workspaces.activity import Change
from workspaces.ids import uuid7
from workspaces.models import Membership


@dataclass(frozen=True)
class KnownAccounts:
    """Accounts that rows name. ids: {id: id of the one that it leads to}; keys: {external id: id}; names: {name: ids}."""

    ids: dict[UUID, UUID]
    keys: dict[Any, Any]
    names: dict[str, list]


def known_accounts(batch: Batch, by_id: set[str], by_key: set[str]) -> KnownAccounts:
    """The standing accounts with the ids `by_id`, the external ids `by_key`, or, where names match, these names."""
    standing = Account.objects.filter(workspace=batch.workspace, voided_at__isnull=True)
    ids = set(standing.filter(pk__any_of=by_id).values_list("pk", flat=True)) if by_id else set()
    keys: dict[Any, Any] = (
        dict(standing.filter(external_id__any_of=by_key).values_list("external_id", "pk")) if by_key else {}
    )
    # What was merged away leads to the account that has its facts.
    led = merges.heirs(batch.workspace, {UUID(pk) for pk in by_id} - ids) if len(ids) < len(by_id) else {}
    if missing := by_key - keys.keys():
        keys.update(merges.aliases(batch.workspace, missing))
    names: dict[str, list] = {}
    if batch.match_names and (missing := by_key - keys.keys()):
        for column in ("name", "legal_name", "short_name"):
            for name, pk in standing.filter(**{f"{column}__in": missing}).values_list(column, "pk"):
                if pk not in names.setdefault(name, []):
                    names[name].append(pk)
    return KnownAccounts({pk: pk for pk in ids} | led, keys, names)


def resolve_accounts(batch: Batch, *, is_required: bool = True) -> None:
    """Set `values["account_id"]` of every good item from ``account`` or ``account_id``; refuse unknown ones."""
    known = known_accounts(
        batch,
        {str(item.shape.account_id) for item in batch.good if item.shape.account_id},
        {item.shape.account for item in batch.good if item.shape.account},
    )
    keys, names = known.keys, known.names
    for item in batch.good:
        shape = item.shape
        if "account" in item.raw and not shape.account and "account_id" not in item.raw:
            _without_account(item, is_required)
        elif shape.account_id and not (shape.account and "account" in item.raw):
            if shape.account_id in known.ids:
                item.values["account_id"] = known.ids[shape.account_id]
            else:
                item.refuse("account_id", _("Unknown."))
        elif shape.account in keys:
            item.values["account_id"] = keys[shape.account]
        elif len(names.get(shape.account, [])) == 1:
            item.values["account_id"] = names[shape.account][0]
        elif len(names.get(shape.account, [])) > 1:
            item.refuse("account", _("Several accounts have this name; give the account's external id."))
        elif shape.account:
            item.refuse("account", _("Unknown account."))
        else:
            _without_account(item, is_required)


def _without_account(item: Item, is_required: bool) -> None:
    if is_required:
        item.refuse("account", _("This field is required."))
    else:
        item.values["account_id"] = None


def resolve_members(batch: Batch, name: str) -> None:
    """Set `values["<name>_id"]` from a member's mail address in the field `name`; a row that does not name the field
    keeps the member it has, who may have left since.
    """
    given = {item.pk: (getattr(item.shape, name) or "").lower() for item in batch.good}
    mails = {given[item.pk] for item in batch.good if name in item.raw} - {""}
    members = (
        dict(
            Membership.objects.filter(workspace=batch.workspace, is_active=True, user__email__in=mails).values_list(
                "user__email", "pk"
            )
        )
        if mails
        else {}
    )
    for item in batch.good:
        present = getattr(item.existing, name) if item.existing is not None else None
        mail = given[item.pk]
        if present is not None and (name not in item.raw or mail == present.user.email):
            item.values[f"{name}_id"] = present.pk
            continue
        if mail and mail not in members:
            item.refuse(name, _("No member has this mail address."))
        item.values[f"{name}_id"] = members.get(mail)


def acting_member(batch: Batch) -> Any:
    """The id of the member who writes the batch; None for a key or the product itself."""
    if batch.by.user_id is None:
        return None
    members = Membership.objects.filter(workspace=batch.workspace, user_id=batch.by.user_id)
    return members.values_list("pk", flat=True).first()


def products_by_name(batch: Batch, names: set[str], *, create: bool) -> dict[str, Product]:
    """Products by name; missing ones are made when `create`, else left out."""
    found = {
        product.name: product
        for product in Product.objects.filter(workspace=batch.workspace, name__in=names, voided_at__isnull=True)
    }
    missing = sorted(names - found.keys()) if create else []
    made = [Product(pk=uuid7(), workspace_id=batch.workspace.pk, name=name, is_demo=batch.is_demo) for name in missing]
    # Two batches that first mention a product at once: the other's row is taken.
    Product.objects.bulk_create(made, ignore_conflicts=True)
    if made:
        found |= {
            product.name: product
            for product in Product.objects.filter(workspace=batch.workspace, name__in=missing, voided_at__isnull=True)
        }
        changes = [Change("created", "product", found[name].pk, name, None, {"name": name}) for name in missing]
        record_changes(workspace=batch.workspace, by=batch.by, changes=changes)
        ours = {product.pk for product in made}
        batch.made += [change for change in changes if change.subject_id in ours]
    return found
