"""Reads across this app's models: what the lists show, what may be chosen, what stands on an account's page."""

import datetime as dt
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Prefetch, Q, QuerySet

from accounts.dimensions import TAG
from accounts.models import (
    Account,
    Attachment,
    Contact,
    Contract,
    ContractLine,
    CustomField,
    FxRate,
    Interaction,
    Participant,
    Product,
    RenewalProposal,
    SavedFilter,
    Task,
)
from accounts.models.custom_field import FieldSubject
from accounts.terms import Terms
from workspaces.models import Activity, ChurnTiming, Membership, MetricSettings

MOST_CHOICES = 200
# Interactions whose changes an account's timeline tells of.
MOST_TALKS = 1_000
# Files that an account's page and timeline tell of.
MOST_FILES = 200


def standing_accounts(workspace) -> Any:
    """Accounts with their owner, as an `AccountQuerySet`."""
    return Account.objects.filter(workspace=workspace).standing().select_related("owner__user")


def standing_contacts(workspace) -> QuerySet[Contact]:
    return Contact.objects.filter(workspace=workspace).standing().select_related("account")


def standing_products(workspace) -> QuerySet[Product]:
    return Product.objects.filter(workspace=workspace).standing()


def standing_fx_rates(workspace) -> QuerySet[FxRate]:
    return FxRate.objects.filter(workspace=workspace).standing()


def standing_contracts(workspace) -> QuerySet[Contract]:
    """Contracts with account, lines with products, and the contracts that renew them (`following`)."""
    return (
        Contract.objects.filter(workspace=workspace)
        .standing()
        .select_related("account")
        .prefetch_related(
            Prefetch("lines", ContractLine.objects.select_related("product").order_by("position")),
            Prefetch("successors", Contract.objects.standing().order_by("starts_on"), to_attr="following"),
        )
    )


def standing_interactions(workspace) -> QuerySet[Interaction]:
    """Interactions with account, author, and who took part (`people`) in their order."""
    return (
        Interaction.objects.filter(workspace=workspace)
        .standing()
        .select_related("account", "author__user")
        .prefetch_related(Prefetch("people", Participant.objects.select_related("contact").order_by("position")))
    )


def standing_tasks(workspace) -> Any:
    """Tasks with account, assignee and who entered them, as a `TaskQuerySet`."""
    return (
        Task.objects.filter(workspace=workspace)
        .standing()
        .select_related("account", "assignee__user", "created_by__user")
    )


# What lists are filtered by, and forms suggest: (table, column, dimension of the trait).
FACETS = {
    "industry": ("accounts_account", "industry", None),
    "region": ("accounts_account", "region", None),
    "channel": ("accounts_account", "channel", None),
    TAG: ("accounts_accounttrait", "value", TAG),
}


def account_choices(workspace, dimension: str) -> list[tuple[str, str]]:
    """The values that accounts have of one of FACETS or of a custom field: [(value, value)]."""
    return facets(workspace, dimension)[dimension]


def facets(workspace, *dimensions: str) -> dict[str, list[tuple[str, str]]]:
    """The values that accounts have, by dimension, each hopped to through its index, all in one statement."""
    wanted = [FACETS.get(one, ("accounts_accounttrait", "value", one)) for one in dimensions]
    parts, params = [], {"workspace": workspace.pk, "most": MOST_CHOICES}
    for number, (table, column, trait) in enumerate(wanted):
        params[f"trait{number}"] = trait
        within = "workspace_id = %(workspace)s" + ("" if trait is None else f" and dimension = %(trait{number})s")
        parts.append(
            f"""
            select {number} as place, value from (
              with recursive hop as (
                (select min({column}) as value from {table} where {within} and {column} > '')
                union all
                select (select min({column}) from {table} where {within} and {column} > hop.value)
                from hop where hop.value is not null
              )
              select value from hop where value is not null limit %(most)s
            ) as hopped
            """  # noqa: S608 - names from code
        )
    found: dict[str, list[tuple[str, str]]] = {one: [] for one in dimensions}
    with connection.cursor() as cursor:
        cursor.execute(" union all ".join(parts) + " order by place, value", params)
        for place, value in cursor.fetchall():
            found[dimensions[place]].append((value, value))
    return found


def asked_fields(workspace) -> list[CustomField]:
    """The custom fields of accounts that are not archived, in their order."""
    fields = CustomField.objects.filter(workspace=workspace, subject=FieldSubject.ACCOUNT, archived_at__isnull=True)
    return list(fields.order_by("position", "pk"))


def archived_fields(workspace) -> list[CustomField]:
    fields = CustomField.objects.filter(workspace=workspace, subject=FieldSubject.ACCOUNT, archived_at__isnull=False)
    return list(fields.order_by("name", "pk"))


def mails_of(workspace, ids: Iterable[str]) -> dict[str, str]:
    """{membership id: mail address}, of those who left as well."""
    wanted = set(ids)
    members = Membership.objects.filter(workspace=workspace, pk__any_of=wanted)
    return {str(pk): mail for pk, mail in members.values_list("pk", "user__email")} if wanted else {}


def visible_filters(workspace, user_id: UUID | None) -> QuerySet[SavedFilter]:
    """The saved filters that a user may choose: shared ones and their own; for nobody (an API key) the shared."""
    own = Q(owner__user=user_id) if user_id is not None else Q()
    return (
        SavedFilter.objects.filter(Q(is_shared=True) | own, workspace=workspace)
        .select_related("owner__user")
        .order_by("name", "pk")
    )


