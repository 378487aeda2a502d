"""Taking facts back: voided with a reason that the activity trail keeps, never deleted."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts.actions.attachments import void_files
from accounts.actions.changes import record_changes
from accounts.actions.families import leave_alone
from accounts.actions.fx_rates import accounts_in_currency
from accounts.actions.upsert import write_changed_facts
from accounts.models import Account, Attachment, Contact, Contract, ContractLine, FxRate, Interaction, Product, Task
from accounts.models.fact import Fact
from workspaces import roles
from workspaces.activity import Change
from workspaces.actor import Actor
from workspaces.batch import Conflict
from workspaces.turns import take_turn

OF_ACCOUNT = ("account", "attachment", "contact", "contract", "interaction", "task")


def void(facts: Sequence[Fact], *, workspace, noun: str, reason: str, by: Actor) -> list[Change]:
    """Mark facts of one model as voided and record it, as the changes it returns; the caller says which days that
    touches.
    """
    if not facts:
        return []
    model = type(facts[0])
    model.objects.filter(workspace=workspace, pk__in=[fact.pk for fact in facts]).update(
        voided_at=Now(), updated_at=Now(), void_reason=reason[:500]
    )
    changes = [Change("voided", noun, fact.pk, str(fact), None, {"reason": reason}) for fact in facts]
    record_changes(workspace=workspace, by=by, changes=changes)
    return changes


def standing(model, workspace, pk, *nouns: str):
    """The fact to void, locked; raises the model's DoesNotExist. nouns: kinds that nobody may write meanwhile: a save that
    has looked already would put something on what goes, or write back what goes with it.
    """
    take_turn(workspace, *nouns)
    return model.objects.standing().select_for_update().get(workspace=workspace, pk=pk)


def _files(workspace, **of):
    """The standing files of something, locked, without their bytes."""
    files = Attachment.objects.defer("content").standing().filter(workspace=workspace, **of)
    return files.select_for_update(of=("self",))


@transaction.atomic
def void_account(*, workspace, pk, reason: str, by: Actor) -> Account:
    """Void an account with its contacts, contracts, interactions, tasks and files."""
    by.require(roles.EDIT_FACTS)
    account = standing(Account, workspace, pk, *OF_ACCOUNT)
    contracts = list(Contract.objects.standing().filter(workspace=workspace, account=account))
    contacts = list(Contact.objects.standing().filter(workspace=workspace, account=account))
    void(contracts, workspace=workspace, noun="contract", reason=reason, by=by)
    void(contacts, workspace=workspace, noun="contact", reason=reason, by=by)
    talks = list(Interaction.objects.standing().filter(workspace=workspace, account=account))
    tasks = list(Task.objects.standing().filter(workspace=workspace, account=account))
    void(talks, workspace=workspace, noun="interaction", reason=reason, by=by)
    void(tasks, workspace=workspace, noun="task", reason=reason, by=by)
    void_files(_files(workspace, account=account), workspace=workspace, reason=reason, by=by)
    leave_alone(workspace=workspace, parent=account, by=by)
    (change,) = void([account], workspace=workspace, noun="account", reason=reason, by=by)
    if contracts:
        first = min(contract.starts_on for contract in contracts)
        write_changed_facts(workspace, [(account.pk, first, change)], by=by)
    return account


@transaction.atomic
def void_contact(*, workspace, pk, reason: str, by: Actor) -> Contact:
    by.require(roles.EDIT_FACTS)
    contact = standing(Contact, workspace, pk, "contact", "interaction")
    void([contact], workspace=workspace, noun="contact", reason=reason, by=by)
    return contact


@transaction.atomic
def void_interaction(*, workspace, pk, reason: str, by: Actor) -> Interaction:
    by.require(roles.EDIT_FACTS)
    interaction = standing(Interaction, workspace, pk, "attachment", "interaction")
    void([interaction], workspace=workspace, noun="interaction", reason=reason, by=by)
    void_files(_files(workspace, interaction=interaction), workspace=workspace, reason=reason, by=by)
    return interaction


@transaction.atomic
def void_task(*, workspace, pk, reason: str, by: Actor) -> Task:
    by.require(roles.EDIT_FACTS)
    task = standing(Task, workspace, pk, "task")
    void([task], workspace=workspace, noun="task", reason=reason, by=by)
    return task


@transaction.atomic
def void_contract(*, workspace, pk, reason: str, by: Actor) -> Contract:
    """Void a contract; contracts that renewed it stand on their own afterwards."""
    by.require(roles.EDIT_FACTS)
    contract = standing(Contract, workspace, pk, "contract")
    successors = list(Contract.objects.filter(workspace=workspace, renews=contract))
    Contract.objects.filter(workspace=workspace, renews=contract).update(renews=None, updated_at=Now())
    record_changes(
        workspace=workspace,
        by=by,
        changes=[
            Change("updated", "contract", row.pk, row.called, {"renews": str(contract)}, {"renews": None})
            for row in successors
        ],
    )
    (change,) = void([contract], workspace=workspace, noun="contract", reason=reason, by=by)
    days = [(account_id, day, change) for account_id, day, _contract in contract_days(workspace, [contract])]
    write_changed_facts(workspace, days, by=by)
    return contract


def contract_days(workspace, contracts: Sequence[Contract]) -> list[tuple[Any, dt.date, Contract]]:
    """(account id, first day that changes, contract) where contracts are voided: their own, or the end of what they
    renewed.
    """
    predecessors = {contract.renews_id for contract in contracts} - {None}
    rows = Contract.objects.filter(workspace=workspace, pk__any_of=list(predecessors), ends_on__isnull=False)
    ends: dict[Any, Any] = dict(rows.values_list("pk", "ends_on")) if predecessors else {}
    return [
        (contract.account_id, min(contract.starts_on, ends.get(contract.renews_id, contract.starts_on)), contract)
        for contract in contracts
    ]


@transaction.atomic
def void_product(*, workspace, pk, reason: str, by: Actor) -> Product:
    """Void a product; raises Conflict while contracts name it."""
    by.require(roles.EDIT_MONEY)
    product = standing(Product, workspace, pk, "contract", "product")
    if ContractLine.objects.filter(workspace=workspace, product=product, contract__voided_at__isnull=True).exists():
        raise Conflict({"row": [_("Contracts name this product.")]})
    void([product], workspace=workspace, noun="product", reason=reason, by=by)
    return product


@transaction.atomic
def void_fx_rate(*, workspace, pk, reason: str, by: Actor) -> FxRate:
    by.require(roles.EDIT_MONEY)
    rate = standing(FxRate, workspace, pk, "fx_rate")
    (change,) = void([rate], workspace=workspace, noun="fx_rate", reason=reason, by=by)
    touched = accounts_in_currency(workspace, rate.currency)
    write_changed_facts(workspace, [(account_id, rate.date, change) for account_id in touched], by=by)
    return rate
