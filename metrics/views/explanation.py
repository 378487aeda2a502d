"""Why a figure is what it is: its formula with the numbers in it, and the rows behind each of them."""

import datetime as dt
from typing import Any

from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from metrics.calendar import month_end, period_called
from metrics.errors import MissingRate
from metrics.explanations.export import HEADS, cells_of
from metrics.explanations.queries import NothingToExplain, all_rows, explanation
from metrics.explanations.rows import rows_of
from metrics.explanations.shown import figure_in_full, heads_of, shown_rows, shown_settings
from metrics.explanations.workings import is_explained, subject
from metrics.figures_state import figures_state
from metrics.period_names import period_name
from metrics.places import BadPlace, read_place, write_place
from metrics.queries import said_of
from metrics.slice_bar import slice_bar
from workspaces.exports import FORMATS, download, menu

PAGE = 50


@require_safe
def explanation_page(request, slug, key):
    """`period`, filters as everywhere, `part` (which input's rows), `cursor`; `export` answers with all rows as a file."""
    if not is_explained(key):
        raise Http404
    workspace, language, words = request.workspace, get_language() or "en", request.GET
    state = figures_state(workspace)
    kept = {name: words[name] for name in ("period", "part") if words.get(name)}
    bar = slice_bar(request, kept=kept)
    metric = subject(key)
    context: dict[str, Any] = {
        "state": state,
        "metric": metric,
        "bar": bar,
        "definition_url": f"{reverse('metrics:definitions', args=[slug])}#{key}",
    }
    day, interval = _period(workspace, words.get("period", ""), state.closed_through)
    try:
        found = explanation(workspace, key, day=day, interval=interval, chosen=bar.chosen)
    except (NothingToExplain, MissingRate):
        return render(request, "metrics/explanation.html", context)
    part = found.part(words.get("part")) or found.part(None)
    file_format = words.get("export", "")
    if part and file_format in FORMATS and not found.unavailable:
        one = part.input
        return download(
            request,
            name=f"{key}-{one.name}-{found.cell.period.starts_on}",
            file_format=file_format,
            head=HEADS[one.rows],
            rows=lambda: (cells_of(one, row) for row in all_rows(found.cell, one)),
        )
    period = found.cell.period
    names = said_of(workspace, period)
    context |= {
        "found": found,
        "part": part,
        "period": period_name(str(names["period"]), language),
        "is_open": not names["closed"],
        "value": figure_in_full(metric, found.value, workspace.base_currency),
        "settings": shown_settings(found.settings),
        "inputs": [
            {
                "name": one.input.name,
                "label": one.input.label,
                "value": figure_in_full(one.input, one.value, workspace.base_currency),
                "count": one.rows_count,
                "href": bar.address(part=one.input.name) if one.input.rows else "",
                "is_chosen": part is not None and one.input.name == part.input.name,
            }
            for one in found.inputs
        ],
    }
    if part and not found.unavailable:
        # Rows of another part stand in another order: its place is none here.
        name = f"{key}-{part.input.name}"
        rows = rows_of(found.cell, part.input, after=_place(name, words.get("cursor", "")), limit=PAGE + 1)
        context |= {
            "rows": shown_rows(part.input, rows[:PAGE], workspace=workspace),
            "heads": heads_of(part.input),
            "next_url": bar.address(cursor=write_place(name, rows[PAGE - 1]["place"])) if len(rows) > PAGE else "",
            "first_url": bar.address() if words.get("cursor") else "",
            "files": menu(request, lambda name: bar.address(export=name)),
        }
    return render(request, "metrics/explanation.html", context)


def _period(workspace, word: str, closed: dt.date | None) -> tuple[dt.date, str]:
    """A day of the period asked for, and what kind of period; else of the last month that is closed to its end."""
    if period := period_called(word, workspace.fiscal_year_start_month):
        return period.starts_on, period.interval
    day = closed or dt.date(2000, 1, 1)
    return (day if day == month_end(day) else day.replace(day=1) - dt.timedelta(days=1)), "month"


def _place(name: str, cursor: str) -> tuple | None:
    """Where the page begins; a cursor that is none of this list is the first page."""
    try:
        return read_place(name, cursor) if cursor else None
    except BadPlace:
        return None
