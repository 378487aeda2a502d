"""What the lists of accounts, contacts, contracts, tasks and products are filtered by."""

import datetime as dt
from collections.abc import Callable, Sequence
from functools import reduce
from operator import and_
from typing import Any
from uuid import UUID

from django.db.models import Case, DateField, Exists, ExpressionWrapper, F, Func, IntegerField, OuterRef, Q, Value, When
from django.db.models.expressions import Expression
from django.db.models.functions import Greatest
from django.db.models.lookups import GreaterThanOrEqual, LessThan, Range
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts import queries
from accounts.conditions import NOBODY, NOTHING, SEGMENT, Condition, Conditions, accounts_of, holds
from accounts.dimension_values import Dimension
from accounts.dimensions import LABELS, OWNER, SIZE, TAG, parameter_of
from accounts.families import name_of_parent, parents
from accounts.models import Contract, RenewalProposal
from accounts.models.contact import BuyingRole, Stance
from accounts.models.contract import ContractKind, EndReason, Settlement
from accounts.models.task import Priority
from accounts.own_filters import own_filter
from accounts.size_bands import SIZE_BANDS
from accounts.task_board import AFTER_TODAY
from accounts.terms import ENDS_SOON_DAYS
from jobs.imports.values import to_amount
from workspaces.filters import Filter, Kind, any_of, column
from workspaces.ids import is_uuid
from workspaces.models import Membership
from workspaces.queries import colleagues

STANDINGS = [("paying", _("Paying")), ("churned", _("Churned")), ("prospect", _("Prospect"))]
ARCHIVED = "archived"
ARCHIVES = [("only", _("only these")), ("too", _("these as well"))]
DUE = [
    ("overdue", _("Overdue")),
    ("today", _("Today")),
    ("week", _("Within 7 days")),
    ("later", _("Later")),
    (NOBODY, _("No date")),
]
STATES = [
    ("running", _("Running")),
    ("ending", _("Ends within 90 days")),
    ("open", _("Renewal undecided")),
    ("ended", _("Ended")),
    ("later", _("Starts later")),
]


def accounts(workspace, user_id: UUID | None, known: Sequence[Dimension]) -> tuple[Filter, ...]:
    """A filter for all that figures are sliced by, as far as a menu can hold its values, for the saved filters that the user
    may choose, and for what else is known of an account.
    """
    found = queries.facets(workspace, *queries.FACETS)
    people = [(str(member.pk), str(member)) for member in colleagues(workspace)]
    saved = {str(one.pk): one for one in queries.visible_filters(workspace, user_id)}
    menus = found | {SIZE: [(band.key, band.label) for band in SIZE_BANDS], OWNER: [*people, (NOBODY, _("No owner"))]}

    def by(key: str) -> Filter:
        choices = menus[key]
        return Filter(
            parameter_of(key),
            LABELS[key],
            choices=lambda _workspace: choices,
            holds=lambda values: holds(workspace, _condition(key, values)),
            missing=None if key == OWNER else holds(workspace, Condition(key, (NOTHING,))),
            # A menu holds the values that accounts have, and not more than some hundreds.
            is_open=key not in (OWNER, SIZE),
            known=_member if key == OWNER else _value_of(key),
        )

    def by_saved(key: str) -> Q:
        conditions = Conditions.of(saved[key].conditions)
        # In a group, a condition that says nothing would be none, and not all rows.
        return reduce(and_, (holds(workspace, one) for one in conditions.all), Q(pk__isnull=False))

    return (
        Filter(
            SEGMENT,
            _("Saved filter"),
            choices=lambda _workspace: [(key, one.name) for key, one in saved.items()],
            holds=any_of(by_saved),
        ),
        Filter("standing", _("Standing"), choices=lambda _workspace: STANDINGS, holds=any_of(_of_standing)),
        column("mrr", _("MRR"), "mrr_cents", Kind.MONEY, may_miss=False, cents=True, reads=to_amount),
        *(by(key) for key in (OWNER, "industry", "region", SIZE, TAG, "channel")),
        *(
            own_filter(workspace, dimension, people, _known(dimension))
            for dimension in known
            if dimension.field is not None
        ),
        column("since", _("Customer since"), "customer_since", Kind.DATE),
        column("renewal", _("Renewal"), "renewal_on", Kind.DATE),
        column("churned", _("Churned on"), "churned_on", Kind.DATE),
        column("employees", _("Employees"), "employees", Kind.NUMBER, is_whole=True, reads=to_amount),
        column("name", _("Name"), "name", Kind.TEXT, may_miss=False),
        column("legal_name", _("Legal name"), "legal_name", Kind.TEXT),
        column("credit_code", _("Credit code"), "credit_code", Kind.TEXT),
        column("website", _("Website"), "website", Kind.TEXT),
        column("external_id", _("External id"), "external_id", Kind.TEXT),
        Filter(
            "parent",
            _("Parent account"),
            choices=parents,
            holds=lambda pks: Q(parent_id__in=pks),
            known=name_of_parent,
            finds=reverse("accounts:account_parents", args=[workspace.slug]),
        ),
        column("created", _("Entered on"), "created_at", Kind.DATE, may_miss=False, is_moment=True),
        Filter(ARCHIVED, _("Archived"), choices=lambda _workspace: ARCHIVES, holds=any_of(_by_archive), is_switch=True),
    )


