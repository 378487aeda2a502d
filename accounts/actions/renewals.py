"""Predecessors of contracts that name none: proposed by the product, decided once by a person."""

from django.db import connection, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts.models import ChangedFact, Contract, RenewalProposal
from workspaces import roles
from workspaces.activity import record
from workspaces.actor import Actor
from workspaces.batch import Conflict

# A contract that starts within a quarter of another's end, before or after, is taken for its renewal.
NEAR_DAYS = 92

# Of all near pairs, each contract is asked about its nearest predecessor and each predecessor is offered once. Contracts
# under notice and those that renew themselves do not wait for a successor. A contract is asked about once, ever.
PROPOSE = """
with pair as (
  select c.id as contract_id, p.id as predecessor_id, abs(c.starts_on - (p.ends_on + 1)) as gap
  from accounts_contract c
  join accounts_contract p
    on p.workspace_id = c.workspace_id and p.account_id = c.account_id and p.starts_on < c.starts_on
  where c.workspace_id = %(workspace)s and c.account_id = any(%(accounts)s)
    and c.voided_at is null and p.voided_at is null
    and c.kind = 'subscription' and p.kind = 'subscription'
    and c.renews_id is null
    and p.ends_on is not null and p.cancelled_on is null and not p.auto_renew
    and c.starts_on between p.ends_on + 1 - %(near)s and p.ends_on + 1 + %(near)s
    and not exists (
      select from accounts_contract s
      where s.workspace_id = p.workspace_id and s.renews_id = p.id and s.voided_at is null)
    and not exists (
      select from accounts_renewalproposal r where r.workspace_id = c.workspace_id and r.contract_id = c.id)
    and not exists (
      select from accounts_renewalproposal r
      where r.workspace_id = p.workspace_id and r.predecessor_id = p.id and r.is_confirmed is distinct from false)
), nearest as (
  select distinct on (contract_id) contract_id, predecessor_id, gap
  from pair order by contract_id, gap, predecessor_id
), offered as (
  select distinct on (predecessor_id) contract_id, predecessor_id
  from nearest order by predecessor_id, gap, contract_id
)
insert into accounts_renewalproposal (workspace_id, contract_id, predecessor_id, decided_by)
select %(workspace)s, contract_id, predecessor_id, '' from offered
"""


def propose_predecessors(workspace, account_ids: set) -> None:
    """Write a proposal for each unlinked subscription of the accounts that has a likely predecessor."""
    if not account_ids:
        return
    with connection.cursor() as cursor:
        cursor.execute(PROPOSE, {"workspace": workspace.pk, "accounts": sorted(account_ids), "near": NEAR_DAYS})


def settle_proposals(workspace, links: list[tuple]) -> None:
    """Close open questions that an entry answered by itself. links: (contract id, id of the contract it renews)."""
    renews = dict(links)
    open_ones = RenewalProposal.objects.filter(workspace=workspace, contract_id__in=renews, decided_at__isnull=True)
    for proposal in open_ones:
        proposal.is_confirmed = proposal.predecessor_id == renews[proposal.contract_id]
        proposal.decided_at = Now()
        proposal.save(update_fields=["is_confirmed", "decided_at"])


@transaction.atomic
def decide_renewal(*, workspace, proposal_id, confirm: bool, by: Actor) -> RenewalProposal:
    """Answer a proposal: yes links the contract to its predecessor, no leaves both as they are.

    Raises RenewalProposal.DoesNotExist, and Conflict when it was decided before or the contracts changed meanwhile.
    """
    by.require(roles.EDIT_FACTS)
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
        ChangedFact.objects.create(
            workspace=workspace,
            account_id=contract.account_id,
            from_day=min(contract.starts_on, predecessor.ends_on or contract.starts_on),
        )
    proposal.is_confirmed, proposal.decided_at, proposal.decided_by = confirm, Now(), by.label
    proposal.save(update_fields=["is_confirmed", "decided_at", "decided_by"])
    record(
        workspace=workspace,
        by=by,
        verb="renewal_confirmed" if confirm else "renewal_dismissed",
        subject=contract,
        after={"renews": str(predecessor)} if confirm else None,
    )
    return proposal


def is_renewed_by(workspace, ancestor: Contract, contract: Contract) -> bool:
    """Whether `contract` already follows `ancestor`, so that linking them the other way would make a circle."""
    edges = dict(
        Contract.objects.filter(workspace=workspace, account_id=contract.account_id, renews__isnull=False).values_list(
            "pk", "renews_id"
        )
    )
    at, seen = contract.pk, set()
    while at is not None and at not in seen:
        if at == ancestor.pk:
            return True
        seen.add(at)
        at = edges.get(at)
    return False
