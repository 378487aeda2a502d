"""Writing accounts."""

from functools import partial

from django.utils.translation import gettext as _

from accounts import merges
from accounts.actions import families, upsert
from accounts.actions.custom_values import resolve_custom, tell_custom
from accounts.actions.references import resolve_members
from accounts.actions.telling import tell_members
from accounts.actions.traits import write_traits
from accounts.models import Account
from accounts.shapes import AccountShape
from accounts.spelling import spelled_account
from workspaces import roles

TEXTS = ("legal_name", "short_name", "credit_code", "industry", "region", "channel", "website", "note")


def _row_of(account: Account) -> dict:
    return {
        "external_id": account.external_id,
        "name": account.name,
        "former_names": account.former_names,
        "employees": account.employees,
        "tags": account.tags,
        "custom": account.custom,
        "owner": account.owner.user.email if account.owner else None,
        "parent_id": account.parent_id,
        "is_archived": account.is_archived,
        **{name: getattr(account, name) for name in TEXTS},
    }


def _find(batch, keys):
    return upsert.find_by(batch, Account.objects.select_related("owner__user"), keys, "external_id")


def _resolve(batch) -> None:
    for item in batch.good:
        item.values = upsert.plain_values(item.shape, skip=("owner", "custom", "parent", "parent_id"), empty_text=TEXTS)
        item.values["former_names"] = item.values["former_names"] or []
        # One order, so that the same tags in another are no change.
        item.values["tags"] = sorted(set(item.values["tags"] or []))
        item.values["is_archived"] = bool(item.values["is_archived"])
        archives = item.values["is_archived"] and not (item.existing and item.existing.is_archived)
        if archives and item.existing is not None and item.existing.standing == "paying":
            item.refuse("is_archived", _("An account that pays cannot be archived."))
    resolve_members(batch, "owner")
    resolve_custom(batch)
    _refuse_taken_codes(batch)
    _refuse_merged(batch)
    # Last: what is refused keeps the parent that it has, which decides whether others stand in a circle.
    families.resolve_parents(batch)


def _refuse_merged(batch) -> None:
    """An external id that a merge left leads to another account: making a new one would bring the duplicate back."""
    new = {item.values["external_id"]: item for item in batch.good if item.existing is None} if batch.good else {}
    new.pop(None, None)
    led = merges.aliases(batch.workspace, new) if new else {}
    names = (
        dict(Account.objects.filter(workspace=batch.workspace, pk__in=led.values()).values_list("pk", "name"))
        if led
        else {}
    )
    for key, pk in led.items():
        new[key].refuse(
            "external_id", _("This account was merged into %(name)s. Split them first.") % {"name": names[pk]}
        )


def _refuse_taken_codes(batch) -> None:
    codes = {item.values["credit_code"] for item in batch.good} - {""}
    taken = (
        dict(
            Account.objects.filter(
                workspace=batch.workspace, credit_code__in=codes, voided_at__isnull=True
            ).values_list("credit_code", "pk")
        )
        if codes
        else {}
    )
    first: dict[str, int] = {}
    for item in batch.good:
        code = item.values["credit_code"]
        if not code:
            continue
        if code in first:
            item.refuse(
                "credit_code", _("This stands twice: the first time in row %(row)s.") % {"row": first[code] + 1}
            )
        elif code in taken and (item.existing is None or taken[code] != item.existing.pk):
            item.refuse("credit_code", _("Another account has this code."))
        first.setdefault(code, item.index)


def _saved(batch, written) -> None:
    write_traits(batch, written)
    tell_members(
        batch, written, kind="handed_over", column="owner_id", noun="account", label_of=lambda item: item.values["name"]
    )
    for item in written:
        # That a new account is not archived goes without saying.
        if item.existing is None and not item.after.get("is_archived"):
            item.after.pop("is_archived", None)
    tell_custom(batch, written)
    families.tell_parents(batch, written)


KIND = upsert.Kind(
    noun="account",
    model=Account,
    shape=AccountShape,
    permission=roles.EDIT_FACTS,
    keys_of=lambda raw: upsert.id_key(raw) + upsert.text_key("external_id", raw),
    find=_find,
    row_of=_row_of,
    resolve=_resolve,
    told_as={"owner_id": "owner"},
    derived=spelled_account,
    saved=_saved,
)


# Create or update accounts; see `upsert.save`. Matched by ``id``, else ``external_id``.
save_accounts = partial(upsert.save, KIND)
