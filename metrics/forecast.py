"""The next quarters as far as contracts tell: docs/decisions/0018-the-forecast-says-only-what-contracts-say.md."""

import datetime as dt
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum

from metrics import ratios, statements
from metrics.calendar import Period, first_months, month_ends, period_of
from metrics.models import RENEWED, UNSETTLED, Interval, Outcome, PeriodFigures, Standing, TermEnd
from metrics.renewals import term_ends

QUARTERS = 2
TRAILING_QUARTERS = 4
# Of how many renewals the rate of a part of the accounts is told: with 30, a rate of 85 % is known to about 13 points.
LEAST_OF_PART = 30
NOTHING = Decimal("0.00")


@dataclass(frozen=True)
class TrailingRate:
    """The renewal rate by value of the last whole quarters: names of the first and the last of them, how many term ends
    were due and renewed in all, and what they were worth. `rate` is exact; None when nothing was due.

    part_due: where a part of the accounts is asked for, how many of its own were due; is_of_part: those were enough, so that
    all numbers are of that part.
    """

    first: str | None
    last: str | None
    due: int
    renewed: int
    value_due: Decimal
    value_renewed: Decimal
    part_due: int = 0
    is_of_part: bool = False

    @property
    def rate(self) -> Fraction | None:
        return ratios.over(self.value_renewed, self.value_due)


@dataclass(frozen=True)
class Month:
    """MRR at the end of `ends_on`, at today's rates.

    known: nothing but the known happens: what is signed begins, what has an end ends. all_renewed: and every renewal not
    settled yet is made, as it stands. expected: and as many of them as the trailing rate says; None without one.
    gained and lost are the known changes since the last closed day, of `accounts` accounts.
    """

    ends_on: dt.date
    known: Decimal
    gained: Decimal
    lost: Decimal
    accounts: int
    all_renewed: Decimal
    expected: Decimal | None


@dataclass(frozen=True)
class Quarter:
    """The renewals that fall due in a quarter after the last closed day; each amount in base currency.

    `unsettled` are those of which nobody knows yet; at_risk is what of them is not expected at the trailing rate.
    """

    period: Period
    first: dt.date
    due: int
    value_due: Decimal
    renewed: int
    value_renewed: Decimal
    given_up: int
    value_given_up: Decimal
    unsettled: int
    value_unsettled: Decimal
    expected: Decimal | None
    at_risk: Decimal | None

    @property
    def is_rest(self) -> bool:
        """Some of the quarter is closed already."""
        return self.first > self.period.starts_on


@dataclass(frozen=True)
class Forecast:
    """mrr: at the end of the last closed day. open, value_open: term ends that are past and wait in their grace; they
    belong to no quarter to come.
    """

    closed: dt.date
    mrr: Decimal
    rate: TrailingRate
    open: int
    value_open: Decimal
    months: list[Month]
    quarters: list[Quarter]


def forecast(workspace, *, closed: dt.date, among: QuerySet | None = None) -> Forecast:
    """What is known, on the last closed day, of the rest of its quarter and of the QUARTERS after it. Five queries,
    six of a part.

    among: ids of the accounts that it is of, all when None. The rate is theirs when enough of their renewals fell due, else
    the whole workspace's: see decision 0018 for why.
    """
    periods = _quarters_to_come(workspace, closed)
    trailing = _trailing_rate(workspace, closed, among)
    mrr = _mrr(workspace, closed, among)
    waiting = _waiting(workspace, closed, periods[-1].ends_on, among)
    open_now = [row for row in waiting if row["standing"] == Standing.OPEN]
    return Forecast(
        closed=closed,
        mrr=mrr,
        rate=trailing,
        open=sum(row["count"] for row in open_now),
        value_open=sum((row["total"] for row in open_now), NOTHING),
        months=_months(workspace, closed, periods[-1].ends_on, mrr, waiting, trailing.rate, among),
        quarters=[_quarter(period, closed, waiting, trailing.rate) for period in periods],
    )


def coming_quarters(workspace, *, closed: dt.date, among: QuerySet | None = None) -> list[Quarter]:
    """The quarters of `forecast` alone. Three queries, four of a part."""
    periods = _quarters_to_come(workspace, closed)
    rate = _trailing_rate(workspace, closed, among).rate
    waiting = _waiting(workspace, closed, periods[-1].ends_on, among)
    return [_quarter(period, closed, waiting, rate) for period in periods]


def _waiting(workspace, closed: dt.date, last: dt.date, among: QuerySet | None = None) -> list[dict]:
    """The term ends to come until `last` and those still open, added up by what decides about them."""
    rows = term_ends(workspace, closed=closed).filter(
        Q(day__gt=closed) | Q(outcome=Outcome.UNDECIDED, grace_ends_on__gte=closed), day__lte=last
    )
    if among is not None:
        rows = rows.filter(account__in=among)
    by = rows.order_by().values("day", "grace_ends_on", "standing", "outcome")
    return list(by.annotate(count=Count("number"), total=Sum("worth", default=NOTHING)))


def _quarters_to_come(workspace, closed: dt.date) -> list[Period]:
    """Whole quarters, and before them what is left of the one of `closed`."""
    period = period_of(closed, Interval.QUARTER, workspace.fiscal_year_start_month)
    periods = [period] if closed < period.ends_on else []
    for _number in range(QUARTERS):
        period = period.next()
        periods.append(period)
    return periods


