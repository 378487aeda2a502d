"""Making one account of two that are the same company, and two again (docs/decisions/0034)."""

from collections.abc import Mapping
from typing import Any

from django.db import connection, transaction
from django.db.models import Min
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts import merges
from accounts.actions.accounts import KIND, save_accounts
from accounts.actions.changes import record_changes
from accounts.actions.families import circles, place_winner
from accounts.actions.renewals import propose_predecessors
from accounts.actions.taking_back import flat, nested
from accounts.actions.upsert import write_changed_facts
from accounts.actions.voids import void
from accounts.models import Account, AccountMerge, Contract, DistinctAccounts, MergedRow, RenewalProposal
from workspaces import roles
from workspaces.activity import Change
from workspaces.actor import Actor
from workspaces.batch import Conflict, InvalidRow, one
from workspaces.journal import exact
from workspaces.turns import take_turn

WINNER, LOSER, BOTH = "winner", "loser", "both"
LISTS = ("former_names", "tags")
PARENT = "parent"
# What is chosen between; archived is what the winner is, unless the other one pays.
FIELDS = (
    "name", "short_name", "legal_name", "former_names", "credit_code", PARENT, "owner", "industry", "region", "employees",
    "channel", "tags", "website", "external_id", "note",
)  # fmt: skip

MOVE = """
with went as (
  update {table} set {column} = %(winner)s, updated_at = now()
  where workspace_id = %(workspace)s and {column} = %(loser)s
  returning id
)
insert into accounts_mergedrow (workspace_id, merge_id, subject_type, subject_id)
select %(workspace)s, %(merge)s, %(type)s, id::text from went
"""
MOVE_BACK = """
update {table} t set {column} = %(loser)s, updated_at = now()
from accounts_mergedrow m
where m.workspace_id = %(workspace)s and m.merge_id = %(merge)s and m.subject_type = %(type)s
  and t.workspace_id = %(workspace)s and t.{column} = %(winner)s and t.id = m.subject_id::{key}
"""


def row_of(account: Account) -> dict[str, Any]:
    """An account as the fields that are chosen between, each of the workspace's own by itself (``custom.<key>``)."""
    return flat(KIND.row_of(account))


def joined(name: str, winner: Any, loser: Any) -> Any:
    """What both values of a field come to together: lists united, notes under each other."""
    if name in LISTS:
        return list(dict.fromkeys([*(winner or []), *(loser or [])]))
    return "\n\n".join(dict.fromkeys(text for text in (winner, loser) if text))


@transaction.atomic
def merge_accounts(*, workspace, winner: Account, loser: Account, take: Mapping[str, str], by: Actor) -> AccountMerge:
    """Give everything of `loser` to `winner` and void `loser`, which leads to `winner` from then on.

    take: field (of FIELDS, or ``custom.<key>``) → LOSER or BOTH; fields that are not in it stay the winner's, but for the
    parent of a winner that stands under the loser, which comes to stand where the loser stood. Raises Conflict when either
    is not standing any more, and InvalidRow with the field when what was taken cannot stand.
    """
    by.require(roles.EDIT_FACTS)
    _take_turns(workspace)
    winner, loser = _both(workspace, winner.pk, loser.pk)
    before, theirs = row_of(winner), row_of(loser)
    wanted = {}
    for name, side in take.items():
        if name == PARENT:
            continue
        value = joined(name, before.get(name), theirs.get(name)) if side == BOTH else theirs.get(name)
        if exact(value) != before.get(name):
            wanted[name] = value
    if winner.is_archived and loser.standing == "paying":
        # Payers are in sight (docs/decisions/0027), also until the night knows who pays now.
        wanted["is_archived"] = False
    merge = AccountMerge.objects.create(workspace=workspace, winner=winner, loser=loser, by=by.label[:200])
    first_day = _first_day(workspace, loser)
    place_winner(workspace=workspace, winner=winner, loser=loser, takes_parent=take.get(PARENT) == LOSER)
    # Its external id and code are free for the winner only then.
    void([loser], workspace=workspace, noun="account", reason=_("Merged into %(name)s.") % {"name": winner}, by=by)
    if wanted:
        one(save_accounts(workspace=workspace, rows=[{"id": str(winner.pk), **nested(wanted)}], by=by, mode="update"))
    _move(workspace, merge, MOVE)
    winner = Account.objects.select_related("owner__user").get(workspace=workspace, pk=winner.pk)
    now = row_of(winner)
    merge.fields = {
        name: [before.get(name), now.get(name)] for name in now | before if before.get(name) != now.get(name)
    }
    left = {before.get("external_id"), theirs.get("external_id")} - {now.get("external_id"), None}
    merge.alias = next(iter(left), None)
    merge.save(update_fields=["fields", "alias"])
    counts = merges.rows_moved(merge)
    told = {"merged_account": str(loser)} | ({"moved": merges.counted(counts)} if counts else {})
    change = Change("merged", "account", winner.pk, str(winner), None, told)
    _tell(workspace, merge, change, first_day, by)
    propose_predecessors(workspace, {winner.pk})
    return merge


