"""Renewals: every term end with where it stands, and how many were renewed, by period and owner."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, F, OrderBy, OuterRef, QuerySet, Subquery, Sum, UUIDField, Value, When, Window
from django.db.models.functions import Cast, Coalesce, RowNumber, TruncMonth
from django.utils.translation import gettext as _

from accounts.models import RenewalStage, TraitChange
from accounts.models.renewal_stage import Stage
from metrics import ratios
from metrics.calendar import Period, period_of
from metrics.models import RENEWED, UNSETTLED, Standing, TermEnd
from metrics.rates import rates_on
from workspaces.board import Column
from workspaces.models import Membership

NOTHING = Decimal("0.00")
SETTLED_WELL, SETTLED_BADLY = "renewed", "lost"


def term_ends(workspace, *, closed: dt.date) -> QuerySet[Any]:
    """Every term end with `standing` as of `closed` (the last closed day), `worth` in base currency and `owner_id`.

    worth: the value on the term end; of one still to come what the contract's MRR on that day comes to at the rates of
    `closed`, None where such a rate is missing. owner_id: who owned the account on the term end, now for one to come.
    stage: how far people are with it.
    """
    stages = RenewalStage.objects.filter(
        workspace=OuterRef("workspace"), contract=OuterRef("contract"), number=OuterRef("number")
    )
    rows = TermEnd.objects.filter(workspace=workspace).annotate(
        stage=Coalesce(Subquery(stages.values("stage")), Value(Stage.NOT_STARTED))
    )
    return with_owner(rows.with_standing(closed).with_worth(rates_on(workspace, closed)))


def where_it_stands() -> Case:
    """The column of a row of `term_ends` on a board: its stage, or what became of it once that is settled."""
    return Case(
        When(standing__in=RENEWED, then=Value(SETTLED_WELL)),
        When(standing__in=UNSETTLED, then=F("stage")),
        default=Value(SETTLED_BADLY),
    )


def by_day() -> list[OrderBy]:
    """The order of rows of `term_ends` on that board: what is to be settled by its day, what is settled the latest first."""
    coming = Case(When(standing__in=UNSETTLED, then=F("day")))
    return [coming.asc(nulls_last=True), F("day").desc()]


def stage_columns() -> list[Column]:
    """The columns of that board; only contracts, by their dates, put a renewal into the last two."""
    return [
        *(Column(stage.value, stage.label) for stage in Stage),
        Column(SETTLED_WELL, _("Renewed"), takes=False, tone="good"),
        Column(SETTLED_BADLY, _("Given up or lost"), takes=False, tone="risk"),
    ]


def with_owner(rows: QuerySet[Any]) -> QuerySet[Any]:
    """`owner_id` beside each row: the membership that owned the account on the day, None when nobody did."""
    changes = TraitChange.objects.filter(
        workspace=OuterRef("workspace"), account=OuterRef("account"), dimension="owner", changed_on__gt=OuterRef("day")
    )
    then = Cast(Subquery(changes.order_by("changed_on").values("before__0")[:1]), UUIDField())
    return rows.annotate(owner_id=Coalesce(then, F("account__owner_id")))


@dataclass(frozen=True)
class Tally:
    """How many term ends stand in one way, and what they are worth in base currency."""

    standing: str
    count: int
    worth: Decimal


def tallies(rows: QuerySet[Any]) -> list[Tally]:
    """`rows` of `term_ends` added up by standing, in the order of Standing."""
    sums = rows.order_by().values("standing").annotate(count=Count("day"), total=Sum("worth", default=NOTHING))
    found = {row["standing"]: Tally(row["standing"], row["count"], row["total"]) for row in sums}
    return [found[standing] for standing in Standing.values if standing in found]


@dataclass(frozen=True)
class CalendarDay:
    """A day on which renewals fall due: how many, what they are worth, and the largest few."""

    day: dt.date
    count: int
    worth: Decimal
    largest: list[TermEnd]


def calendar_days(rows: QuerySet[Any], *, most: int) -> dict[dt.date, CalendarDay]:
    """The days on which any of `rows` falls due, each with at most `most` rows of its own. Two queries."""
    sums = rows.order_by().values("day").annotate(count=Count("number"), total=Sum("worth", default=NOTHING))
    place = Window(RowNumber(), partition_by=F("day"), order_by=[F("worth").desc(nulls_last=True), F("contract_id")])
    shown: dict[dt.date, list[TermEnd]] = {}
    for row in rows.select_related("account").annotate(place=place).filter(place__lte=most).order_by("day", "place"):
        shown.setdefault(row.day, []).append(row)
    return {row["day"]: CalendarDay(row["day"], row["count"], row["total"], shown[row["day"]]) for row in sums}


@dataclass
class RenewalRate:
    """What became of the term ends of a period (of one owner's accounts, where asked by owner), as of the last closed
    day. `due` are all that fell due by then, the open ones among them. Amounts in base currency.
    """

    period: Period
    owner_id: UUID | None
    counts: dict[str, int]
    value_due: Decimal
    value_renewed: Decimal

    @property
    def due(self) -> int:
        return sum(self.counts.values())

    @property
    def renewed(self) -> int:
        return sum(self.counts[standing] for standing in RENEWED)

    @property
    def rate(self) -> Decimal | None:
        return ratios.rate(ratios.over(self.renewed, self.due))

    @property
    def rate_value(self) -> Decimal | None:
        return ratios.rate(ratios.over(self.value_renewed, self.value_due))


def _nothing_due(period: Period, owner_id: UUID | None) -> RenewalRate:
    return RenewalRate(period, owner_id, dict.fromkeys(Standing.values, 0), NOTHING, NOTHING)


def renewal_rates(
    workspace, *, closed: dt.date, first: dt.date, last: dt.date, interval: str, is_by_owner: bool = False
) -> list[RenewalRate]:
    """One row for each period from the one of `first` to the one of `last` in which anything fell due, oldest first,
    then for each owner, those with the most first. The same figures as the metrics renewal_rate and renewal_rate_value
    of the period. One query.
    """
    start_month = workspace.fiscal_year_start_month
    ends_on = min(period_of(last, interval, start_month).ends_on, closed)
    rows = with_owner(TermEnd.objects.filter(workspace=workspace).with_standing(closed))
    sums = (
        rows.filter(day__range=(period_of(first, interval, start_month).starts_on, ends_on))
        .order_by()
        .annotate(month=TruncMonth("day"))
        .values("month", "standing", *(["owner_id"] if is_by_owner else []))
        .annotate(count=Count("day"), worth=Sum("value"), renewed=Sum("value_renewed"))
    )
    found: dict[tuple[Period, UUID | None], RenewalRate] = {}
    for row in sums:
        period, owner = period_of(row["month"], interval, start_month), row.get("owner_id")
        rate = found.setdefault((period, owner), _nothing_due(period, owner))
        rate.counts[row["standing"]] += row["count"]
        rate.value_due += row["worth"]
        rate.value_renewed += row["renewed"]
    return sorted(found.values(), key=lambda one: (one.period.starts_on, -one.value_due, str(one.owner_id)))


def by_period(rate: RenewalRate) -> Period:
    return rate.period


def by_owner(rate: RenewalRate) -> UUID | None:
    return rate.owner_id


def added_up[Key](rows: Iterable[RenewalRate], by: Callable[[RenewalRate], Key]) -> dict[Key, RenewalRate]:
    """The rates of those that are the same `by` (`by_period`, `by_owner`) as one; those with the most due first."""
    found: dict[Key, RenewalRate] = {}
    for row in rows:
        total = found.setdefault(by(row), _nothing_due(row.period, row.owner_id))
        for standing, count in row.counts.items():
            total.counts[standing] += count
        total.value_due += row.value_due
        total.value_renewed += row.value_renewed
    return dict(sorted(found.items(), key=lambda item: (-item[1].value_due, str(item[0]))))


def owners_of(workspace) -> Mapping[UUID, Membership]:
    """Whoever may own an account or owned one, by id."""
    return {member.pk: member for member in Membership.objects.filter(workspace=workspace).select_related("user")}