def _member(workspace, value: str) -> str:
    """What somebody is called whom menus do not offer, because they left."""
    if not is_uuid(value):
        return ""
    member = Membership.objects.filter(workspace=workspace, pk=value).select_related("user").first()
    return str(member.user) if member is not None else ""


def _value_of(dimension: str) -> Callable[[Any, str], str]:
    """A value that accounts have, though menus hold only so many, or the field's choices no longer."""

    def known(workspace, value: str) -> str:
        if dimension == SIZE:
            return ""  # all of them stand in the menu
        return value if accounts_of(workspace, Conditions.of({dimension: [value]})).exists() else ""

    return known


def _known(dimension: Dimension) -> Callable[[Any, str], str]:
    return _member if dimension.is_person else _value_of(dimension.key)


def _condition(key: str, values: Sequence[str]) -> Condition:
    return Condition(key, tuple(NOTHING if value == NOBODY and key == OWNER else value for value in values))


def _of_standing(standing: str) -> Q:
    if standing == "prospect":
        return Q(customer_since__isnull=True)
    return Q(customer_since__isnull=False, churned_on__isnull=standing == "paying")


def _by_archive(which: str) -> Q:
    return Q(is_archived=True) if which == "only" else Q()


def _created() -> Filter:
    return column("created", _("Entered on"), "created_at", Kind.DATE, may_miss=False, is_moment=True)


def _external_id() -> Filter:
    return column("external_id", _("External id"), "external_id", Kind.TEXT)


def owner_of_account() -> Filter:
    """Of a list of what belongs to accounts: whose those are."""

    def owned_by(owner: str) -> Q:
        return Q(account__owner__isnull=True) if owner == NOBODY else Q(account__owner_id=owner)

    return Filter(OWNER, LABELS[OWNER], choices=_owners, holds=any_of(owned_by), known=_member)


def _owners(workspace) -> list[tuple[str, Any]]:
    return [*((str(member.pk), str(member.user)) for member in colleagues(workspace)), (NOBODY, _("No owner"))]


def _of_account(dimension: str) -> Filter:
    """The same of what is written of accounts."""
    path = f"account__{dimension}"
    return Filter(
        dimension,
        LABELS[dimension],
        choices=lambda workspace: queries.facets(workspace, dimension)[dimension],
        holds=lambda values: Q(**{f"{path}__in": list(values)}),
        missing=Q(**{path: ""}),
        is_open=True,
        known=_value_of(dimension),
    )


CONTACTS = (
    Filter(
        "role",
        _("Buying role"),
        choices=lambda workspace: BuyingRole.choices,
        holds=lambda roles: Q(roles__overlap=list(roles)),
        missing=Q(roles=[]),
    ),
    Filter("stance", _("Stance"), choices=lambda workspace: Stance.choices, holds=lambda some: Q(stance__in=some)),
    owner_of_account(),
    _of_account("industry"),
    _of_account("region"),
    column("account", _("Account"), "account__name", Kind.TEXT, may_miss=False),
    column("name", pgettext_lazy("of a person", "Name"), "name", Kind.TEXT, may_miss=False),
    column("title", _("Title"), "title", Kind.TEXT),
    column("mobile", _("Mobile"), "mobile", Kind.TEXT),
    column("wechat", _("WeChat"), "wechat", Kind.TEXT),
    column("email", _("Email"), "email", Kind.TEXT),
    column("note", _("Note"), "note", Kind.TEXT),
    _external_id(),
    _created(),
)

PRODUCTS = (
    column("name", _("Name"), "name", Kind.TEXT, may_miss=False),
    column("code", _("Code"), "code", Kind.TEXT),
    column("description", _("Description"), "description", Kind.TEXT),
    _external_id(),
    _created(),
)

FX_RATES = (
    Filter(
        "currency",
        _("Currency"),
        choices=lambda workspace: [(code, code) for code in queries.currencies_in_use(workspace)[1:]],
        holds=lambda codes: Q(currency__in=codes),
    ),
    column("date", _("From"), "date", Kind.DATE, may_miss=False),
)


def tasks(day: dt.date) -> tuple[Filter, ...]:
    return (
        Filter("assignee", _("For"), choices=_assignees, holds=any_of(_for), known=_member),
        Filter(
            "due", _("Due"), choices=lambda workspace: DUE, holds=any_of(lambda when: _due(when, day)), known=_due_known
        ),
        Filter(
            "priority",
            _("Priority"),
            choices=lambda workspace: Priority.choices,
            holds=lambda values: Q(priority__in=values),
        ),
        column("due_on", _("Due on"), "due_on", Kind.DATE),
        column("title", _("Title"), "title", Kind.TEXT, may_miss=False),
        column("account", _("Account"), "account__name", Kind.TEXT),
        column("note", _("Note"), "note", Kind.TEXT),
        _created(),
    )


