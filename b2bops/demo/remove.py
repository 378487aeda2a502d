"""Takes the demo company out of a workspace at once: its facts and every figure computed from them."""

from django.db import connection, transaction
from django.db.models import Q

from accounts.models import (
    Account,
    AccountMerge,
    AccountTrait,
    Attachment,
    ChangedFact,
    Contact,
    Contract,
    ContractLine,
    CustomField,
    DistinctAccounts,
    FxRate,
    Interaction,
    Mention,
    MergedRow,
    Participant,
    Product,
    RenewalProposal,
    RenewalStage,
    SavedFilter,
    Task,
    TraitChange,
)
from leads.models import Channel, Spend
from metrics.models import (
    AccountDay,
    Annotation,
    Closing,
    ClosingFailure,
    ClosingState,
    LineSpan,
    Movement,
    PeriodFigures,
    PublishedFigures,
    Restatement,
    RestatementBatch,
    RestatementFact,
    TermEnd,
)
from workspaces import roles
from workspaces.activity import record
from workspaces.actor import Actor
from workspaces.models import Activity, Membership, SavedView, Team

DEMO_FACTS = (Contact, Contract, Account, Spend, Channel, FxRate, Product, Interaction, Task, Annotation)
# Of the workspace itself: views of lists, and in the demo's own workspace its teams and colleagues.
DEMO_PEOPLE = (SavedView, Team, Membership)
FIGURES_OF_ACCOUNTS = (AccountDay, LineSpan, Movement, TermEnd)
FIGURES_OF_WORKSPACE = (
    PeriodFigures,
    PublishedFigures,
    Restatement,
    RestatementFact,
    RestatementBatch,
    Closing,
    ClosingFailure,
    ClosingState,
)


@transaction.atomic
def remove_demo(*, workspace, by: Actor) -> int:
    """Delete the rows marked as demo, and what hangs on them; the number of demo accounts that went.

    What the workspace entered itself stays; where it hangs on demo rows (a contract entered for a demo account) it
    goes with them. All figures go: the next closing computes those of the rest from the beginning.
    """
    by.require(roles.MANAGE_WORKSPACE)
    with connection.cursor() as cursor:
        # A closing in the middle of a step would write figures back for accounts that are going.
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"closing {workspace.pk}"])
    accounts = list(Account.objects.filter(workspace=workspace, is_demo=True).values_list("pk", flat=True))
    if not accounts and not any(
        model.objects.filter(workspace=workspace, is_demo=True).exists() for model in DEMO_FACTS
    ):
        return 0
    is_gone = Q(account_id__in=accounts) | Q(is_demo=True)
    gone = list(Contract.objects.filter(is_gone, workspace=workspace).values_list("pk", flat=True))
    told = [str(pk) for pk in (*accounts, *gone)]
    for model in (Contact, Interaction, Task):
        told += map(str, model.objects.filter(is_gone, workspace=workspace).values_list("pk", flat=True))
    for people in DEMO_PEOPLE:
        told += map(str, people.objects.filter(workspace=workspace, is_demo=True).values_list("pk", flat=True))
    # Sums of closed periods hold demo and own rows together: the next closing makes them anew from what remains.
    for figures in (*FIGURES_OF_ACCOUNTS, *FIGURES_OF_WORKSPACE):
        _delete(figures.objects.filter(workspace=workspace))
    _delete(ChangedFact.objects.filter(workspace=workspace))
    _delete(RenewalProposal.objects.filter(Q(contract_id__in=gone) | Q(predecessor_id__in=gone), workspace=workspace))
    _delete(ContractLine.objects.filter(workspace=workspace, contract_id__in=gone))
    _delete(RenewalStage.objects.filter(workspace=workspace, contract_id__in=gone))
    Contract.objects.filter(workspace=workspace, renews_id__in=gone).update(renews=None)
    _delete(Contract.objects.filter(workspace=workspace, pk__in=gone))
    for talk in (
        Q(interaction__account_id__in=accounts),
        Q(interaction__is_demo=True),
        Q(contact__account_id__in=accounts),
        Q(contact__is_demo=True),
    ):
        _delete(Participant.objects.filter(talk, workspace=workspace))
    _delete(Attachment.objects.filter(Q(interaction__is_demo=True) | is_gone, workspace=workspace))
    _delete(
        Mention.objects.filter(
            Q(interaction__account_id__in=accounts) | Q(interaction__is_demo=True) | Q(member__is_demo=True),
            workspace=workspace,
        )
    )
    for model in (Interaction, Task):
        _delete(model.objects.filter(is_gone, workspace=workspace))
    _delete(Contact.objects.filter(is_gone, workspace=workspace))
    merges = AccountMerge.objects.filter(Q(winner_id__in=accounts) | Q(loser_id__in=accounts), workspace=workspace)
    _delete(MergedRow.objects.filter(workspace=workspace, merge__in=list(merges.values_list("pk", flat=True))))
    _delete(merges)
    _delete(DistinctAccounts.objects.filter(Q(first_id__in=accounts) | Q(second_id__in=accounts), workspace=workspace))
    for traits in (AccountTrait, TraitChange):
        _delete(traits.objects.filter(workspace=workspace, account_id__in=accounts))
    Account.objects.filter(workspace=workspace, parent_id__in=accounts).update(parent=None)
    _delete(Account.objects.filter(workspace=workspace, pk__in=accounts))
    _delete(SavedFilter.objects.filter(workspace=workspace, is_demo=True))
    _remove_fields(workspace)
    _delete(Spend.objects.filter(workspace=workspace, is_demo=True))
    _delete(Channel.objects.filter(workspace=workspace, is_demo=True, spend__isnull=True))
    _delete(FxRate.objects.filter(workspace=workspace, is_demo=True))
    _delete(Annotation.objects.filter(workspace=workspace, is_demo=True))
    # A demo product that an own contract names stays, as that contract's.
    named = ContractLine.objects.filter(workspace=workspace).values("product_id")
    _delete(Product.objects.filter(workspace=workspace, is_demo=True).exclude(pk__in=named))
    Product.objects.filter(workspace=workspace, is_demo=True).update(is_demo=False)
    Channel.objects.filter(workspace=workspace, is_demo=True).update(is_demo=False)
    for people in DEMO_PEOPLE:
        # Through the models: members that stay lose their team, and what nobody owns any more its owner.
        people.objects.filter(workspace=workspace, is_demo=True).delete()
    verbs = ("created", "updated", "joined", "renewal_moved")
    _delete(Activity.objects.filter(workspace=workspace, subject_id__in=told, verb__in=verbs))
    record(workspace=workspace, by=by, verb="demo_removed", subject=workspace, before={"accounts": len(accounts)})
    return len(accounts)


def _remove_fields(workspace) -> None:
    """A demo field in which an own account has a value stays, as the workspace's own."""
    kept = set(AccountTrait.objects.filter(workspace=workspace).values_list("dimension", flat=True).distinct())
    fields = CustomField.objects.filter(workspace=workspace, is_demo=True)
    _delete(fields.filter(pk__in=[field.pk for field in fields if field.dimension not in kept]))
    CustomField.objects.filter(workspace=workspace, is_demo=True).update(is_demo=False)


def _delete(queryset) -> None:
    """One DELETE, without collecting dependents in Python: the order above sees to those, and constraints check it."""
    queryset._raw_delete(using=connection.alias)
