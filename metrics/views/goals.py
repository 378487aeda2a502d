"""Goals: a year's periods of one metric at once, beside what was reached, and all goals of the year."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from itertools import groupby
from typing import Any, cast
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Count
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.conditions import TEAM
from accounts.forms.fields import AmountField
from accounts.views.changing import wait_for_turn
from metrics import queries
from metrics.calendar import Period, fiscal_period, period_of, periods_between
from metrics.figures_state import figures_state
from metrics.goal_setting import set_goals
from metrics.goals import goals_of, tile_goal
from metrics.models import Goal, Interval
from metrics.overview import PLAIN_RATIOS, figure, table_figure
from metrics.period_names import period_name
from metrics.registry import METRICS, Metric
from metrics.slices import queries as slices
from metrics.slices.reading import read_slice
from workspaces import formats, roles
from workspaces.batch import InvalidRow
from workspaces.exports import Share
from workspaces.forms.meanwhile import SeenForm, bring_together, saved_in_words, seen
from workspaces.list_files import Column, ListFile, page_file, page_links
from workspaces.models import Activity
from workspaces.queries import teams_of
from workspaces.settings_pages import settings_trail

YEARS_BACK, YEARS_AHEAD = 5, 3
FILE = ListFile(
    gettext_lazy("Goals"),
    (
        Column(gettext_lazy("Metric"), lambda one: METRICS[one[0].metric].name),
        Column(gettext_lazy("Of"), lambda one: one[0].team.name if one[0].team else gettext_lazy("Whole workspace")),
        Column(gettext_lazy("Interval"), lambda one: one[0].get_interval_display()),
        Column(gettext_lazy("From"), lambda one: one[0].starts_on),
        Column(gettext_lazy("Goal"), lambda one: _exact(METRICS[one[0].metric], one[0].value)),
        Column(gettext_lazy("Reached"), lambda one: _exact(METRICS[one[0].metric], one[1])),
    ),
)


class ShareField(AmountField):
    """3, 3%, 0.8 → 0.03, 0.03, 0.008"""

    def read(self, text):
        return super().read(text.strip().removesuffix("%").removesuffix("％")) / 100

    def prepare_value(self, value):
        return super().prepare_value(value * 100 if isinstance(value, Decimal) else value)


class GoalsForm(SeenForm):
    """A field for each period, named by its first day."""

    def __init__(self, *args, metric: Metric, periods: list[Period], language: str, **kwargs):
        super().__init__(*args, **kwargs)
        kind = ShareField if is_percent(metric) else AmountField
        for period in periods:
            self.fields[period.starts_on.isoformat()] = kind(label=period_name(period.name, language), required=False)
            self.fields[period.starts_on.isoformat()].widget.attrs["data-paste-down"] = ""

    def values(self) -> dict[dt.date, Decimal | None]:
        return {dt.date.fromisoformat(name): value for name, value in self.cleaned_data.items()}


def is_percent(metric: Metric) -> bool:
    return metric.unit == "ratio" and metric.key not in PLAIN_RATIOS


@require_http_methods(["GET", "HEAD", "POST"])
def goal_page(request, slug):
    """`metric`, `interval`, `year` (fiscal) and `team` in the address say whose goals are shown and set."""
    workspace, language = request.workspace, get_language() or "en"
    start_month = workspace.fiscal_year_start_month
    today = workspace.local_day(timezone.now())
    this_year = int(period_of(today, "year", start_month).name)
    words = request.GET
    metric = METRICS[words["metric"]] if words.get("metric") in METRICS else METRICS["mrr"]
    interval = words.get("interval", "") if words.get("interval") in Interval.values else "month"
    years = range(this_year + YEARS_AHEAD, this_year - YEARS_BACK - 1, -1)
    year = int(words["year"]) if words.get("year") in map(str, years) else this_year
    teams = list(teams_of(workspace))
    team = next((one for one in teams if str(one.pk) == words.get("team")), None)
    whole = fiscal_period(year, None, start_month)
    periods = periods_between(whole.starts_on, whole.ends_on, interval, start_month)
    here = {"metric": metric.key, "interval": interval, "year": str(year)} | ({"team": str(team.pk)} if team else {})
    may_edit = request.actor.has_permission(roles.EDIT_MONEY)
    state = figures_state(workspace)
    file = page_file(request, FILE, lambda: _with_reached(workspace, whole, state.closed_through))
    if file is not None:
        return file
    wait_for_turn(request, "goal")
    goals = goals_of(workspace, interval=interval, keys=[metric.key], team=team)
    initial = {day.isoformat(): value for (_key, day), value in goals.items()}
    form = GoalsForm(
        request.POST if request.method == "POST" else None,
        metric=metric,
        periods=periods,
        language=language,
        initial=initial,
    )
    path = reverse("metrics:goal_page", args=[slug])
    if request.method == "POST":
        request.actor.require(roles.EDIT_MONEY)
        bring_together(form, last_by=lambda: _last_by(workspace, metric, interval))
        if form.is_valid() and _set(request, form, metric, interval, team):
            messages.success(request, saved_in_words(form))
            return redirect(f"{path}?{urlencode(here)}")
    rows = _rows_of(workspace, metric, interval, whole, team, state.closed_through)
    texts = {"currency": workspace.base_currency, "language": language}
    others = _others(workspace, whole, start_month, path, year)
    context = {
        "trail": settings_trail(request),
        "state": state,
        "files": page_links(request, has_rows=bool(others)),
        "form": form,
        "seen": seen(form),
        "may_edit": may_edit,
        "metric": metric,
        "suffix": _suffix(metric, workspace.base_currency),
        "lines": [_line(form, period, rows.get(period.starts_on), goals, metric, texts) for period in periods],
        "controls": _controls(metric, interval, year, years, team, teams),
        "year": year,
        "others": others,
    }
    return render(request, "metrics/goals.html", context, status=422 if form.errors else 200)


def _last_by(workspace, metric: Metric, interval: str) -> str:
    """Who set goals of the metric last."""
    rows = Activity.objects.filter(workspace=workspace, subject_type="goal", subject_id=f"{metric.key}:{interval}")
    latest = rows.select_related("user").order_by("-id").first()
    return str(latest.user or latest.actor) if latest is not None else ""


def _set(request, form: GoalsForm, metric: Metric, interval: str, team) -> bool:
    values = form.values()
    try:
        set_goals(
            workspace=request.workspace,
            metric=metric.key,
            interval=interval,
            team=team,
            values=values,
            by=request.actor,
        )
    except InvalidRow as refused:
        for name, errors in refused.errors.items():
            form.add_error(name if name in form.fields else None, errors)
        return False
    return True


def _rows_of(workspace, metric: Metric, interval: str, whole: Period, team, closed) -> dict[dt.date, dict]:
    """What was reached, by first day of the period."""
    if closed is None or whole.starts_on > closed:
        return {}
    window: dict[str, Any] = {
        "workspace": workspace,
        "keys": [metric.key],
        "first": whole.starts_on,
        "last": min(closed, whole.ends_on),
        "interval": interval,
    }
    if team is None:
        rows = queries.series(**window)
    else:
        chosen = read_slice(workspace, {TEAM: [str(team.pk)]}, user_id=None)
        rows = slices.series(**window, chosen=chosen).rows
    return {day: row for row in rows if (day := cast(dt.date, row["starts_on"])) >= whole.starts_on}


def _with_reached(workspace, whole: Period, closed) -> Iterator[tuple[Goal, Any]]:
    """All goals of the year, each with what was reached; the figures of a metric, interval and team are read once."""
    goals = (
        Goal.objects.filter(workspace=workspace, starts_on__range=(whole.starts_on, whole.ends_on), metric__in=METRICS)
        .select_related("team")
        .order_by("metric", "interval", "team__name", "team_id", "starts_on")
    )
    for (key, interval, team), found in groupby(goals, key=lambda one: (one.metric, one.interval, one.team)):
        rows = _rows_of(workspace, METRICS[key], interval, whole, team, closed)
        for goal in found:
            yield goal, rows.get(goal.starts_on, {}).get(key)


def _exact(metric: Metric, value: Any) -> Any:
    return Share(value) if is_percent(metric) and value is not None else value


def _line(form: GoalsForm, period: Period, row: dict | None, goals, metric: Metric, texts: dict) -> dict[str, Any]:
    goal = goals.get((metric.key, period.starts_on))
    value = row[metric.key] if row else None
    is_closed = bool(row and row["closed"])
    actual, full = table_figure(metric.key, value, **texts)
    return {
        "field": form[period.starts_on.isoformat()],
        "label": period_name(period.name, texts["language"]),
        "is_open": bool(row) and not is_closed,
        "actual": actual,
        "actual_full": full,
        "goal": figure(metric.key, goal, **texts)[1],
        "reached": (goal is not None and tile_goal(metric.key, value, goal, is_closed=is_closed, **texts)) or None,
    }


def _suffix(metric: Metric, currency: str) -> str:
    if is_percent(metric):
        return "%"
    return {"money": currency, "months": _("months")}.get(metric.unit, "")


def _controls(metric, interval, year, years, team, teams) -> list[dict[str, Any]]:
    shown: list[dict[str, Any]] = [
        {
            "name": "metric",
            "label": _("Metric"),
            "value": metric.key,
            "options": [{"value": one.key, "label": one.name} for one in METRICS.values()],
        },
        {
            "name": "interval",
            "label": _("Interval"),
            "value": interval,
            "options": [{"value": value, "label": label} for value, label in Interval.choices],
        },
        {
            "name": "year",
            "label": _("Fiscal year"),
            "value": str(year),
            "options": [{"value": str(one), "label": str(one)} for one in years],
        },
    ]
    if teams:
        options = [{"value": str(one.pk), "label": one.name} for one in teams]
        everybody = {"value": "", "label": _("Whole workspace")}
        value = str(team.pk) if team else ""
        shown.append({"name": "team", "label": _("Team"), "value": value, "options": [everybody, *options]})
    return shown


def _others(workspace, whole: Period, start_month: int, path: str, year: int) -> list[dict[str, Any]]:
    """Which metrics have goals in the year, and where those are set."""
    found = (
        Goal.objects.filter(workspace=workspace, starts_on__range=(whole.starts_on, whole.ends_on))
        .values("metric", "interval", "team", "team__name")
        .annotate(count=Count("pk"))
        .order_by("metric", "interval", "team__name")
    )
    order = list(METRICS)
    names = dict(Interval.choices)
    return [
        {
            "label": METRICS[one["metric"]].name,
            "team": one["team__name"] or _("Whole workspace"),
            "interval": names[one["interval"]],
            "count": formats.number(one["count"]),
            "href": f"{path}?"
            + urlencode(
                {"metric": one["metric"], "interval": one["interval"], "year": year, "team": one["team"] or ""}
            ),
        }
        for one in sorted(
            (one for one in found if one["metric"] in METRICS), key=lambda one: order.index(one["metric"])
        )
    ]
