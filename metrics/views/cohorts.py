"""What became of those who joined in the same month, quarter or year: a triangle and its curves."""

from decimal import Decimal
from typing import Any

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from metrics.calendar import MONTHS, add_months, period_called, period_of
from metrics.errors import MissingRate
from metrics.explanations.cohort import FORMULA, INPUTS, cohort_cell
from metrics.explanations.export import HEADS, cells_of
from metrics.explanations.queries import NothingToExplain
from metrics.explanations.shown import heads_of, shown_rows
from metrics.figures_state import figures_state
from metrics.models import Interval
from metrics.period_names import period_name
from metrics.places import BadPlace, read_place, write_place
from metrics.slice_bar import SliceBar, slice_bar
from metrics.slices.cohorts import cohorts
from metrics.views.shared_links import share_query
from workspaces import formats
from workspaces.exports import FORMATS, download, menu

MEASURES = {
    "customers": gettext_lazy("Customers"),
    "net_mrr": gettext_lazy("Net MRR"),
    "gross_mrr": gettext_lazy("Gross MRR"),
}
CONTROLS = ("by", "measure")
CELL = ("cohort", "period")
CURVES = 3
HEAT = (Decimal("0.25"), Decimal("0.5"), Decimal("0.75"), Decimal("0.9"), Decimal("1.05"))
PAGE = 50


def _bar(request, *names: str, has_picker: bool = False) -> tuple[SliceBar, str, str]:
    words = request.GET
    bar = slice_bar(request, kept={name: words[name] for name in names if words.get(name)}, has_picker=has_picker)
    by = words.get("by", "") if words.get("by") in Interval.values else "month"
    measure = words.get("measure", "") if words.get("measure") in MEASURES else "customers"
    return bar, by, measure


@require_safe
def cohort_page(request, slug):
    """`by`, `measure` and filters in the address; `export` answers with the triangle as a file."""
    context = cohort_context(request, slug)
    if context["rows"] and request.GET.get("export") in FORMATS:
        return _file(request, *context["shape"], request.GET["export"], context["rows"])
    context |= share_query(request, "cohorts", context["bar"].exact_url)
    return render(request, "metrics/cohorts.html", context)


def cohort_context(request, slug) -> dict[str, Any]:
    workspace, language = request.workspace, get_language() or "en"
    bar, by, measure = _bar(request, *CONTROLS, has_picker=True)
    context: dict[str, Any] = {
        "state": figures_state(workspace),
        "bar": bar,
        "controls": [
            {
                "name": "by",
                "label": _("Cohorts by"),
                "value": by,
                "options": [{"value": value, "label": label} for value, label in Interval.choices],
            },
            {
                "name": "measure",
                "label": _("Measure"),
                "value": measure,
                "options": [{"value": value, "label": label} for value, label in MEASURES.items()],
            },
        ],
        "measure": MEASURES[measure],
    }
    try:
        # Groups would be several triangles; the filters pick one.
        chosen = (
            bar.chosen if not bar.chosen.group else type(bar.chosen)(bar.chosen.conditions, None, bar.chosen.rates_on)
        )
        rows = cohorts(workspace=workspace, by=by, measure=measure, chosen=chosen).rows
    except MissingRate:
        rows = []

    def cell_url(row, place: int) -> str:
        starts_on = add_months(row["starts_on"], MONTHS[by] * place)
        period = period_of(starts_on, by, workspace.fiscal_year_start_month).name
        page = reverse("metrics:cohort_cell", args=[slug])
        return bar.explained_at(page, by=by, measure=measure, cohort=row["cohort"], period=period)

    return context | {
        "rows": rows,
        "shape": (by, measure),
        "triangle": [
            {
                "label": period_name(row["cohort"], language, short=True),
                "size": row["size"],
                "first": formats.money_short(row["first"], workspace.base_currency, language)
                if measure != "customers"
                else "",
                "cells": [
                    {
                        "text": formats.number(share * 100),
                        "full": formats.percent(share, places=2),
                        "heat": f"heat-{_heat(share)}",
                        "href": cell_url(row, place),
                    }
                    if share is not None
                    else None
                    for place, share in enumerate(row["cells"])
                ],
            }
            for row in reversed(rows)
        ],
        "places": range(len(rows[0]["cells"]) if rows else 0),
        "chart": _curves(rows, language, cell_url),
        "files": menu(request, lambda name: bar.address(export=name)),
    }