def _due(when: str, day: dt.date) -> Q:
    if when == "overdue":
        return Q(due_on__lt=day)
    if when == "today":
        return Q(due_on=day)
    if when == AFTER_TODAY:
        return Q(due_on__range=(day + dt.timedelta(days=1), day + dt.timedelta(days=7)))
    if when == "week":
        return Q(due_on__range=(day, day + dt.timedelta(days=7)))
    return Q(due_on__gt=day + dt.timedelta(days=7)) if when == "later" else Q(due_on__isnull=True)


def _due_known(workspace, when: str) -> Any:
    """The column of boards and the group beside "Today" is no entry of the menu, which has a week with today in it."""
    return _("Next 7 days") if when == AFTER_TODAY else ""


def _for(assignee: str) -> Q:
    return Q(assignee__isnull=True) if assignee == NOBODY else Q(assignee_id=assignee)


def _assignees(workspace) -> list[tuple[str, Any]]:
    members = [(str(member.pk), str(member.user)) for member in colleagues(workspace)]
    return [*members, (NOBODY, _("Nobody"))]


def contracts(day: dt.date) -> tuple[Filter, ...]:
    return (
        Filter(
            "kind",
            _("Kind"),
            choices=lambda workspace: ContractKind.choices,
            holds=lambda kinds: Q(kind__in=kinds),
        ),
        Filter("state", _("State"), choices=lambda workspace: STATES, holds=any_of(lambda one: _in_state(one, day))),
        Filter(
            "currency",
            _("Currency"),
            choices=lambda workspace: [(code, code) for code in queries.currencies_in_use(workspace)],
            holds=lambda codes: Q(currency__in=codes),
            known=_currency_of_contracts,
        ),
        owner_of_account(),
        column("account", _("Account"), "account__name", Kind.TEXT, may_miss=False),
        column("number", _("Number"), "number", Kind.TEXT),
        column("start", _("First day"), "starts_on", Kind.DATE, may_miss=False),
        column("end", _("Last day"), "ends_on", Kind.DATE),
        column("signed", _("Signed on"), "signed_on", Kind.DATE),
        column("notice", _("Notice given on"), "cancelled_on", Kind.DATE),
        Filter(
            "auto_renew",
            _("Renews itself"),
            choices=lambda workspace: [("yes", _("yes")), ("no", _("no"))],
            holds=lambda values: Q(auto_renew__in=[value == "yes" for value in values]),
        ),
        Filter(
            "settlement",
            _("Settlement"),
            choices=lambda workspace: Settlement.choices,
            holds=lambda values: Q(settlement__in=values),
            missing=Q(settlement=""),
        ),
        Filter(
            "end_reason",
            _("End reason"),
            choices=lambda workspace: EndReason.choices,
            holds=lambda values: Q(end_reason__in=values),
            missing=Q(end_reason=""),
        ),
        column("note", _("Note"), "note", Kind.TEXT),
        _external_id(),
    )


def _currency_of_contracts(workspace, code: str) -> str:
    """A currency in which contracts are written, though no rate is left of it."""
    return code if Contract.objects.filter(workspace=workspace, currency=code).standing().exists() else ""


class _AddMonths(Func):
    function = "add_months"
    output_field = DateField()


class _WholeMonths(Func):
    function = "whole_months"
    output_field = IntegerField()


def last_day() -> Expression:
    """The last day of a contract by its own dates (accounts.terms.Terms): one that renews itself ends with the term in
    which notice is given, and one that never does, at the end of days.
    """
    after = ExpressionWrapper(F("ends_on") + 1, output_field=DateField())
    months = Greatest(_WholeMonths(F("starts_on"), after), Value(1))
    rolls = _WholeMonths(after, F("cancelled_on")) / months + 1
    rolled = ExpressionWrapper(_AddMonths(after, rolls * months) - 1, output_field=DateField())
    never = Value(dt.date.max, DateField())
    return Case(
        When(Q(ends_on__isnull=True) | Q(auto_renew=True, cancelled_on__isnull=True), then=never),
        When(auto_renew=True, cancelled_on__gt=F("ends_on"), then=rolled),
        default=F("ends_on"),
        output_field=DateField(),
    )


def _in_state(state: str, day: dt.date) -> Q:
    """Contracts by where they stand on `day`, as far as their own dates tell; `open`: asked whether they renew another."""
    if state == "running":
        return Q(starts_on__lte=day) & Q(GreaterThanOrEqual(last_day(), day))
    if state == "ending":
        renewed = Contract.objects.filter(workspace_id=OuterRef("workspace_id"), renews=OuterRef("pk"))
        ends_soon = Range(last_day(), (day, day + dt.timedelta(days=ENDS_SOON_DAYS)))
        return ~Q(Exists(renewed.standing())) & Q(kind=ContractKind.SUBSCRIPTION) & Q(ends_soon)
    if state == "open":
        asked = RenewalProposal.objects.filter(
            workspace_id=OuterRef("workspace_id"), contract=OuterRef("pk"), decided_at__isnull=True
        )
        return Q(Exists(asked))
    if state == "ended":
        return Q(LessThan(last_day(), day))
    return Q(starts_on__gt=day)
