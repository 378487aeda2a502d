"""Periods with figures that became others, as tables for people: a restatement's, or what a change would do."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from metrics.figure_sets import TOLD
from metrics.overview import CHANGES, figure
from metrics.registry import METRICS
from workspaces import formats

LABELS = dict(CHANGES)
COUNTS = frozenset(key for key, metric in METRICS.items() if metric.unit == "count")


def read(name: str, text: Any) -> Decimal | int | None:
    """A figure out of JSON."""
    if text is None:
        return None
    return int(text) if name in COUNTS else Decimal(text)


def name_of(key: str) -> Any:
    return METRICS[key].name if key in METRICS else LABELS[key]


def lines(
    before: Mapping[str, Any] | None, after: Mapping[str, Any] | None, currency: str, language: str
) -> list[dict[str, Any]]:
    """A period's figures that differ, in the order of the registry: key, label, before, after."""
    told = []
    for key in TOLD:
        if key not in (before or {}) and key not in (after or {}):
            continue
        was, now = (_text(key, side, currency, language) for side in (before, after))
        if was != now:
            told.append({"key": key, "label": name_of(key), "before": was, "after": now})
    return told


def table(periods: Iterable[Mapping[str, Any]], currency: str, language: str) -> list[dict[str, Any]]:
    """For each of the periods (interval, name, before, after) its name in words, and its lines."""
    return [
        {
            "period": formats.period_name(period["name"], language),
            "interval": period["interval"],
            "is_new": period["before"] is None,
            "is_gone": period["after"] is None,
            "lines": lines(period["before"], period["after"], currency, language),
        }
        for period in periods
    ]


def _text(key: str, side: Mapping[str, Any] | None, currency: str, language: str) -> str:
    if side is None:
        return formats.DASH
    value = read(key, side.get(key))
    if key in LABELS:
        return formats.money(value, currency, plus=True) if value is not None else formats.DASH
    return figure(key, value, currency, language)[1]
