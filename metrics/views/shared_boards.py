"""What dashboards of tables show by a public link: their figures without the rows behind, and without names."""

from collections.abc import Callable
from typing import Any

from metrics.models import SharedPage
from metrics.unit_economics import NOT_ATTRIBUTABLE

Context = dict[str, Any]


def lettered(place: int) -> str:
    """A, B, … Z, AA, AB, …"""
    letter = chr(ord("A") + place % 26)
    return letter if place < 26 else lettered(place // 26 - 1) + letter


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
    shown = {name: context[name] for name in ("forecast", "trailing", "is_narrowed", "is_of_lines")}
    return shown | {
        "quarters": [card | {"rows": {}} for card in context["quarters"]],
        "months": [_unlinked(line) for line in context["months"]],
    }


BOARDS: dict[str, Callable[[Context, bool], Context]] = {
    SharedPage.COHORTS: _cohorts,
    SharedPage.UNIT_ECONOMICS: _unit_economics,
    SharedPage.RENEWAL_RATES: _renewal_rates,
    SharedPage.FORECAST: _forecast,
}