@transaction.atomic
def split_accounts(*, workspace, merge: AccountMerge, by: Actor) -> merges.Outlook:
    """Take a merge back: the loser stands again with what was moved from it; what was added since stays, and is named.

    Raises Conflict with the reasons, under ``row``, when something that changed since stops it.
    """
    by.require(roles.EDIT_FACTS)
    _take_turns(workspace)
    merge = (
        AccountMerge.objects.select_for_update(of=("self",))
        .select_related("winner__owner__user", "loser", "workspace")
        .get(workspace=workspace, pk=merge.pk)
    )
    winner, loser = merge.winner, merge.loser
    found = merges.outlook(merge, row_of(winner))
    if found.reasons:
        raise Conflict({"row": found.reasons})
    day = workspace.local_day(merge.at)
    # It may be the loser, which does not stand before it comes back.
    parent = {name: found.fields.pop(name) for name in ("parent_id",) if name in found.fields}
    if found.fields:
        _put_back(workspace, winner, nested(found.fields), by, day)
    Account.objects.filter(workspace=workspace, pk=loser.pk).update(voided_at=None, void_reason="", updated_at=Now())
    _move(workspace, merge, MOVE_BACK)
    if circles(workspace, loser.pk):
        raise Conflict({"row": [_("%(name)s would come to stand above itself.") % {"name": loser}]})
    if parent:
        _put_back(workspace, winner, parent, by, day)
        found.fields |= parent
    asked = merges.links_across(workspace, winner.pk, loser.pk)
    RenewalProposal.objects.filter(workspace=workspace, pk__any_of=asked).delete()
    merge.undone_at, merge.undone_by = Now(), by.label[:200]
    merge.save(update_fields=["undone_at", "undone_by"])
    told = {"split_account": str(loser)} | ({"stays": "; ".join(found.stays)} if found.stays else {})
    change = Change("split", "account", winner.pk, str(winner), None, told)
    restored = Change("restored", "account", loser.pk, str(loser), None, {"split_account": str(winner)})
    record_changes(workspace=workspace, by=by, changes=[restored])
    _tell(workspace, merge, change, _first_day(workspace, loser), by)
    return found


def _put_back(workspace, winner: Account, fields: dict[str, Any], by: Actor, day) -> None:
    rows = [{"id": str(winner.pk), **fields}]
    try:
        one(save_accounts(workspace=workspace, rows=rows, by=by, mode="update", undone_on=day))
    except InvalidRow as refusal:
        texts = [f"{merges.field_in_words(name)}: {' '.join(messages)}" for name, messages in refusal.errors.items()]
        raise Conflict({"row": texts}) from refusal


@transaction.atomic
def keep_apart(*, workspace, accounts: tuple[Account, Account], by: Actor) -> None:
    """Note that two accounts are not the same, so that they are not offered as duplicates again."""
    by.require(roles.EDIT_FACTS)
    first, second = sorted(accounts, key=lambda account: account.pk)
    _row, is_new = DistinctAccounts.objects.get_or_create(
        workspace=workspace, first=first, second=second, defaults={"by": by.label[:200]}
    )
    if is_new:
        change = Change("kept_apart", "account", first.pk, str(first), None, {"account": str(second)})
        record_changes(workspace=workspace, by=by, changes=[change])


def _take_turns(workspace) -> None:
    """Nobody may hang anything on either account meanwhile."""
    nouns = {KIND.noun, *(str(model._meta.model_name) for model, _column in merges.moving_models())}
    take_turn(workspace, *nouns)


def _both(workspace, *pks) -> tuple[Account, Account]:
    rows = Account.objects.standing().filter(workspace=workspace, pk__in=pks).select_related("owner__user")
    found = {account.pk: account for account in rows.order_by("pk").select_for_update(of=("self",))}
    if len(found) < 2:
        raise Conflict({"row": [_("One of the two accounts is not there any more.")]})
    return found[pks[0]], found[pks[1]]


def _first_day(workspace, account: Account) -> Any:
    """From which day on figures move along: the first contract's; None without contracts."""
    contracts = Contract.objects.standing().filter(workspace=workspace, account=account)
    return contracts.aggregate(first=Min("starts_on"))["first"]


def _move(workspace, merge: AccountMerge, statement: str) -> None:
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        for model, column in merges.moving_models():
            names = {
                "table": quote(model._meta.db_table),
                "column": quote(column),
                "key": model._meta.pk.db_type(connection),
            }
            cursor.execute(
                statement.format(**names),
                {
                    "workspace": workspace.pk,
                    "merge": merge.pk,
                    "type": model._meta.model_name,
                    "winner": merge.winner_id,
                    "loser": merge.loser_id,
                },
            )


def _tell(workspace, merge: AccountMerge, change: Change, first_day, by: Actor) -> None:
    """The trail of the winner, webhooks about contracts that changed hands, and the night."""
    moved = MergedRow.objects.filter(workspace=workspace, merge=merge, subject_type="contract")
    contracts = Contract.objects.standing().filter(
        workspace=workspace, pk__any_of=list(moved.values_list("subject_id", flat=True))
    )
    hands = [
        Change("updated", "contract", contract.pk, contract.called, None, {"account": str(contract.account)})
        for contract in contracts.select_related("account").order_by("pk")
    ]
    record_changes(workspace=workspace, by=by, changes=[*hands, change])
    if first_day is not None:
        days = [(pk, first_day, change) for pk in (merge.winner_id, merge.loser_id)]
        write_changed_facts(workspace, days, by=by)
