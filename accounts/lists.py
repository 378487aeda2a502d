"""What the lists of this app can be searched, filtered and sorted by."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts import columns, groupings, queries
from accounts.conditions import NOBODY, SEGMENT, Conditions, accounts_of, narrow
from accounts.dimension_values import dimensions
from accounts.dimensions import LABELS, OWNER, SIZE, TAG, parameter_of
from accounts.families import name_of_parent, parents
from accounts.models import Account, Contract, RenewalProposal
from accounts.models.contact import BuyingRole, Stance
from accounts.models.contract import ContractKind
from accounts.search import matching_contacts, matching_contracts, matching_tasks, searched_accounts
from accounts.size_bands import SIZE_BANDS
from accounts.task_board import AFTER_TODAY
from accounts.terms import ENDS_SOON_DAYS
from workspaces import formats
from workspaces.ids import is_uuid
from workspaces.lists import Filter, ListSpec, Sort, searched_words
from workspaces.models import Membership
from workspaces.queries import active_members

STANDINGS = [("paying", _("Paying")), ("churned", _("Churned")), ("prospect", _("Prospect"))]


ARCHIVED = "archived"
ARCHIVES = [("only", _("only these")), ("too", _("these as well"))]


def _by_archive(accounts: Any, which: str) -> Any:
    return accounts.filter(is_archived=True) if which == "only" else accounts


def accounts_at_first(workspace, parameters: Mapping[str, str]) -> Any:
    """The accounts that a list begins from: without archived ones, unless they are asked for or words are searched."""
    rows = queries.standing_accounts(workspace)
    asked = parameters.get(ARCHIVED) in dict(ARCHIVES) or searched_words(parameters)
    return rows if asked else rows.in_use()


def _with_standing(accounts: Any, standing: str) -> Any:
    return accounts.of_standing(standing)


def _member(workspace, value: str) -> str:
    """What somebody is called whom menus do not offer, because they left."""
    if not is_uuid(value):
        return ""
    member = Membership.objects.filter(workspace=workspace, pk=value).select_related("user").first()
    return str(member.user) if member is not None else ""


def _value_of(dimension: str) -> Callable[[Any, str], str]:
    """A value that accounts have, though menus hold only so many, or the field's choices no longer."""

    def known(workspace, value: str) -> str:
        return value if accounts_of(workspace, Conditions.of({dimension: [value]})).exists() else ""

    return known


def accounts(workspace, user_id: UUID | None) -> ListSpec:
    """The list of accounts, with a filter for all that figures are sliced by, as far as a menu can hold its values, and
    for the saved filters that the user may choose.
    """
    found = queries.facets(workspace, *queries.FACETS)
    people = [(str(member.pk), str(member)) for member in active_members(workspace)]
    saved = {str(one.pk): one for one in queries.visible_filters(workspace, user_id)}
    menus = found | {SIZE: [(band.key, band.label) for band in SIZE_BANDS], OWNER: [*people, (NOBODY, _("No owner"))]}
    own = {}
    known = dimensions(workspace)
    of_people = {dimension.key for dimension in known if dimension.is_person}
    for dimension in known:
        if dimension.field is not None and dimension.is_person:
            own[dimension.key] = (dimension.label, people)
        elif dimension.field is not None and dimension.field.choices:
            own[dimension.key] = (dimension.label, [(choice, choice) for choice in dimension.field.choices])

    def by(key: str, label: Any, choices: Sequence[tuple[str, Any]]) -> Filter:
        def keep(rows, value: str):
            return narrow(rows, workspace, Conditions.of({key: ["" if value == NOBODY and key == OWNER else value]}))

        known = _member if key in of_people else _value_of(key)
        return Filter(parameter_of(key), label, lambda _workspace: choices, keep, known=known)

    return ListSpec(
        sorts=(
            Sort("name", "name"),
            Sort("mrr", "mrr_cents", down_first=True),
            Sort("since", "customer_since", nullable=True),
            Sort("renewal", "renewal_on", nullable=True),
        ),
        default="name",
        columns=(
            *columns.ACCOUNTS,
            *(columns.own_column(dimension) for dimension in known if dimension.field is not None),
        ),
        filters=(
            Filter(
                SEGMENT,
                _("Saved filter"),
                lambda _workspace: [(key, one.name) for key, one in saved.items()],
                lambda rows, key: narrow(rows, workspace, Conditions.of(saved[key].conditions)),
            ),
            Filter("standing", _("Standing"), lambda _workspace: STANDINGS, _with_standing),
            *(by(key, LABELS[key], menus[key]) for key in (OWNER, "industry", "region", SIZE, TAG, "channel")),
            *(by(key, label, choices) for key, (label, choices) in own.items()),
            Filter(
                "parent",
                _("Parent account"),
                parents,
                lambda rows, pk: rows.filter(parent_id=pk),
                known=name_of_parent,
                find="accounts:parent_choices",
            ),
            Filter(ARCHIVED, _("Archived"), lambda _workspace: ARCHIVES, _by_archive),
        ),
        search=searched_accounts,
        sums=("mrr_cents",),
        groupings=groupings.accounts(workspace, known),
        group_sums=("mrr_cents",),
        say_sums=lambda sums: formats.money(Account(mrr_cents=sums["mrr_cents"]).mrr, workspace.base_currency),
    )