def product_names(workspace) -> list[str]:
    return list(standing_products(workspace).order_by("name").values_list("name", flat=True)[:MOST_CHOICES])


def currencies_in_use(workspace) -> list[str]:
    """The base currency first, then the others that have a rate, as choices for a contract."""
    foreign = standing_fx_rates(workspace).values_list("currency", flat=True).distinct().order_by("currency")
    return [workspace.base_currency, *(code for code in foreign if code != workspace.base_currency)]


# Contracts and their renewals.


def settings_by_day(workspace) -> list[MetricSettings]:
    """The choices for metrics, latest first: what `terms_of` takes."""
    return list(MetricSettings.objects.filter(workspace=workspace).order_by("-effective_from"))


def terms_of(contract: Contract, following: Iterable[Contract], settings: Iterable[MetricSettings]) -> Terms:
    """What decides how long `contract` runs; `following` are the standing contracts that renew it.

    Each choice is that of its own day, as in the closing: the grace of the written end, the churn timing of the notice.
    """

    def in_force(day: dt.date) -> MetricSettings:
        return next((row for row in settings if row.effective_from <= day), MetricSettings())

    return Terms(
        starts_on=contract.starts_on,
        ends_on=contract.ends_on,
        auto_renew=contract.auto_renew,
        cancelled_on=contract.cancelled_on,
        renewed_on=min((one.starts_on for one in following), default=None),
        grace_days=in_force(contract.ends_on or contract.starts_on).renewal_grace_days,
        is_counted_to_notice=contract.cancelled_on is not None
        and in_force(contract.cancelled_on).churn_timing == ChurnTiming.NOTICE,
    )


def renewable_contracts(workspace, account_id, *, other_than=None) -> QuerySet[Contract]:
    """The account's subscriptions, latest first: what a contract of it may renew."""
    return (
        Contract.objects.filter(workspace=workspace, account_id=account_id, kind="subscription")
        .standing()
        .exclude(pk=other_than)
        .order_by("-starts_on", "-pk")[:MOST_CHOICES]
    )


def open_renewals(workspace) -> QuerySet[RenewalProposal]:
    """Proposals that nobody has decided yet."""
    return RenewalProposal.objects.filter(
        workspace=workspace,
        decided_at__isnull=True,
        contract__voided_at__isnull=True,
        predecessor__voided_at__isnull=True,
    ).select_related("contract__account", "predecessor")


def open_renewal_of(contract: Contract) -> RenewalProposal | None:
    return open_renewals(contract.workspace_id).filter(contract=contract).first()


# The account page.


def activity_of_account(account: Account, contacts: Iterable[Contact], contracts: Iterable[Contract]) -> QuerySet:
    """What was written about the account, its contacts, contracts, interactions and files, latest first. Not that an
    interaction or a signed contract was entered: it stands where it happened.
    """
    talks = _talks_of(account)
    signed = [str(contract.pk) for contract in contracts if contract.signed_on is not None]
    entered = Q(verb="created")
    return Activity.objects.filter(
        Q(subject_type="account", subject_id=str(account.pk))
        | Q(subject_type="contact", subject_id__in=[str(contact.pk) for contact in contacts])
        | Q(subject_type="contract", subject_id__in=[str(one.pk) for one in contracts if one.signed_on is None])
        | (Q(subject_type="contract", subject_id__in=signed) & ~entered)
        | Q(subject_type="interaction", subject_id__in=[str(pk) for pk, voided_at in talks if voided_at])
        | (
            Q(subject_type="interaction", subject_id__in=[str(pk) for pk, voided_at in talks if not voided_at])
            & ~entered
        )
        | Q(subject_type="attachment", subject_id__in=[str(pk) for pk in _loose_files_of(account)]),
        workspace_id=account.workspace_id,
    ).order_by("-at", "-id")


def _talks_of(account: Account) -> list[tuple]:
    """(id, voided_at) of the account's latest interactions, voided ones too: what its trail tells of."""
    talks = Interaction.objects.filter(workspace=account.workspace_id, account=account)
    return list(talks.order_by("-happened_on", "-pk").values_list("pk", "voided_at")[:MOST_TALKS])


def _loose_files_of(account: Account) -> list:
    """Ids of the account's latest files that came without an interaction, removed ones too."""
    files = Attachment.objects.filter(workspace=account.workspace_id, account=account, interaction=None)
    return list(files.order_by("-pk").values_list("pk", flat=True)[:MOST_FILES])


def latest_talk(account: Account) -> Interaction | None:
    talks = Interaction.objects.filter(workspace=account.workspace_id, account=account).standing()
    return talks.order_by("-happened_on", "-pk").first()


def latest_agreement(account: Account, day: dt.date) -> Interaction | None:
    """The latest interaction that agreed on a next step whose day, if it has one, is not past."""
    talks = Interaction.objects.filter(workspace=account.workspace_id, account=account).standing().exclude(next_step="")
    ahead = talks.filter(Q(next_step_on__isnull=True) | Q(next_step_on__gte=day))
    return ahead.order_by("-happened_on", "-pk").first()


def standing_attachments(workspace) -> QuerySet[Attachment]:
    """Files without their bytes, the latest first, with who added them and the interaction they belong to."""
    files = Attachment.objects.defer("content").filter(workspace=workspace).standing()
    return files.select_related("added_by__user", "interaction", "account").order_by("-created_at", "-pk")


def open_tasks_of(account: Account) -> QuerySet:
    """What is to be done for the account, by the day it is due."""
    return standing_tasks(account.workspace_id).filter(account=account).open().order_by("due_on", "pk")
