"""The overview: how the company stands, and what moved it."""

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import Contract
from metrics import overview as board
from metrics import reasons, restatements
from metrics.aligned_rows import aligned_row
from metrics.annotations import annotated, goals_and_notes
from metrics.errors import MissingRate
from metrics.festival_board import around_festival
from metrics.figures_state import figures_state
from metrics.goals import add_goal_line, tile_goal
from metrics.overview_file import overview_sheets
from metrics.overview_rows import months as months_of
from metrics.overview_rows import overview_rows
from metrics.slice_bar import slice_bar
from metrics.spring_festival import AlignedDays, aligned_days
from metrics.views.shared_links import share_query
from workspaces import formats, roles
from workspaces.exports import download_sheets

MONTHS_SHOWN = 24
MONTHS_CHOSEN_FROM = 60


@require_safe
def overview(request, slug):
    context = overview_context(request, slug)
    if request.GET.get("export") == "xlsx" and "course" in context:
        return _file(request, context)
    context |= share_query(request, "overview", context["bar"].exact_url)
    if request.actor.has_permission(roles.EXPORT):
        context["files"] = [{"label": _("Excel"), "href": context["bar"].address(export="xlsx")}]
    empty = "has_contracts" in context
    return render(request, "metrics/overview_empty.html" if empty else "metrics/overview.html", context)


def overview_context(request, slug):
    """Tiles of a month against another one, the month's bridge, and two years of months: of the whole book, or of a team
    or whatever else the address narrows it to.
    """
    workspace, language = request.workspace, get_language() or "en"
    state = figures_state(workspace)
    asked = {name: request.GET[name] for name in ("period", "compare") if request.GET.get(name)}
    bar = slice_bar(request, kept=asked, has_picker=True)
    context = {"state": state, "bar": bar}
    closed = state.closed_through
    months = months_of(workspace, bar.chosen, keys=board.KEYS, closed=closed) if closed else []
    if not months:
        context["has_contracts"] = Contract.objects.standing().filter(workspace=workspace).exists()
        context["can_load_demo"] = request.actor.has_permission(roles.MANAGE_WORKSPACE)
        return context
    period = _chosen(request.GET.get("period", ""), months)
    at = [month["period"] for month in months].index(period)
    days = aligned_days(months[at]["starts_on"], months[at]["through"], zone=workspace.timezone)
    compare = _comparison(request.GET.get("compare", ""), days)
    around = None
    try:
        if days and compare == "festival":
            around = aligned_row(workspace, bar.chosen, days)
        told = overview_rows(
            workspace,
            bar.chosen,
            keys=board.KEYS,
            months=months,
            first=months[max(0, at - MONTHS_SHOWN + 1)]["starts_on"],
            last=months[at]["through"],
        )
    except MissingRate as error:
        text = _("There is no exchange rate for %(currency)s on or before %(day)s.")
        context["rate_missing"] = text % {"currency": error.currency, "day": formats.day(error.day, language)}
        return context
    course = told.rows[-MONTHS_SHOWN:]
    by_period, now = {row["period"]: row for row in told.rows}, course[-1]
    other = _shifted(period, 12 if compare == "year" else 1)
    currency = workspace.base_currency
    texts = {"currency": currency, "language": language}
    changes = board.CHANGES if bar.chosen.is_whole else board.SLICE_CHANGES

    # Half a month against a whole one would say that everything got worse, or churn better.
    then, against = by_period.get(other) if now["closed"] else None, formats.period_short(other, language)
    if days and compare == "festival":
        then, against = around, formats.days(days.first, days.last, language)

    def explained(row, key):
        return bar.explained_at(reverse("metrics:explanation", args=[slug, key]), period=row["period"])

    context |= {
        "period": period,
        "compare": compare,
        "is_open": not now["closed"],
        "picture_title": f"{_('Overview')} · {_label(now, language)}",
        "shared_period": _label(now, language),
        "periods": [
            {"value": row["period"], "label": _label(row, language)} for row in reversed(months[-MONTHS_CHOSEN_FROM:])
        ],
        "comparisons": [
            {"value": "previous", "label": _("vs previous month")},
            {"value": "year", "label": _("vs a year earlier")},
            *([{"value": "festival", "label": _("vs same days around Spring Festival")}] if days else []),
        ],
        "tiles": board.tiles(
            now,
            then,
            against=_("vs %(period)s") % {"period": against},
            href=lambda key: explained(now, key),
            unavailable=told.unavailable,
            **texts,
        ),
        "bridge": board.bridge_chart(
            now,
            before=formats.period_short(_shifted(period, 1), language),
            after=formats.period_short(period, language),
            href=lambda kind: explained(now, kind),
            changes=changes,
            **texts,
        ),
        "mrr_course": board.course_chart(
            course,
            "mrr",
            href=lambda row: explained(row, "mrr"),
            beside_href=lambda row: explained(row, "committed_mrr"),
            **texts,
        ),
        "customers_course": board.course_chart(
            course, "customers", href=lambda row: explained(row, "customers"), **texts
        ),
        "movements": board.movements_chart(course, href=explained, changes=changes, **texts),
        "legend": [
            *(
                {"label": label, "role": board.ROLES.get(kind, kind)}
                for kind, label in changes
                if any(row[kind] for row in course)
            ),
            {"label": _("Net"), "role": "total"},
        ],
        "course": [
            row | {"href": bar.address(period=row["period"]), "changed": [row[kind] for kind, _label in changes]}
            for row in course
        ],
        "changes": changes,
    }
    if days and compare == "festival":
        context["around"] = around_festival(now, around, days, changes=changes, language=language)
    starts = [row["starts_on"] for row in course]
    has_goals = bar.chosen.is_whole or bar.is_of_team
    keys = board.KEYS if has_goals else ()
    goals, notes = goals_and_notes(workspace, starts, "month", keys=keys, team=bar.team)
    if has_goals:
        context["goals"] = goals
        for tile in context["tiles"]:
            if (goal := goals.get((tile["key"], now["starts_on"]))) is not None:
                tile["goal"] = tile_goal(tile["key"], now[tile["key"]], goal, is_closed=now["closed"], **texts)
        for name, key in (("mrr_course", "mrr"), ("customers_course", "customers")):
            add_goal_line(context[name], key, starts, goals, **texts)
    if bar.chosen.is_whole:
        context |= _of_the_whole(request, now, texts)
    context |= annotated(
        [context[name] for name in ("mrr_course", "customers_course", "movements")],
        starts,
        notes,
        request=request,
        language=language,
    )
    return context


