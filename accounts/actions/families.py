"""Which account belongs under which: looking parents up, and keeping every family a tree."""

from collections.abc import Iterable
from typing import Any

from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts.actions.changes import record_changes
from accounts.actions.references import known_accounts
from accounts.actions.upsert import Batch, Item
from accounts.families import links_above
from accounts.models import Account
from workspaces.activity import Change
from workspaces.actor import Actor
from workspaces.batch import InvalidRow


def resolve_parents(batch: Batch) -> None:
    """Set `values["parent_id"]` of every good item from ``parent`` or ``parent_id``, which may name an account that stands
    later in the same batch; refuse what is unknown, the account itself, and what would come to stand above itself.
    """
    asked: list[tuple[Item, str | None, Any]] = []
    for item in batch.good:
        # What a row names itself; what it does not, stays.
        text = item.shape.parent if "parent" in item.raw else None
        pk = item.shape.parent_id if "parent_id" in item.raw and not text else None
        item.values["parent_id"] = None if {"parent", "parent_id"} & item.raw.keys() else _present(item)
        if text or pk:
            asked.append((item, text, pk))
    if not asked:
        return
    here = {item.pk for item in batch.good}
    keys = {item.shape.external_id: item.pk for item in batch.good if item.shape.external_id}
    named = _names_here(batch) if batch.match_names else {}
    known = known_accounts(
        batch, {str(pk) for _item, _text, pk in asked if pk}, {text for _item, text, _pk in asked if text}
    )
    for item, text, pk in asked:
        called = {*known.names.get(text, ()), *named.get(text, ())} if text else set()
        if text:
            found = keys.get(text) or known.keys.get(text) or (next(iter(called)) if len(called) == 1 else None)
        else:
            found = pk if pk in here else known.ids.get(pk)
        item.values["parent_id"] = found
        if len(called) > 1 and found is None:
            item.refuse("parent", _("Several accounts have this name; give the account's external id."))
        elif found is None:
            item.refuse("parent" if text else "parent_id", _("Unknown account.") if text else _("Unknown."))
        elif found == item.pk:
            item.refuse("parent", _("An account cannot be its own parent."))
    _keep_trees(batch)


def _names_here(batch: Batch) -> dict[str, set]:
    """{name: ids} of the accounts of the batch itself."""
    named: dict[str, set] = {}
    for item in batch.good:
        for name in {item.shape.name, item.shape.legal_name, item.shape.short_name} - {None}:
            named.setdefault(name, set()).add(item.pk)
    return named


def _present(item: Item) -> Any:
    return item.existing.parent_id if item.existing is not None else None


def _keep_trees(batch: Batch) -> None:
    """Refuse, of what changes its parent, what would stand in a circle or under a new account that was refused. What is
    refused keeps the parent that it has, so others are looked at again.
    """
    ends = {pk for item in batch.items for pk in (item.values.get("parent_id"), _present(item)) if pk is not None}
    stored = links_above(batch.workspace, ends)
    new = {item.pk for item in batch.items if item.existing is None}
    while True:
        good = {item.pk: item for item in batch.good}
        links = stored | {pk: item.values["parent_id"] for pk, item in good.items()}
        moved = [item for item in good.values() if item.values["parent_id"] not in (None, _present(item))]
        orphans = [item for item in moved if item.values["parent_id"] in new - good.keys()]
        circling = [] if orphans else [item for item in moved if _is_above_itself(item.pk, links)]
        for item in orphans:
            item.refuse("parent", _("Unknown account."))
        for item in circling:
            item.refuse("parent", _("This account is above that one already."))
        if not orphans and not circling:
            return


def _is_above_itself(pk: Any, links: dict[Any, Any]) -> bool:
    seen, at = set(), links.get(pk)
    while at is not None and at not in seen:
        if at == pk:
            return True
        seen.add(at)
        at = links.get(at)
    return False


def tell_parents(batch: Batch, written: Iterable[Item]) -> None:
    """In `before` and `after`, which go into the trail, say parents by their names."""
    changed = [item for item in written if "parent_id" in item.after]
    if not changed:
        return
    ids = {side["parent_id"] for item in changed for side in (item.before, item.after) if side.get("parent_id")}
    names = dict(Account.objects.filter(workspace=batch.workspace, pk__any_of=list(ids)).values_list("pk", "name"))
    for item in changed:
        for side in (item.before, item.after):
            if "parent_id" in side:
                side["parent"] = names.get(side.pop("parent_id"))


def leave_alone(*, workspace, parent: Account, by: Actor) -> None:
    """Take away the parent of those directly under an account that goes."""
    children = list(Account.objects.filter(workspace=workspace, parent=parent).order_by("pk").select_for_update())
    if not children:
        return
    Account.objects.filter(workspace=workspace, pk__any_of=[child.pk for child in children]).update(
        parent=None, updated_at=Now()
    )
    changes = [
        Change("updated", "account", child.pk, str(child), {"parent": str(parent)}, {"parent": None})
        for child in children
        if child.voided_at is None
    ]
    record_changes(workspace=workspace, by=by, changes=changes)


def place_winner(*, workspace, winner: Account, loser: Account, takes_parent: bool) -> None:
    """Before what is under the loser comes under the winner: a winner that stands under the loser comes to stand where
    that stood, and one that takes the loser's parent under that. Raises InvalidRow where it would stand above itself.
    """
    mine, theirs = parents_to_choose(workspace, winner, loser)
    if takes_parent and theirs != loser.parent_id:
        raise InvalidRow({"parent": [_("This account is above that one already.")]})
    parent_id = theirs if takes_parent else mine
    if parent_id != winner.parent_id:
        Account.objects.filter(workspace=workspace, pk=winner.pk).update(parent_id=parent_id, updated_at=Now())


def parents_to_choose(workspace, winner: Account, loser: Account) -> tuple[Any, Any]:
    """(parent of the winner, parent of the loser) as a merged account could have them: the first is the loser's where the
    winner stands under the loser, the second the winner's where the loser, or what it belongs under, stands under that.
    """
    links = links_above(workspace, {winner.pk, loser.pk})
    mine = loser.parent_id if _is_under(winner.pk, loser.pk, links) else winner.parent_id
    return mine, mine if _is_under(loser.pk, winner.pk, links) else loser.parent_id


def _is_under(pk: Any, other: Any, links: dict[Any, Any]) -> bool:
    at = links.get(pk)
    while at is not None and at != other:
        at = links.get(at)
    return at is not None


def circles(workspace, pk: Any) -> bool:
    """Whether an account stands above itself, as it may when it comes back from a merge."""
    return _is_above_itself(pk, links_above(workspace, {pk}))
