"""What a customer costs to win and what it brings, per channel of origin and of spend, beside the company as a whole."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from accounts.models import TraitChange
from accounts.terms import add_months
from leads.models import Spend
from metrics import queries, statements
from metrics.calendar import Period, month_end
from metrics.models import Movement, PeriodFigures
from metrics.ratios import Sums
from metrics.registry import METRICS
from workspaces.models import MetricSettings

NOTHING = Decimal("0.00")
# The channel of accounts that nobody named one for: what came of them is attributable to no spend.
NOT_ATTRIBUTABLE = ""
# Figures that the channels and what is not attributable add up to.
SUMS = ("spend", "cac_spend", "new_customers", "new", "customers", "mrr")
RATIOS = ("asp", "arpa", "cac", "ltv", "ltv_cac", "cac_payback_months")


@dataclass(frozen=True)
class Line:
    """A channel's unit economics in a period, or those of all together (channel None). Amounts in base currency.

    spend: in the period itself. cac_spend: in the window that the lag of acquisition cost points at, of which `cac` is
    made. new: MRR of the new customers on their first day. Ratios as in the registry, of this channel's sums alone, None
    where they have no value; lifetime value rests on the channel's own churn of the last months. Spend is None where nobody
    knows for whom it was.
    """

    channel: str | None
    spend: Decimal | None
    cac_spend: Decimal | None
    new_customers: int
    new: Decimal
    customers: int
    mrr: Decimal
    asp: Decimal | None
    arpa: Decimal | None
    cac: Decimal | None
    ltv: Decimal | None
    ltv_cac: Decimal | None
    cac_payback_months: Decimal | None


@dataclass(frozen=True)
class Campaign:
    """What was spent on a campaign in a period; name "": entries that name none."""

    channel: str
    name: str
    entries: int
    spend: Decimal


@dataclass(frozen=True)
class Economics:
    """A period's lines: the channels, those that cost most first, then what is not attributable, where there is any.
    `whole` is what they add up to, with the registry's own ratios. cac_first, cac_last: the days that cac_spend is of.
    """

    period: Period
    through: dt.date
    cac_first: dt.date
    cac_last: dt.date
    channels: list[Line]
    whole: Line

    @property
    def is_closed(self) -> bool:
        return self.through == self.period.ends_on


def unit_economics(
    workspace, *, first: dt.date, last: dt.date, interval: str, whole: Sequence[Mapping[str, Any]] | None = None
) -> list[Economics]:
    """One entry for each period that has figures, oldest first. Seven queries, whatever the number of periods; five where
    `whole`, the rows of COMPANY_KEYS for these periods, was read before.
    """
    if whole is None:
        rows: Sequence[Mapping[str, Any]] = queries.series(
            workspace=workspace, keys=COMPANY_KEYS, first=first, last=last, interval=interval
        )
        whole = rows
    if not whole:
        return []
    figures = {
        row.starts_on: row
        for row in PeriodFigures.objects.filter(
            workspace=workspace, interval=interval, starts_on__in=[row["starts_on"] for row in whole]
        )
    }
    lags = _lags(workspace)
    spans = [_span(workspace, figures[row["starts_on"]], lags) for row in whole]
    sums = _origin_sums(workspace, spans)
    churn = _churn(workspace, list(figures.values()))
    spent = _spending(workspace, min(min(span.first, span.cac_first) for span in spans), max(s.through for s in spans))
    return [
        _economics(span, row, figures[span.first], sums.get(span.first, {}), churn, spent)
        for span, row in zip(spans, whole, strict=True)
    ]


_KEYS = ("new_customers", "customers", "mrr", *RATIOS)
COMPANY_KEYS = ("spend", *_KEYS)


@dataclass(frozen=True)
class Span:
    """A period as far as it is closed, and the days of the spend that its acquisition cost is made of."""

    period: Period
    through: dt.date
    cac_first: dt.date
    cac_last: dt.date

    @property
    def first(self) -> dt.date:
        return self.period.starts_on


def _lags(workspace) -> Callable[[dt.date], int]:
    """By day: how many months earlier spend counts for the customers of a period that is closed through it."""
    rows = list(MetricSettings.objects.filter(workspace=workspace).order_by("-effective_from"))

    def on(day: dt.date) -> int:
        return next((row.cac_lag_months for row in rows if row.effective_from <= day), 0)

    return on


def _span(workspace, figures: PeriodFigures, lags: Callable[[dt.date], int]) -> Span:
    """As metrics.periods takes the lag: by whole calendar months, and not past the last closed day."""
    period = Period(figures.starts_on, figures.interval, workspace.fiscal_year_start_month)
    lag = lags(figures.through)
    last = add_months(period.next().starts_on, -lag) - dt.timedelta(days=1)
    return Span(period, figures.through, add_months(period.starts_on, -lag), min(last, figures.through))


def _origin_sums(workspace, spans: Sequence[Span]) -> dict[dt.date, dict[str, dict]]:
    found: dict[dt.date, dict[str, dict]] = {}
    for row in statements.fetch_all(
        "origin_sums",
        workspace=workspace.pk,
        starts=[span.first for span in spans],
        throughs=[span.through for span in spans],
    ):
        found.setdefault(row["starts_on"], {})[row["channel"]] = row
    return found


def _churn(workspace, figures: Iterable[PeriodFigures]) -> dict[dt.date, dict[str, tuple[int, int]]]:
    """By first day of a month and channel: (churned customers, customers at the start), for the months that the
    lifetime values of these periods look at.
    """
    closed: dict[dt.date, dt.date] = {}
    for row in figures:
        month = row.through.replace(day=1)
        closed[month] = max(closed.get(month, row.through), row.through)
        for back in range(1, row.ltv_churn_months):
            closed.setdefault(add_months(month, -back), month_end(add_months(month, -back)))
    found: dict[dt.date, dict[str, tuple[int, int]]] = {}
    for answer in statements.fetch_all(
        "origin_churn", workspace=workspace.pk, starts=list(closed), throughs=list(closed.values())
    ):
        of_month = found.setdefault(answer["starts_on"], {})
        of_month[answer["channel"]] = (answer["churned_customers"], answer["customers_start"])
    return found


type Spending = Mapping[str, Sequence[tuple[dt.date, Decimal]]]


def _spending(workspace, first: dt.date, last: dt.date) -> Spending:
    rows = (
        Spend.objects.standing()
        .filter(workspace=workspace, date__range=(first, last))
        .values_list("channel__name", "date")
        .annotate(total=Sum("amount"))
        .order_by("channel__name", "date")
    )
    found: dict[str, list[tuple[dt.date, Decimal]]] = {}
    for channel, day, amount in rows:
        found.setdefault(channel, []).append((day, amount))
    return found


def _spent(spending: Spending, channel: str, first: dt.date, last: dt.date) -> Decimal:
    return sum((amount for day, amount in spending.get(channel, ()) if first <= day <= last), NOTHING)


def _economics(span: Span, row: Mapping[str, Any], figures: PeriodFigures, origins, churn, spending) -> Economics:
    months = [add_months(span.through.replace(day=1), -back) for back in range(figures.ltv_churn_months)]
    lines = []
    for channel in {*origins, *spending}:
        line = _line(
            channel,
            origins.get(channel, {}),
            spend=_spent(spending, channel, span.first, span.through),
            cac_spend=_spent(spending, channel, span.cac_first, span.cac_last),
            churn=[churn[month][channel] for month in months if channel in churn.get(month, {})],
            gross_margin_percent=figures.gross_margin_percent,
        )
        if any(getattr(line, name) for name in SUMS):
            lines.append(line)
    lines.sort(key=lambda line: (line.channel == NOT_ATTRIBUTABLE, -(line.cac_spend or 0), -line.mrr, line.channel))
    whole = Line(
        None,
        spend=row["spend"],
        cac_spend=figures.cac_spend,
        new=figures.new,
        **{key: row[key] for key in _KEYS},
    )
    return Economics(span.period, span.through, span.cac_first, span.cac_last, lines, whole)


def _line(channel: str, origin: Mapping[str, Any], *, spend, cac_spend, churn, gross_margin_percent) -> Line:
    """The registry's ratios, worked out of one channel's sums."""
    known: dict[str, Any] = {
        "mrr_end": origin.get("mrr_end", NOTHING),
        "customers_end": origin.get("customers_end", 0),
        "new_customers": origin.get("new_customers", 0),
        "new": origin.get("new", NOTHING),
        "spend": spend,
        "cac_spend": cac_spend,
        "gross_margin_percent": gross_margin_percent,
        "monthly_churn": churn,
    }
    sums = Sums(**dict.fromkeys(Sums._fields, 0) | known)
    told: dict[str, Any] = {key: METRICS[key].compute(sums) for key in _KEYS}
    if channel == NOT_ATTRIBUTABLE:
        # Nothing was spent for these that anybody knows of, which is not to say that they cost nothing.
        told |= dict.fromkeys(("cac", "ltv_cac", "cac_payback_months"))
    return Line(channel, spend, cac_spend, new=sums.new, **told)


def campaigns(workspace, *, first: dt.date, last: dt.date) -> list[Campaign]:
    """What was spent on each campaign from `first` through `last`, the dearest first; those of a channel
    add up to its spend.
    """
    rows = (
        Spend.objects.standing()
        .filter(workspace=workspace, date__range=(first, last))
        .values_list("channel__name", "campaign")
        .annotate(entries=Count("pk"), total=Sum("amount"))
        .order_by("-total", "channel__name", "campaign")
    )
    return [Campaign(*row) for row in rows]


def new_customers(workspace, *, first: dt.date, through: dt.date, channel: str) -> QuerySet[Any]:
    """The movements `new` of accounts of this channel of origin as of `through`: the rows behind new customers and
    their MRR.
    """
    changes = TraitChange.objects.filter(
        workspace=OuterRef("workspace"), account=OuterRef("account"), dimension="channel", changed_on__gt=through
    )
    then = Subquery(changes.order_by("changed_on").values("before__0")[:1])
    rows = Movement.objects.filter(workspace=workspace, kind="new", day__range=(first, through))
    return rows.annotate(origin=Coalesce(then, "account__channel")).filter(origin=channel).select_related("account")


def spend_entries(workspace, *, first: dt.date, last: dt.date, channel: str) -> QuerySet[Any]:
    """The entries behind a channel's spend."""
    rows = Spend.objects.standing().filter(workspace=workspace, date__range=(first, last), channel__name=channel)
    return rows.order_by("-date", "pk")
