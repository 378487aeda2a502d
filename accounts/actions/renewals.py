"""Predecessors of contracts that name none: proposed by the product, decided once by a person."""

from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts.actions.changes import record_changes
from accounts.actions.upsert import write_changed_facts
from accounts.models import Contract, RenewalProposal
from accounts.models.contract import ContractKind
from accounts.predecessors import Candidate, likely_predecessors
from workspaces import roles
from workspaces.activity import Change
from workspaces.actor import Actor
from workspaces.batch import Conflict
from workspaces.bulk import insert_rows
from workspaces.turns import take_turn


def propose_predecessors(workspace, account_ids: set) -> None:
    """Write a proposal for each unlinked subscription of the accounts that has a likely predecessor."""
    # Pairs are formed here rather than by a self-join: right after a bulk write the planner takes the table for empty
    # and joins every contract with every other one.
    by_account: dict = {}
    rows = Contract.objects.standing().filter(
        workspace=workspace, account_id__any_of=account_ids, kind=ContractKind.SUBSCRIPTION
    )
    columns = ("account_id", "pk", "starts_on", "ends_on", "auto_renew", "cancelled_on", "renews_id")
    for account_id, *rest in rows.values_list(*columns):
        by_account.setdefault(account_id, []).append(Candidate(*rest))
    several = [contracts for contracts in by_account.values() if len(contracts) > 1]
    keys = [contract.pk for contracts in several for contract in contracts]
    asked, offered = set(), set()
    if keys:
        known = RenewalProposal.objects.filter(workspace=workspace, contract_id__any_of=keys)
        for contract_id, predecessor_id, is_confirmed in known.values_list("contract", "predecessor", "is_confirmed"):
            asked.add(contract_id)
            if is_confirmed is not False:
                offered.add(predecessor_id)
    insert_rows(
        RenewalProposal,
        [
            {"workspace_id": workspace.pk, "contract_id": contract_id, "predecessor_id": predecessor_id}
            for contracts in several
            for contract_id, predecessor_id in likely_predecessors(contracts, asked=asked, offered=offered)
        ],
    )


def settle_proposals(workspace, links: list[tuple]) -> None:
    """Close open questions that an entry answered by itself. links: (contract id, id of the contract it renews)."""
    renews = dict(links)
    open_ones = RenewalProposal.objects.filter(workspace=workspace, contract_id__any_of=renews, decided_at__isnull=True)
    answers: dict[bool, list] = {True: [], False: []}
    for pk, contract_id, predecessor_id in open_ones.values_list("pk", "contract_id", "predecessor_id"):
        answers[predecessor_id == renews[contract_id]].append(pk)
    for is_confirmed, keys in answers.items():
        if keys:
            decided = RenewalProposal.objects.filter(workspace=workspace, pk__any_of=keys)
            decided.update(is_confirmed=is_confirmed, decided_at=Now())


@transaction.atomic
def decide_renewal(*, workspace, proposal_id, confirm: bool, by: Actor) -> RenewalProposal:
    """Answer a proposal: yes links the contract to its predecessor, no leaves both as they are.

    Raises RenewalProposal.DoesNotExist, and Conflict when it was decided before or the contracts changed meanwhile.
    """
    by.require(roles.EDIT_FACTS)
    # Whoever saves the contract meanwhile would write back that it renews none.
    take_turn(workspace, "contract")
    proposal = (
        RenewalProposal.objects.select_for_update(of=("self",))
        .select_related("contract", "predecessor")
        .get(workspace=workspace, pk=proposal_id)
    )
    contract, predecessor = proposal.contract, proposal.predecessor
    if proposal.decided_at is not None:
        raise Conflict({"row": [_("This renewal is decided already.")]})
    if confirm:
        if (
            contract.voided_at
            or predecessor.voided_at
            or contract.renews_id
            or contract.account_id != predecessor.account_id
            or contract.kind != predecessor.kind
            or is_renewed_by(workspace, contract, predecessor)
        ):
            raise Conflict({"row": [_("One of the contracts has changed; open it and link them there.")]})
        Contract.objects.filter(workspace=workspace, pk=contract.pk).update(renews=predecessor, updated_at=Now())
        first = min(contract.starts_on, predecessor.ends_on or contract.starts_on)
        change = Change("updated", "contract", contract.pk, contract.called)
        write_changed_facts(workspace, [(contract.account_id, first, change)], by=by)
    proposal.is_confirmed, proposal.decided_at, proposal.decided_by = confirm, Now(), by.label
    proposal.save(update_fields=["is_confirmed", "decided_at", "decided_by"])
    verb = "renewal_confirmed" if confirm else "renewal_dismissed"
    after = {"renews": str(predecessor)} if confirm else None
    change = Change(verb, "contract", contract.pk, contract.called, after=after)
    record_changes(workspace=workspace, by=by, changes=[change])
    return proposal


def is_renewed_by(workspace, ancestor: Contract, contract: Contract) -> bool:
    """Whether `contract` already follows `ancestor`, so that linking them the other way would make a circle."""
    edges = dict(
        Contract.objects.filter(workspace=workspace, account_id=contract.account_id, renews__isnull=False).values_list(
            "pk", "renews_id"
        )
    )
    at: UUID | None = contract.pk
    seen: set[UUID] = set()
    while at is not None and at not in seen:
        if at == ancestor.pk:
            return True
        seen.add(at)
        at = edges.get(at)
    return False