def _trailing_rate(workspace, closed: dt.date, among: QuerySet | None = None) -> TrailingRate:
    start_month = workspace.fiscal_year_start_month
    # Until the next closing there may be quarters of another fiscal calendar.
    rows = PeriodFigures.objects.filter(
        workspace=workspace,
        interval=Interval.QUARTER,
        starts_on__month__in=first_months(Interval.QUARTER, start_month),
    )
    whole = [row for row in rows.order_by("-starts_on")[: TRAILING_QUARTERS + 1] if row.is_closed][:TRAILING_QUARTERS]
    periods = [Period(row.starts_on, Interval.QUARTER, start_month) for row in whole]
    rate = TrailingRate(
        first=periods[-1].name if periods else None,
        last=periods[0].name if periods else None,
        due=sum(row.contracts_due for row in whole),
        renewed=sum(row.contracts_renewed for row in whole),
        value_due=sum((row.value_due for row in whole), NOTHING),
        value_renewed=sum((row.value_renewed for row in whole), NOTHING),
    )
    if among is None or not periods:
        return rate
    ends = TermEnd.objects.filter(
        workspace=workspace, day__range=(periods[-1].starts_on, periods[0].ends_on), account__in=among
    )
    own = (
        ends.with_standing(closed)
        .order_by()
        .aggregate(
            due=Count("day"),
            renewed=Count("day", filter=Q(standing__in=RENEWED)),
            value_due=Sum("value", default=NOTHING),
            value_renewed=Sum("value_renewed", default=NOTHING),
        )
    )
    if own["due"] < LEAST_OF_PART:
        return replace(rate, part_due=own["due"])
    return replace(rate, **own, part_due=own["due"], is_of_part=True)


def _mrr(workspace, closed: dt.date, among: QuerySet | None) -> Decimal:
    if among is not None:
        (row,) = statements.fetch_all(
            "forecast_now", among=among, workspace=workspace.pk, base=workspace.base_currency, closed=closed
        )
        return row["mrr"]
    rows = PeriodFigures.objects.filter(workspace=workspace, interval=Interval.MONTH).order_by("-starts_on")
    return rows.values_list("mrr_end", flat=True).first() or NOTHING


def _months(workspace, closed, last, mrr, waiting, rate: Fraction | None, among: QuerySet | None) -> list[Month]:
    ends = month_ends(closed + dt.timedelta(days=1), last)
    changes = {
        row["day"]: row
        for row in statements.fetch_all(
            "forecast_months",
            among=among,
            workspace=workspace.pk,
            base=workspace.base_currency,
            closed=closed,
            days=ends,
        )
    }
    months = []
    for end in ends:
        change = changes.get(end, {"gained": NOTHING, "lost": NOTHING, "accounts": 0})
        known = mrr + change["gained"] + change["lost"]
        unsettled = [row for row in waiting if row["standing"] in UNSETTLED and row["day"] <= end]
        # A contract that does not renew itself is known to end after its grace; those in it are in `known` still.
        ended = [
            row["total"] for row in unsettled if row["outcome"] == Outcome.UNDECIDED and row["grace_ends_on"] < end
        ]
        all_renewed = known + sum(ended, NOTHING)
        hoped = sum((row["total"] for row in unsettled), NOTHING)
        expected = None if rate is None else ratios.money(Fraction(all_renewed) - Fraction(hoped) * (1 - rate))
        months.append(Month(end, known, change["gained"], change["lost"], change["accounts"], all_renewed, expected))
    return months


def _quarter(period: Period, closed: dt.date, waiting: list[dict], rate: Fraction | None) -> Quarter:
    first = max(period.starts_on, closed + dt.timedelta(days=1))
    rows = [row for row in waiting if first <= row["day"] <= period.ends_on]

    def added(*standings) -> tuple[int, Decimal]:
        chosen = [row for row in rows if row["standing"] in standings]
        return sum(row["count"] for row in chosen), sum((row["total"] for row in chosen), NOTHING)

    unsettled, value_unsettled = added(*UNSETTLED)
    expected = None if rate is None else ratios.money(Fraction(value_unsettled) * rate)
    return Quarter(
        period,
        first,
        *added(*Standing.values),
        *added(*RENEWED),
        *added(Standing.GIVEN_UP),
        unsettled,
        value_unsettled,
        expected,
        None if expected is None else value_unsettled - expected,
    )


@dataclass(frozen=True)
class AccountChange:
    """What is known to happen to an account's MRR until a day, in base currency."""

    account_id: UUID
    external_id: str | None
    name: str
    before: Decimal
    after: Decimal
    change: Decimal


def known_changes(
    workspace,
    *,
    closed: dt.date,
    day: dt.date,
    after: UUID | None = None,
    most: int = 50,
    among: QuerySet | None = None,
) -> list[AccountChange]:
    """The accounts behind a month's `known`: those whose MRR on `day` is known to be another than on `closed`, by id.

    after: the last account of the page before; among: as of `forecast`. Their changes add up to known − mrr.
    """
    rows = statements.fetch_all(
        "forecast_accounts",
        among=among,
        workspace=workspace.pk,
        base=workspace.base_currency,
        closed=closed,
        day=day,
        after=after,
        most=most,
    )
    return [AccountChange(**row) for row in rows]