def _comparison(asked: str, days: AlignedDays | None) -> str:
    return asked if asked == "year" or (asked == "festival" and days) else "previous"


def _file(request, context: dict):
    """The page's figures, exact, as a workbook."""
    workspace, state = request.workspace, context["state"]
    about = [
        (_("Workspace"), workspace.name),
        (_("Currency"), workspace.base_currency),
        (_("Narrowed to"), context["bar"].words),
        (_("Figures as of"), state.closed_through),
        (_("Closed"), state.closed_at),
        (_("Time zone"), workspace.timezone),
    ]
    sheets = overview_sheets(
        about,
        context["course"],
        context["changes"],
        context.get("goals", {}),
        context["mrr_course"].get("marks", []),
        language=get_language() or "en",
    )
    return download_sheets(request, name=f"overview-{context['period']}", sheets=sheets)


def _of_the_whole(request, now: dict, texts: dict) -> dict:
    """What is known of the whole book alone: restatements, and who moved it, in words."""
    workspace, slug = request.workspace, request.workspace.slug
    restated = restatements.restated(workspace, interval="month", name=now["period"])
    moved = reasons.movers(workspace, first=now["starts_on"], last=now["through"])
    return {
        "restated_at": restated and restated.at,
        "since_published": reasons.since_published(now["mrr_end"], restated.first_mrr if restated else None, **texts),
        "why": reasons.sentence(now, moved, href=lambda pk: reverse("accounts:account_page", args=[slug, pk]), **texts),
    }


def _chosen(wanted: str, rows: list[dict]) -> str:
    """The month asked for; else the last whole one, because half a month against a whole one misleads."""
    known = [row["period"] for row in rows]
    if wanted in known:
        return wanted
    whole = [row["period"] for row in rows if row["closed"]]
    return (whole or known)[-1]


def _label(row: dict, language: str) -> str:
    name = formats.period(row["period"], language)
    return name if row["closed"] else _("%(period)s, so far") % {"period": name}


def _shifted(period: str, months: int) -> str:
    """The month `months` before `period`."""
    first = formats.first_day(period)
    index = first.year * 12 + first.month - 1 - months
    return f"{index // 12:04d}-{index % 12 + 1:02d}"
