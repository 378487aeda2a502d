"""Any metric of any part of the book: by groups, over time, compared, at one day's rates; and the waterfall of the part."""

import datetime as dt
from typing import Any

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from metrics import breakdown as board
from metrics import queries
from metrics.annotations import annotated, goals_and_notes
from metrics.calendar import MONTHS, add_months
from metrics.errors import MissingRate
from metrics.figures_state import figures_state
from metrics.goals import add_goal_line
from metrics.models import Interval
from metrics.period_names import period_name
from metrics.registry import METRICS
from metrics.slice_bar import SliceBar, slice_bar
from metrics.slices import queries as slices
from metrics.slices.labels import dimensions_of
from metrics.slices.slice import Slice
from metrics.views.shared_links import share_query
from workspaces import formats
from workspaces.exports import FORMATS, download, menu

SPANS = (6, 12, 24, 36)
CONTROLS = ("metric", "interval", "span", "compare")


@require_safe
def breakdown(request, slug):
    """`metric`, `group_by`, `interval`, `span` (how many periods), `compare`, `rates_on` and filters, all in the address;
    `export` answers with the table as a file.
    """
    context = breakdown_context(request, slug)
    context |= share_query(request, "breakdown", context["bar"].exact_url)
    if request.GET.get("export") in FORMATS and "courses" in context:
        return _file(request, context["metric"].key, request.GET["export"], context["courses"])
    return render(request, "metrics/breakdown.html", context)


def breakdown_context(request, slug) -> dict[str, Any]:
    workspace, language, words = request.workspace, get_language() or "en", request.GET
    state = figures_state(workspace)
    bar = slice_bar(request, kept={name: words[name] for name in CONTROLS if words.get(name)}, has_picker=True)
    key = words.get("metric", "") if words.get("metric") in METRICS else "mrr"
    interval = words.get("interval", "") if words.get("interval") in Interval.values else "month"
    span = int(words["span"]) if words.get("span") in map(str, SPANS) else 12
    compare = words.get("compare", "") if words.get("compare") in slices.COMPARISONS else ""
    context: dict[str, Any] = {
        "state": state,
        "bar": bar,
        "controls": _controls(workspace, bar, key, interval, span, compare),
        "rates_on": bar.chosen.rates_on,
        "metric": METRICS[key],
    }
    if state.closed_through is None:
        return context
    window = {
        "workspace": workspace,
        "first": add_months(state.closed_through.replace(day=1), -MONTHS[interval] * (span - 1)),
        "last": state.closed_through,
        "interval": interval,
    }
    try:
        found, bridges = _figures(window, key, bar.chosen, compare)
    except MissingRate as error:
        text = _("There is no exchange rate for %(currency)s on or before %(day)s.")
        context["rate_missing"] = text % {"currency": error.currency, "day": formats.day(error.day, language)}
        return context
    courses = board.courses(found.rows)
    texts = {"currency": workspace.base_currency, "language": language}

    def explained(course, row) -> str:
        if course.group and course.group.kind == "other":
            return ""
        parameter = bar.chosen.group.parameter if bar.chosen.group else ""
        group = [(parameter, course.group.value or "")] if course.group else []
        return bar.explained_at(reverse("metrics:explanation", args=[slug, key]), add=group, period=row["period"])

    table = board.table(courses, key, href=explained, **texts)
    for row in table["rows"]:
        group = row["course"].group
        if group and group.kind != "other" and bar.chosen.group:
            parameter = bar.chosen.group.parameter
            row["href"] = bar.address(add=[(parameter, group.value or "")], without="group_by")
    context |= {
        "courses": courses,
        "table": table,
        "chart": board.chart(courses, key, href=explained, **texts) | {"are_groups": bool(bar.chosen.group)},
        "hidden_lines": max(0, len(courses) - board.LINES),
        "is_overlapping": found.is_overlapping,
        "unavailable": found.unavailable.get(key, ""),
        "files": menu(request, lambda name: bar.address(export=name)),
    }
    starts = [row["starts_on"] for row in courses[0].rows] if courses else []
    has_goals = not bar.chosen.group and (bar.chosen.is_whole or bar.is_of_team) and courses
    keys = [key] if has_goals else []
    goals, notes = goals_and_notes(workspace, starts, interval, keys=keys, team=bar.team)
    context |= annotated([context["chart"]], starts, notes, request=request, language=language)
    if has_goals:
        add_goal_line(context["chart"], key, starts, goals, **texts)
    if bridges:
        last = _chosen(bridges, words.get("period", ""))
        context |= {
            "bridge_period": period_name(last["period"], language),
            "bridge": board.waterfall(
                last,
                before=_("Start"),
                href=lambda column: bar.explained_at(
                    reverse("metrics:explanation", args=[slug, column]), period=last["period"]
                ),
                **texts,
            ),
        }
    return context


def _chosen(rows: list[dict], wanted: str) -> dict:
    """The period asked for; else the last whole one, because part of a month misleads."""
    whole = [row for row in rows if row["closed"]]
    return next((row for row in rows if row["period"] == wanted), (whole or rows)[-1])


def _figures(window: dict[str, Any], key: str, chosen: Slice, compare: str) -> tuple[slices.Grouped, list[dict]]:
    """Rows of the metric, by group, and bridges of all groups together. Those of the whole book are kept by period."""
    if chosen.is_whole and not compare:
        rows = [dict.fromkeys(("entering", "leaving"), 0) | row for row in queries.bridge(**window)]
        return slices.Grouped(queries.series(**window, keys=[key]), {}), rows
    found = slices.series(**window, keys=[key], chosen=chosen, compare=compare or None)
    together = Slice(chosen.conditions, None, chosen.rates_on)
    return found, slices.bridge(**window, chosen=together).rows


def _controls(workspace, bar: SliceBar, key: str, interval: str, span: int, compare: str) -> list[dict]:
    """The pickers of the form."""
    groups = [{"value": one.parameter, "label": one.name} for one in dimensions_of(workspace).values()]
    group = bar.chosen.group
    lengths = {"month": _("%(count)s months"), "quarter": _("%(count)s quarters"), "year": _("%(count)s years")}
    return [
        {
            "name": "metric",
            "label": _("Metric"),
            "value": key,
            "options": [{"value": one.key, "label": one.name} for one in METRICS.values()],
        },
        {
            "name": "group_by",
            "label": _("Group by"),
            "value": group.parameter if group else "",
            "options": [{"value": "", "label": _("Not grouped")}, *groups],
        },
        {
            "name": "interval",
            "label": _("Interval"),
            "value": interval,
            "options": [{"value": value, "label": label} for value, label in Interval.choices],
        },
        {
            "name": "span",
            "label": _("How far back"),
            "value": str(span),
            "options": [{"value": str(one), "label": lengths[interval] % {"count": one}} for one in SPANS],
        },
        {
            "name": "compare",
            "label": _("Compare with"),
            "value": compare,
            "options": [
                {"value": "", "label": _("No comparison")},
                {"value": "previous", "label": _("vs the period before")},
                {"value": "year", "label": _("vs a year earlier")},
            ],
        },
    ]


def _file(request, key: str, file_format: str, courses: list[board.Course]):
    """The table with exact values: a row a group, a column a period."""
    periods = [row["period"] for row in courses[0].rows] if courses else []
    return download(
        request,
        name=f"{key}-{dt.date.isoformat(courses[0].rows[-1]['through']) if courses else 'empty'}",
        file_format=file_format,
        head=[_("Group"), *periods],
        rows=lambda: ([course.label, *(row[key] for row in course.rows)] for course in courses),
    )