def _heat(share: Decimal) -> int:
    """How much is left, from 0, nothing, to 6, more than there was: finer where most books are."""
    return 0 if share <= 0 else 1 + sum(share >= step for step in HEAT)


def _curves(rows, language: str, cell_url) -> dict:
    """The shares of an old cohort, a middle one and a new one by age: those that joined most of their third."""
    lasting = [row for row in rows if sum(share is not None for share in row["cells"]) > 1 and row["first"]]
    thirds = [lasting[len(lasting) * at // CURVES : len(lasting) * (at + 1) // CURVES] for at in range(CURVES)]
    shown = [max(third, key=lambda row: row["size"]) for third in thirds if third]
    longest = max((sum(share is not None for share in row["cells"]) for row in shown), default=0)
    return {
        "kind": "lines",
        "unit": "percent",
        "currency": "",
        "so_far": None,
        "x": [str(place) for place in range(longest)],
        "zero": True,
        "series": [
            {
                "name": period_name(row["cohort"], language, short=True),
                "kind": "line",
                "values": [None if share is None else float(share) for share in row["cells"][:longest]],
                "texts": [formats.percent(share, places=0) for share in row["cells"][:longest]],
                "urls": [cell_url(row, place) for place in range(longest)],
            }
            for row in shown
        ],
    }


def _file(request, by: str, measure: str, file_format: str, rows):
    longest = len(rows[0]["cells"])
    return download(
        request,
        name=f"cohorts-{by}-{measure}",
        file_format=file_format,
        head=[_("Cohort"), _("Customers who joined"), _("MRR at first"), *map(str, range(longest))],
        rows=lambda: (
            [row["cohort"], row["size"], "" if measure == "customers" else row["first"], *row["cells"]] for row in rows
        ),
    )


@require_safe
def cohort_cell_page(request, slug):
    """The accounts behind a cell: `by`, `measure`, `cohort`, `period` and filters; `export` answers with a file."""
    workspace, language, words = request.workspace, get_language() or "en", request.GET
    bar, by, measure = _bar(request, *CONTROLS, *CELL)
    context: dict[str, Any] = {"state": figures_state(workspace), "bar": bar, "formula": FORMULA}
    cohort, at = (period_called(words.get(name, ""), workspace.fiscal_year_start_month) for name in CELL)
    try:
        if not cohort or not at:
            raise NothingToExplain
        cell = cohort_cell(
            workspace, by=by, cohort=cohort.starts_on, at=at.starts_on, measure=measure, chosen=bar.chosen
        )
    except (NothingToExplain, MissingRate):
        return render(request, "metrics/cohort_cell.html", context)
    one = INPUTS[measure][1]
    if words.get("export") in FORMATS:
        return download(
            request,
            name=f"cohort-{cohort.name}-{at.name}-{measure}",
            file_format=words["export"],
            head=HEADS["cohort"],
            rows=lambda: (cells_of(one, row) for row in cell.all_rows("cell")),
        )
    try:
        place = read_place("cohort", words["cursor"]) if words.get("cursor") else None
    except BadPlace:
        place = None
    rows = cell.rows("cell", after=place, limit=PAGE + 1)
    context |= {
        "cell": cell,
        "title": _("%(cohort)s, at the end of %(period)s")
        % {"cohort": period_name(cohort.name, language), "period": period_name(at.name, language)},
        "measure": MEASURES[measure],
        "share": formats.percent(cell.share, places=2),
        "rows": shown_rows(one, rows[:PAGE], workspace=workspace),
        "heads": heads_of(one),
        "next_url": bar.address(cursor=write_place("cohort", rows[PAGE - 1]["place"])) if len(rows) > PAGE else "",
        "first_url": bar.address() if words.get("cursor") else "",
        "files": menu(request, lambda name: bar.address(export=name)),
    }
    return render(request, "metrics/cohort_cell.html", context)