CONTACTS = ListSpec(
    sorts=(Sort("name", "name"),),
    default="name",
    columns=columns.CONTACTS,
    filters=(
        Filter(
            "role",
            _("Buying role"),
            lambda workspace: BuyingRole.choices,
            lambda contacts, role: contacts.filter(roles__contains=[role]),
        ),
        Filter(
            "stance",
            _("Stance"),
            lambda workspace: Stance.choices,
            lambda contacts, stance: contacts.filter(stance=stance),
        ),
    ),
    search=matching_contacts,
)

PRODUCTS = ListSpec(
    sorts=(Sort("name", "name"),),
    default="name",
    columns=columns.PRODUCTS,
    search=lambda products, words: products.filter(Q(name__icontains=words) | Q(code__icontains=words)),
)


def fx_rates(workspace) -> ListSpec:
    return ListSpec(
        sorts=(Sort("date", "date", down_first=True),),
        default="-date",
        columns=columns.fx_rates(workspace.base_currency),
        filters=(
            Filter(
                "currency",
                _("Currency"),
                lambda workspace: [(code, code) for code in queries.currencies_in_use(workspace)[1:]],
                lambda rates, code: rates.filter(currency=code),
            ),
        ),
    )


def _due(tasks, when: str, day: dt.date):
    if when == "overdue":
        return tasks.filter(due_on__lt=day)
    if when == "today":
        return tasks.filter(due_on=day)
    if when == "week":
        return tasks.filter(due_on__range=(day, day + dt.timedelta(days=7)))
    if when == AFTER_TODAY:
        return tasks.filter(due_on__range=(day + dt.timedelta(days=1), day + dt.timedelta(days=7)))
    return tasks.filter(due_on__gt=day + dt.timedelta(days=7)) if when == "later" else tasks.filter(due_on__isnull=True)


def _for(tasks, assignee: str):
    return tasks.filter(assignee__isnull=True) if assignee == NOBODY else tasks.filter(assignee_id=assignee)


def _assignees(workspace):
    members = [(str(member.pk), str(member.user)) for member in active_members(workspace)]
    return [*members, (NOBODY, _("Nobody"))]


DUE = [
    ("overdue", _("Overdue")),
    ("today", _("Today")),
    ("week", _("Within 7 days")),
    ("later", _("Later")),
    (NOBODY, _("No date")),
]


def _due_known(workspace, when: str) -> Any:
    """The column of boards and the group beside "Today" is no entry of the menu, which has a week with today in it."""
    return _("Next 7 days") if when == AFTER_TODAY else ""


def tasks(day: dt.date, *, is_done: bool) -> ListSpec:
    """Tasks by the day they are due, or, once done, the latest first."""
    return ListSpec(
        sorts=(Sort("due", "due_on", nullable=True), Sort("done", "done_at", nullable=True, down_first=True)),
        default="-done" if is_done else "due",
        columns=columns.tasks(is_done=is_done),
        filters=(
            Filter("assignee", _("For"), _assignees, _for, known=_member),
            Filter(
                "due", _("Due"), lambda workspace: DUE, lambda tasks, when: _due(tasks, when, day), known=_due_known
            ),
        ),
        search=matching_tasks,
        groupings=groupings.tasks(day, is_done=is_done),
    )


STATES = [
    ("running", _("Running")),
    ("ending", _("Ends within 90 days")),
    ("open", _("Renewal undecided")),
    ("ended", _("Ended")),
    ("later", _("Starts later")),
]


def in_state(contracts, state: str, day: dt.date):
    """Contracts by where they stand on `day`, as far as their own dates tell; `open`: asked whether they renew another."""
    if state == "running":
        return contracts.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day) | Q(auto_renew=True), starts_on__lte=day)
    if state == "ending":
        renewed = Contract.objects.filter(workspace_id=OuterRef("workspace_id"), renews=OuterRef("pk"))
        soon = day + dt.timedelta(days=ENDS_SOON_DAYS)
        return contracts.filter(
            ~Exists(renewed.standing()), kind=ContractKind.SUBSCRIPTION, ends_on__range=(day, soon), auto_renew=False
        )
    if state == "open":
        asked = RenewalProposal.objects.filter(
            workspace_id=OuterRef("workspace_id"), contract=OuterRef("pk"), decided_at__isnull=True
        )
        return contracts.filter(Exists(asked))
    if state == "ended":
        return contracts.filter(ends_on__lt=day, auto_renew=False)
    return contracts.filter(starts_on__gt=day)


def contracts(day: dt.date) -> ListSpec:
    return ListSpec(
        sorts=(Sort("start", "starts_on", down_first=True), Sort("end", "ends_on", nullable=True)),
        default="-start",
        columns=columns.CONTRACTS,
        filters=(
            Filter(
                "kind",
                _("Kind"),
                lambda workspace: ContractKind.choices,
                lambda contracts, kind: contracts.filter(kind=kind),
            ),
            Filter("state", _("State"), lambda workspace: STATES, lambda rows, state: in_state(rows, state, day)),
            Filter(
                "currency",
                _("Currency"),
                lambda workspace: [(code, code) for code in queries.currencies_in_use(workspace)],
                lambda contracts, code: contracts.filter(currency=code),
            ),
        ),
        search=matching_contracts,
    )
