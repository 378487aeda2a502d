"""What dashboards of tables show by a public link: their figures without the rows behind, and without names."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from metrics.dashboards.shown import ShownPart
from metrics.models import SharedPage
from metrics.unit_economics import NOT_ATTRIBUTABLE

Context = dict[str, Any]


def lettered(place: int) -> str:
    """A, B, … Z, AA, AB, …"""
    letter = chr(ord("A") + place % 26)
    return letter if place < 26 else lettered(place // 26 - 1) + letter


def without_links(chart: Mapping[str, Any], *, shows_names: bool) -> dict[str, Any]:
    """A chart's data as those see it who have no rows to go to; groups are lettered, and notes left out, for whom names are
    not.
    """
    bare = {name: value for name, value in chart.items() if name not in ("days", "series", "steps", "marks")}
    if "steps" in chart:
        bare["steps"] = [{name: value for name, value in step.items() if name != "url"} for step in chart["steps"]]
    if "series" in chart:
        bare["series"] = [{name: value for name, value in one.items() if name != "urls"} for one in chart["series"]]
    if shows_names and "marks" in chart:
        bare["marks"] = chart["marks"]
    if not shows_names and chart.get("are_groups"):
        for place, one in enumerate(bare["series"]):
            one["name"] = lettered(place)
    return bare


def _unlinked(row: Context) -> Context:
    return {name: value for name, value in row.items() if name != "href"}


def _cohorts(context: Context, shows_names: bool) -> Context:
    def bare(row: Context) -> Context:
        return row | {"cells": [cell and _unlinked(cell) for cell in row["cells"]]}

    rows = [bare(row) for row in context["triangle"]]
    return {"triangle": rows, "places": context["places"], "measure": context["measure"]} if rows else {}


def _unit_economics(context: Context, shows_names: bool) -> Context:
    """Channels are groups like those of the breakdown: they are often named after partners."""
    if "told" not in context:
        return {}
    shown = {name: context[name] for name in ("told", "label", "has_spend", "lagged", "legend")}
    lines = [_unlinked(one) for one in context["lines"]]
    campaigns = context["campaigns"]
    bars = context["bars"]
    if not shows_names:
        campaigns = None
        names: dict[str, str] = {}
        for one in lines:
            if one["line"].channel != NOT_ATTRIBUTABLE:
                names[one["name"]] = lettered(len(names))
        lines = [one | {"name": names.get(one["name"], one["name"])} for one in lines]
        bars = bars | {"x": [names.get(name, name) for name in bars["x"]]}
    return shown | {"lines": lines, "campaigns": campaigns, "bars": bars}


def _renewal_rates(context: Context, shows_names: bool) -> Context:
    if not context.get("lines"):
        return {}
    owners, letters = [], 0
    for owner in context["owners"]:
        bare = _unlinked(owner) | {"cells": [_unlinked(cell) for cell in owner["cells"]]}
        if not shows_names and not owner["is_nobody"]:
            bare["name"] = lettered(letters)
            letters += 1
        owners.append(bare)
    return {
        "lines": [_unlinked(line) for line in context["lines"]],
        "periods": context["periods"],
        "owners": owners,
    }


def _forecast(context: Context, shows_names: bool) -> Context:
    if "forecast" not in context:
        return {}
    shown = {name: context[name] for name in ("forecast", "trailing", "least_of_part", "is_narrowed", "is_of_lines")}
    return shown | {
        "quarters": [card | {"rows": {}} for card in context["quarters"]],
        "months": [_unlinked(line) for line in context["months"]],
    }


def _dashboard(context: Context, shows_names: bool) -> Context:
    """Parts are figures of the whole or of the slice: they name nobody."""

    def bare(part: ShownPart) -> ShownPart:
        tile, chart = part.tile, part.chart
        return replace(
            part,
            href="",
            metric=None,
            tile=None if tile is None else {**tile, "href": ""},
            chart=None if chart is None else without_links(chart, shows_names=shows_names),
        )

    parts = context.get("parts")
    return {"parts": [bare(part) for part in parts]} if parts else {}


BOARDS: dict[str, Callable[[Context, bool], Context]] = {
    SharedPage.COHORTS: _cohorts,
    SharedPage.UNIT_ECONOMICS: _unit_economics,
    SharedPage.RENEWAL_RATES: _renewal_rates,
    SharedPage.FORECAST: _forecast,
    SharedPage.DASHBOARD: _dashboard,
}
