"""A metric by groups over time, as a chart, a table and a file. Pure: rows of metrics.slices.queries in, texts out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from metrics.overview import PLAIN_RATIOS, ROLES, SLICE_CHANGES, figure, spec_of, table_figure
from metrics.period_names import period_name
from metrics.registry import METRICS
from metrics.slices.queries import Group
from workspaces import formats

Row = Mapping[str, Any]
# A chart carries as many lines as it has colours for; the table carries all.
LINES = 3


@dataclass(frozen=True)
class Course:
    """One group over the periods; group None: the slice has no groups."""

    group: Group | None
    rows: list[Row]

    @property
    def label(self) -> str:
        return self.group.label if self.group else _("All")


def courses(rows: Sequence[Row]) -> list[Course]:
    """Rows as they come, one group after the other."""
    found: list[Course] = []
    for row in rows:
        if not found or found[-1].group != row.get("group"):
            found.append(Course(row.get("group"), []))
        found[-1].rows.append(row)
    return found


def table(
    found: Sequence[Course], key: str, *, currency: str, language: str, href: Callable[[Course, Row], str]
) -> dict:
    """heads: periods, oldest first; rows: {label, course, cells: [{text, full, href}], delta}; against: of the deltas."""
    periods = [row["period"] for row in found[0].rows] if found else []
    shown, against = [], ""
    for course in found:
        cells = []
        for row in course.rows:
            text, full = table_figure(key, row[key], currency, language)
            cells.append({"text": text, "full": full, "href": href(course, row) if row[key] is not None else ""})
        last = course.rows[-1]
        before = last.get("compared")
        change = before and formats.delta(
            last[key],
            before[key],
            spec_of(key).change,
            language,
            higher_is_better=METRICS[key].is_good_up,
            currency=currency,
        )
        if before:
            against = _("vs %(period)s") % {"period": period_name(before["period"], language, short=True)}
        shown.append({"label": course.label, "course": course, "cells": cells, "delta": change})
    heads = [period_name(period, language, short=True) for period in periods]
    is_compared = any("compared" in course.rows[-1] for course in found)
    return {"heads": heads, "rows": shown, "is_compared": is_compared, "against": against}


def chart(
    found: Sequence[Course], key: str, *, currency: str, language: str, href: Callable[[Course, Row], str]
) -> dict:
    """The largest groups as lines; the period that still runs is marked."""
    shown = [course for course in found if not course.group or course.group.kind != "other"][:LINES]
    rows = shown[0].rows if shown else []
    unit = {"money": "money", "ratio": "percent"}.get(METRICS[key].unit, "count")
    if key in PLAIN_RATIOS:
        unit = "count"
    return {
        "kind": "lines",
        "unit": unit,
        "currency": currency,
        "so_far": _("so far") if rows and not rows[-1]["closed"] else None,
        "x": [period_name(row["period"], language, short=True) for row in rows],
        "zero": unit != "percent",
        "series": [
            {
                "name": course.label,
                "kind": "line" if len(shown) > 1 else "area",
                "values": [None if row[key] is None else float(row[key]) for row in course.rows],
                "texts": [figure(key, row[key], currency, language)[0] for row in course.rows],
                "urls": [href(course, row) for row in course.rows],
            }
            for course in shown
        ],
    }


def waterfall(row: Row, *, before: str, currency: str, language: str, href: Callable[[str], str]) -> dict:
    """From the slice's MRR at the start to that at the end, with what came into it and went out of it."""

    def step(label: Any, key: str, role: str, *, plus: bool) -> dict:
        return {
            "label": str(label),
            "value": float(row[key]),
            "role": role,
            "text": formats.money_short(row[key], currency, language, plus=plus),
            "full": formats.money(row[key], currency, plus=plus),
            "url": href(key),
        }

    steps = [step(before, "mrr_start", "total", plus=False)]
    steps += [step(label, key, ROLES.get(key, key), plus=True) for key, label in SLICE_CHANGES if row[key]]
    steps.append(step(period_name(row["period"], language, short=True), "mrr_end", "total", plus=False))
    return {"kind": "waterfall", "unit": "money", "currency": currency, "steps": steps}
