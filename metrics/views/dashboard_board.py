"""The parts of a dashboard that somebody arranged, as its page and its public links show them."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from metrics import queries
from metrics.calendar import Period, period_called
from metrics.dashboards.parts import Part, read_parts
from metrics.dashboards.shown import figures, shown_parts
from metrics.errors import MissingRate
from metrics.figures_state import figures_state
from metrics.models import Interval
from metrics.period_names import period_name
from metrics.slice_bar import SliceBar, slice_bar
from metrics.slices.slice import Slice
from workspaces import formats

CONTROLS = ("interval", "period", "compare")
PERIODS_CHOSEN_FROM = 60


def board_context(request, slug: str, kept: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """kept: the parts as they are kept. `parts` are there when there are figures, `rate_missing` in place of them."""
    workspace, language, words = request.workspace, get_language() or "en", request.GET
    state = figures_state(workspace)
    interval = words.get("interval", "") if words.get("interval") in Interval.values else "month"
    compare = "year" if words.get("compare") == "year" else "previous"
    bar = slice_bar(request, kept={name: words[name] for name in CONTROLS if words.get(name)}, has_picker=True)
    parts = read_parts(kept)
    context: dict[str, Any] = {"state": state, "bar": bar, "is_empty": not parts}
    periods = _periods(workspace, interval) if state.closed_through else []
    if periods:
        chosen = _chosen(words.get("period", ""), periods)
        context["controls"] = _controls(interval, compare, chosen[0], periods, language)
        context["shared_period"] = _label(*chosen, language)
        try:
            context["parts"] = _shown(workspace, parts, bar, chosen[0], compare, language, slug)
        except MissingRate as error:
            text = _("There is no exchange rate for %(currency)s on or before %(day)s.")
            context["rate_missing"] = text % {"currency": error.currency, "day": formats.day(error.day, language)}
        metrics = {part.metric.key: part.metric for part in context.get("parts", []) if part.metric}
        context["definitions"] = [(f"about-{key}", metric) for key, metric in metrics.items()]
    return context


def _shown(workspace, parts: Sequence[Part], bar: SliceBar, period: Period, compare: str, language: str, slug: str):
    # Groups would be a course for each, which no tile can show; everything else of the slice holds.
    chosen = Slice(bar.chosen.conditions, None, bar.chosen.rates_on)
    when: dict[str, Any] = {"starts_on": period.starts_on, "interval": period.interval, "compare": compare}
    return shown_parts(
        parts,
        figures(workspace, parts, chosen=chosen, **when),
        is_whole=chosen.is_whole,
        currency=workspace.base_currency,
        language=language,
        href=lambda key, name: bar.explained_at(reverse("metrics:explanation", args=[slug, key]), period=name),
        **when,
    )


def _periods(workspace, interval: str) -> list[tuple[Period, bool]]:
    """The periods that have figures, oldest first, each with whether it is over."""
    rows = queries.period_rows(workspace, dt.date.min, dt.date.max, interval)
    start_month = workspace.fiscal_year_start_month
    return [
        (Period(starts_on, interval, start_month), through == ends_on)
        for starts_on, through, ends_on in rows.values_list("starts_on", "through", "ends_on")
    ]


def _chosen(wanted: str, periods: Sequence[tuple[Period, bool]]) -> tuple[Period, bool]:
    """The period asked for (or that which holds its first day, when the interval is another one); else the last whole one,
    because part of a period against a whole one misleads.
    """
    asked = period_called(wanted, periods[0][0].start_month)
    if asked:
        for one in periods:
            if one[0].starts_on <= asked.starts_on <= one[0].ends_on:
                return one
    whole = [one for one in periods if one[1]]
    return (whole or list(periods))[-1]


def _label(period: Period, is_over: bool, language: str) -> str:
    name = period_name(period.name, language)
    return name if is_over else _("%(period)s, so far") % {"period": name}


def _controls(interval: str, compare: str, period: Period, periods, language: str) -> list[dict]:
    intervals = [{"value": value, "label": label} for value, label in Interval.choices]
    options = [{"value": one.name, "label": _label(one, is_over, language)} for one, is_over in reversed(periods)]
    comparisons = [
        {"value": "previous", "label": _("vs the period before")},
        {"value": "year", "label": _("vs a year earlier")},
    ]
    return [
        {"name": "interval", "label": _("Interval"), "value": interval, "options": intervals},
        {"name": "period", "label": _("Period"), "value": period.name, "options": options[:PERIODS_CHOSEN_FROM]},
        {"name": "compare", "label": _("Compare with"), "value": compare, "options": comparisons},
    ]
