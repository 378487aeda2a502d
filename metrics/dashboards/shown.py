"""A dashboard's parts as texts and chart data, of one period and one part of the book.

However many parts there are, figures are read once for all tiles and courses, and once for all charts of changes.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from metrics import breakdown, overview, queries
from metrics.calendar import MONTHS, add_months
from metrics.dashboards.parts import BRIDGE, COURSE, MOVEMENTS, OF_CHANGES, OF_METRIC, TILE, Part
from metrics.period_names import period_name
from metrics.registry import METRICS, Metric
from metrics.slices import queries as slices
from metrics.slices.slice import Slice

Row = Mapping[str, Any]
# How many periods a course shows.
COURSE_LENGTHS = {"month": 24, "quarter": 12, "year": 6}
# What the sample under a tile is said from.
NOTED = {
    "mrr": ("committed_mrr",),
    "customers": ("new_customers",),
    "customer_churn_rate": ("churned_customers",),
    "cac": ("new_customers",),
    "ltv_cac": ("cac",),
    "cac_payback_months": ("cac",),
    "renewal_rate": ("contracts_due", "contracts_renewed", "contracts_open"),
}


@dataclass(frozen=True)
class Figures:
    """Rows by period, oldest first: of metrics, and of changes of MRR. unavailable: metric → why it has no value here."""

    rows: Sequence[Row]
    changes: Sequence[Row]
    unavailable: Mapping[str, str] = field(default_factory=dict)

    def row_of(self, starts_on: dt.date) -> Row | None:
        return next((row for row in self.rows if row["starts_on"] == starts_on), None)


def figures(
    workspace, parts: Sequence[Part], *, starts_on: dt.date, interval: str, compare: str, chosen: Slice
) -> Figures:
    """What `parts` need, up to the period that begins on `starts_on`. Raises MissingRate as slices do."""
    wanted = [part.key for part in parts if part.kind in OF_METRIC]
    keys = list(dict.fromkeys([*wanted, *(other for key in wanted for other in NOTED.get(key, ()))]))
    length = COURSE_LENGTHS[interval] if any(part.kind in (COURSE, MOVEMENTS) for part in parts) else 1
    back = max(MONTHS[interval] * (length - 1), 12 if compare == "year" else MONTHS[interval])
    window = {
        "workspace": workspace,
        "first": add_months(starts_on, -back),
        "last": starts_on,
        "interval": interval,
    }
    needs_changes = any(part.kind in OF_CHANGES for part in parts)
    if chosen.is_whole:
        rows = queries.series(**window, keys=keys) if keys else []
        return Figures(rows, queries.bridge(**window) if needs_changes else [])
    found = slices.series(**window, keys=keys, chosen=chosen) if keys else slices.Grouped([], {})
    changes = slices.bridge(**window, chosen=chosen).rows if needs_changes else []
    return Figures(found.rows, changes, found.unavailable)


@dataclass(frozen=True)
class ShownPart:
    """tile: as of metrics.overview.tile; chart: chart data. metric: of the "i"; none for charts of changes. nothing: why
    there is nothing to show.
    """

    part: Part
    label: Any
    href: str
    metric: Metric | None = None
    tile: Mapping[str, Any] | None = None
    chart: Mapping[str, Any] | None = None
    legend: Sequence[Mapping[str, Any]] = ()
    nothing: str = ""
    note: str = ""

    @property
    def id(self) -> str:
        return f"part-{self.part.id}"

    @property
    def info(self) -> str:
        return f"about-{self.metric.key}" if self.metric else ""


def shown_parts(
    parts: Sequence[Part],
    found: Figures,
    *,
    starts_on: dt.date,
    interval: str,
    compare: str,
    is_whole: bool,
    currency: str,
    language: str,
    href: Callable[[str, str], str],
) -> list[ShownPart]:
    """href(metric or kind of change, period): the rows behind it."""
    now = found.row_of(starts_on)
    shift = 12 if compare == "year" else MONTHS[interval]
    then = found.row_of(add_months(starts_on, -shift)) if now and now["closed"] else None
    against = _("vs %(period)s") % {"period": period_name(then["period"], language, short=True)} if then else ""
    texts: dict[str, Any] = {"currency": currency, "language": language}
    length = COURSE_LENGTHS[interval]
    shown = []
    for part in parts:
        if part.kind == TILE:
            shown.append(_tile(part, now, then, found, against=against, href=href, **texts))
        elif part.kind == COURSE:
            shown.append(_course(part, found.rows[-length:], found, href=href, **texts))
        else:
            shown.append(_changes(part, found.changes[-length:], starts_on, is_whole=is_whole, href=href, **texts))
    return shown


def _tile(part: Part, now: Row | None, then: Row | None, found: Figures, *, against, currency, language, href):
    metric = METRICS[part.key]
    if now is None:
        tile = {"label": overview.spec_of(part.key).short or metric.name, "none": _("no figures in this period")}
        return ShownPart(part, tile["label"], "", metric, tile=tile)
    tile = overview.tile(
        overview.spec_of(part.key),
        now,
        then,
        against=against,
        currency=currency,
        language=language,
        href=lambda key: href(key, now["period"]),
    )
    if part.key in found.unavailable:
        tile["none"] = found.unavailable[part.key]
    return ShownPart(part, tile["label"], tile["href"], metric, tile=tile)


def _course(part: Part, rows: Sequence[Row], found: Figures, *, currency, language, href):
    metric = METRICS[part.key]
    url = href(part.key, rows[-1]["period"]) if rows else ""
    reason = found.unavailable.get(part.key, "")
    if not rows or all(row[part.key] is None for row in rows):
        return ShownPart(part, metric.name, url, metric, nothing=reason or _("No values in these periods."))
    chart = breakdown.chart(
        [breakdown.Course(None, list(rows))],
        part.key,
        currency=currency,
        language=language,
        href=lambda _course, row: href(part.key, row["period"]),
    )
    chart["series"][0]["name"] = str(metric.name)
    return ShownPart(part, metric.name, url, metric, chart=chart)


def _changes(part: Part, rows: Sequence[Row], starts_on: dt.date, *, is_whole: bool, currency, language, href):
    row = next((one for one in rows if one["starts_on"] == starts_on), None)
    texts = {"currency": currency, "language": language}
    if row is None:
        return ShownPart(part, part.name, "", nothing=_("No values in these periods."))
    if part.kind == BRIDGE:
        before = dict.fromkeys(("entering", "leaving"), 0) if is_whole else {}
        chart = breakdown.waterfall(
            {**before, **row}, before=_("Start"), href=lambda key: href(key, row["period"]), **texts
        )
        note = _("so far") if not row["closed"] else ""
        return ShownPart(part, part.name, href("mrr_end", row["period"]), chart=chart, note=note)
    changes = overview.CHANGES if is_whole else overview.SLICE_CHANGES
    chart = overview.movements_chart(rows, href=lambda one, kind: href(kind, one["period"]), changes=changes, **texts)
    legend: list[Mapping[str, Any]] = [
        *(
            {"label": label, "role": overview.ROLES.get(kind, kind)}
            for kind, label in changes
            if any(one[kind] for one in rows)
        ),
        {"label": _("Net"), "role": "total"},
    ]
    return ShownPart(part, part.name, href("mrr_end", row["period"]), chart=chart, legend=legend)
