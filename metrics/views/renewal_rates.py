"""The renewal rate by count and value, over periods and by owner."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.terms import add_months
from metrics.annotations import annotated, goals_and_notes
from metrics.calendar import MONTHS, Period, period_of, periods_between
from metrics.figures_state import figures_state
from metrics.goals import add_goal_line
from metrics.models import Interval, Standing
from metrics.renewal_board import rate_chart
from metrics.renewal_spec import NOBODY
from metrics.renewals import RenewalRate, added_up, by_owner, by_period, owners_of, renewal_rates
from metrics.slice_bar import EVERYBODY, team_asked
from metrics.views.renewals import renewal_tabs
from metrics.views.shared_links import share_query
from workspaces import formats
from workspaces.exports import Share
from workspaces.list_files import Column, ListFile, page_file, page_links
from workspaces.queries import people_of_team

SHOWN = {Interval.MONTH: 12, Interval.QUARTER: 8, Interval.YEAR: 5}


def _share(value: Decimal | None) -> Share | None:
    return None if value is None else Share(value)


def _count_of(standing: Standing) -> Callable[[Any], int]:
    return lambda one: one[1].counts[standing]


# A row of everybody together has no owner's name.
FILE = ListFile(
    gettext_lazy("Renewal rate"),
    (
        Column(gettext_lazy("Period"), lambda one: label_of(one[1].period)),
        Column(gettext_lazy("Owner"), lambda one: one[0]),
        Column(gettext_lazy("Due"), lambda one: one[1].due),
        Column(gettext_lazy("Renewed"), lambda one: one[1].renewed),
        *(
            Column(label, _count_of(standing))
            for standing, label in (
                (Standing.RENEWED_EARLY, gettext_lazy("Early")),
                (Standing.RENEWED_ON_TIME, gettext_lazy("On time")),
                (Standing.RENEWED_LATE, gettext_lazy("Late")),
                (Standing.RENEWED_ITSELF, gettext_lazy("Itself")),
                (Standing.OPEN, gettext_lazy("Open")),
                (Standing.GIVEN_UP, gettext_lazy("Given up")),
                (Standing.LOST, gettext_lazy("Lost")),
            )
        ),
        Column(gettext_lazy("By count"), lambda one: _share(one[1].rate)),
        Column(gettext_lazy("MRR due"), lambda one: one[1].value_due),
        Column(gettext_lazy("Renewed MRR"), lambda one: one[1].value_renewed),
        Column(gettext_lazy("By value"), lambda one: _share(one[1].rate_value)),
    ),
)


@require_safe
def rates(request, slug):
    """`interval`: month, quarter or year; `team`: whose, by the owner on the day. Each number leads to its rows."""
    context = rates_context(request, slug)
    if "together" in context:
        of_all, of_each = context["together"], context["each"]
        file = page_file(request, FILE, lambda: [*of_all, *of_each])
        if file is not None:
            return file
        context |= share_query(request, "renewal_rates", context["exact_url"])
    context["tabs"] = renewal_tabs(request.workspace, "rates")
    return render(request, "metrics/renewal_rates.html", context)


def rates_context(request, slug) -> dict[str, Any]:
    workspace, state = request.workspace, figures_state(request.workspace)
    closed = state.closed_through
    context: dict[str, Any] = {"state": state}
    if closed is None:
        return context
    interval = request.GET.get("interval", "")
    interval = interval if interval in Interval.values else Interval.QUARTER
    this = period_of(closed, interval, workspace.fiscal_year_start_month)
    first = add_months(this.starts_on, -MONTHS[interval] * (SHOWN[Interval(interval)] - 1))
    rows = renewal_rates(workspace, closed=closed, first=first, last=closed, interval=interval, is_by_owner=True)
    team, team_picker = team_asked(request)
    if team is not None:
        people = set(people_of_team(team))
        rows = [row for row in rows if row.owner_id in people]
    periods = periods_between(first, closed, interval, workspace.fiscal_year_start_month)
    together = added_up(rows, by_period)
    # Nothing is due before the first contract ends.
    while periods and periods[0] not in together:
        periods.pop(0)
    of_owner = {(row.owner_id, row.period): row for row in rows}
    owners = owners_of(workspace)
    list_url = reverse("metrics:renewal_list", args=[slug])

    def href(row: RenewalRate, first: Period, last: Period, *, is_owners: bool) -> str:
        days = {"from": first.starts_on.isoformat(), "to": min(last.ends_on, closed).isoformat()}
        whole = {"team": str(team.pk)} if team else {}
        owner = {"owner": str(row.owner_id or NOBODY)} if is_owners else whole
        return f"{list_url}?{urlencode(days | owner)}"

    def cell(row: RenewalRate | None, period: Period) -> dict:
        return {"row": row, "href": href(row, period, period, is_owners=True) if row else ""}

    def name_of(owner_id) -> str:
        return str(owners[owner_id].user) if owner_id in owners else _("No owner")

    lines = [together[period] for period in periods if period in together]
    context |= {
        "interval": interval,
        "exact_url": f"?{urlencode({'interval': str(interval), 'team': str(team.pk) if team else EVERYBODY})}",
        "together": [(_("Everybody"), row) for row in lines],
        "each": [(name_of(row.owner_id), row) for row in rows],
        "files": page_links(request, has_rows=bool(lines)),
        "team_picker": team_picker,
        "slice_words": f"{_('Team')}: {team.name}" if team else "",
        "intervals": [{"value": value, "label": label} for value, label in Interval.choices],
        "lines": [
            {
                "row": row,
                "label": label_of(row.period),
                "is_open": row.period.ends_on > closed,
                "href": href(row, row.period, row.period, is_owners=False),
            }
            for row in lines[::-1]
        ],
        "periods": [label_of(period) for period in periods],
        "owners": [
            {
                "name": name_of(row.owner_id),
                "is_nobody": row.owner_id not in owners,
                "cells": [cell(of_owner.get((row.owner_id, period)), period) for period in periods],
                "total": row,
                "href": href(row, periods[0], periods[-1], is_owners=True),
            }
            for row in added_up(rows, by_owner).values()
        ],
        "chart": rate_chart(
            lines, [label_of(row.period) for row in lines], is_open=bool(lines) and lines[-1].period.ends_on > closed
        ),
    }
    starts = [row.period.starts_on for row in lines]
    language = get_language() or "en"
    goals, notes = goals_and_notes(workspace, starts, interval, keys=("renewal_rate", "renewal_rate_value"), team=team)
    texts = {"currency": workspace.base_currency, "language": language}
    for key, label in (("renewal_rate_value", _("By value")), ("renewal_rate", _("By count"))):
        add_goal_line(context["chart"], key, starts, goals, label=label, **texts)
    return context | annotated([context["chart"]], starts, notes, request=request, language=language)


def label_of(period: Period) -> str:
    """How a period is named on pages: Jan 26, 2026-Q1, 2026."""
    if period.interval == Interval.MONTH:
        return formats.period_short(period.starts_on, get_language() or "en")
    return period.name
