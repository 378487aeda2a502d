"""Unit economics: what a customer costs and brings by channel, campaigns, the course of the whole, and the rows behind."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from itertools import chain
from typing import Any
from urllib.parse import urlencode

from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.terms import add_months
from leads.models import Spend
from metrics import overview as board
from metrics import queries
from metrics.annotations import annotated, goals_and_notes
from metrics.calendar import MONTHS, Period
from metrics.errors import MissingRate
from metrics.figures_state import figures_state
from metrics.goals import ByPeriod, add_goal_line, tile_goal
from metrics.models import Interval
from metrics.slice_bar import SliceBar, slice_bar
from metrics.slices.dimensions import CHANNEL
from metrics.unit_economics import (
    COMPANY_KEYS,
    NOT_ATTRIBUTABLE,
    Campaign,
    Economics,
    Line,
    campaigns,
    new_customers,
    spend_entries,
    unit_economics,
)
from metrics.unit_economics_sliced import sliced_economics
from metrics.views.renewal_rates import label_of
from metrics.views.shared_links import share_query
from workspaces import exports, formats
from workspaces.list_files import Column, ListFile, page_file, page_links

CONTROLS = ("interval", "period")
TILES = ("cac", "ltv", "ltv_cac", "cac_payback_months", "spend")
CHOSEN_FROM = 24
SHOWN = {Interval.MONTH: 24, Interval.QUARTER: 12, Interval.YEAR: 6}
EARLIEST, LATEST = dt.date(1970, 1, 1), dt.date(2199, 12, 31)
ROWS_SHOWN = 500


@require_safe
def channels(request, slug):
    """`interval` and `period` say which, filters of which part of the book; `download`: the table as a file."""
    context = unit_economics_context(request, slug)
    if "told" in context and (file_format := request.GET.get("download")):
        return _download(request, context["told"], file_format)
    context |= share_query(request, "unit_economics", context["bar"].exact_url)
    return render(request, "metrics/unit_economics.html", context)


def unit_economics_context(request, slug) -> dict[str, Any]:
    workspace, state = request.workspace, figures_state(request.workspace)
    interval = _interval(request)
    here = {name: request.GET[name] for name in CONTROLS if request.GET.get(name)}
    bar = slice_bar(request, kept=here, has_picker=True)
    context: dict[str, Any] = {"state": state, "bar": bar}
    course = _course(workspace, interval) if state.closed_through else []
    period_row = _asked(course, request.GET.get("period", ""))
    if period_row is None:
        return context
    currency, language = workspace.base_currency, get_language() or "en"
    place = course.index(period_row)
    shown = course[max(0, place + 1 - SHOWN[interval]) : place + 1]
    told = _economics(workspace, interval, period_row)
    unavailable: Mapping[str, str] = {}
    rows = course[: place + 1]
    if not bar.chosen.is_whole:
        # A period more than is drawn, to compare the first one with.
        first = course[max(0, place - SHOWN[interval])]["starts_on"]
        try:
            part = sliced_economics(
                workspace, chosen=bar.chosen, period=told.period, first=first, channels=told.channels
            )
        except MissingRate as error:
            text = _("There is no exchange rate for %(currency)s on or before %(day)s.")
            return context | {
                "rate_missing": text % {"currency": error.currency, "day": formats.day(error.day, language)}
            }
        told = replace(told, channels=part.lines, whole=part.whole)
        rows, unavailable = part.course, part.unavailable
        shown = rows[-len(shown) :]
    here = {"interval": str(interval), "period": told.period.name}
    starts = [row["starts_on"] for row in shown]
    has_goals = bar.chosen.is_whole or bar.is_of_team
    keys = {"ltv": _("LTV"), "cac": _("CAC")}
    goals, notes = goals_and_notes(
        workspace, starts, interval, keys=(*keys, *TILES) if has_goals else (), team=bar.team
    )
    texts = {"currency": currency, "language": language}
    context |= {
        "told": told,
        "interval": interval,
        "period": told.period.name,
        "label": label_of(told.period),
        "shared_period": label_of(told.period),
        "picture_title": f"{_('Unit economics')} · {label_of(told.period)}",
        "intervals": [{"value": value, "label": label} for value, label in Interval.choices],
        "periods": [
            {"value": row["period"], "label": label_of(Period(row["starts_on"], interval, told.period.start_month))}
            for row in course[: -CHOSEN_FROM - 1 : -1]
        ],
        "tiles": _tiles(rows, told.period, bar, slug, unavailable, goals, **texts),
        "lines": [_shown(line, slug, bar, here) for line in told.channels],
        "campaigns": _campaigns(workspace, told, bar),
        "has_spend": bar.chosen.has_spend,
        "lagged": (told.cac_first, told.cac_last) != (told.period.starts_on, told.through),
        "bars": _bars(told.channels, currency, language),
        "legend": [{"label": _("CAC"), "role": "churn"}, {"label": _("LTV"), "role": "new"}],
        "course": _lines(shown, interval, told.period.start_month, currency, language),
        "files": exports.menu(request, lambda name: bar.address(**here, download=name)),
    }
    for key, label in keys.items():
        add_goal_line(context["course"], key, starts, goals, label=label, **texts)
    return context | annotated([context["course"]], starts, notes, request=request, language=language)


# New customers bring MRR, entries of spend cost; each has a column of its own.
CHANNEL_FILE = ListFile(
    gettext_lazy("Unit economics"),
    (
        Column(
            gettext_lazy("Kind"),
            lambda row: gettext_lazy("Spend") if isinstance(row, Spend) else gettext_lazy("New customer"),
        ),
        Column(gettext_lazy("Date"), lambda row: row.date if isinstance(row, Spend) else row.day),
        Column(gettext_lazy("Account id"), lambda row: "" if isinstance(row, Spend) else row.account.external_id),
        Column(gettext_lazy("Account"), lambda row: "" if isinstance(row, Spend) else row.account.name),
        Column(gettext_lazy("MRR"), lambda row: None if isinstance(row, Spend) else row.amount),
        Column(gettext_lazy("Campaign"), lambda row: row.campaign if isinstance(row, Spend) else ""),
        Column(gettext_lazy("Amount"), lambda row: row.amount if isinstance(row, Spend) else None),
    ),
)


@require_safe
def channel_rows(request, slug):
    """The new customers and the spend that a channel's figures of a period are made of; `channel` empty: none named."""
    workspace, state = request.workspace, figures_state(request.workspace)
    interval, channel = _interval(request), request.GET.get("channel", "").replace("\x00", "")
    course = _course(workspace, interval) if state.closed_through else []
    row = _asked(course, request.GET.get("period", ""))
    if row is None:
        raise Http404
    told = _economics(workspace, interval, row)
    customers = new_customers(workspace, first=told.period.starts_on, through=told.through, channel=channel)
    entries = spend_entries(workspace, first=told.cac_first, last=told.cac_last, channel=channel)
    file = page_file(request, CHANNEL_FILE, lambda: chain(customers.order_by("day", "account__name"), entries))
    if file is not None:
        return file
    here = {"interval": str(interval), "period": told.period.name}
    context = {
        "files": page_links(request),
        "told": told,
        "label": label_of(told.period),
        "channel": name_of(channel),
        "line": next((line for line in told.channels if line.channel == channel), None),
        "customers": customers.order_by("day", "account__name")[:ROWS_SHOWN],
        "entries": entries[:ROWS_SHOWN],
        "rows_shown": ROWS_SHOWN,
        "trail": [
            {
                "label": _("Unit economics"),
                "href": f"{reverse('metrics:unit_economics', args=[slug])}?{urlencode(here)}",
            }
        ],
    }
    return render(request, "metrics/channel_rows.html", context)


def name_of(channel: str) -> str:
    return _("Not attributable") if channel == NOT_ATTRIBUTABLE else channel


def _interval(request) -> Interval:
    word = request.GET.get("interval", "")
    return Interval(word) if word in Interval.values else Interval.QUARTER


def _course(workspace, interval: Interval) -> list[dict[str, Any]]:
    return queries.series(workspace=workspace, keys=COMPANY_KEYS, first=EARLIEST, last=LATEST, interval=interval)


def _asked(course: list[dict[str, Any]], wanted: str) -> dict[str, Any] | None:
    """The period asked for, else the last whole one; None when there are no figures."""
    whole = [row for row in course if row["closed"]] or course
    return next((row for row in course if row["period"] == wanted), whole[-1] if whole else None)


def _economics(workspace, interval: Interval, row: dict[str, Any]) -> Economics:
    span = {"first": row["starts_on"], "last": add_months(row["starts_on"], MONTHS[interval] - 1)}
    return unit_economics(workspace, interval=interval, whole=[row], **span)[0]


def _tiles(
    course: list[dict[str, Any]], period: Period, bar: SliceBar, slug: str, unavailable, goals: ByPeriod, **texts
) -> list[dict]:
    """Against the period before, unless this one still runs; each leads to where it comes from."""
    place = next(place for place, row in enumerate(course) if row["starts_on"] == period.starts_on)
    now = course[place]
    then = course[place - 1] if place and now["closed"] else None
    before = label_of(Period(then["starts_on"], period.interval, period.start_month)) if then else ""
    tiles = [
        board.tile(
            board.spec_of(key),
            now,
            then,
            against=_("vs %(period)s") % {"period": before} if then else "",
            href=lambda key: bar.explained_at(reverse("metrics:explanation", args=[slug, key]), period=now["period"]),
            unavailable=unavailable,
            **texts,
        )
        for key in TILES
    ]
    for tile in tiles:
        if (goal := goals.get((tile["key"], now["starts_on"]))) is not None:
            tile["goal"] = tile_goal(tile["key"], now[tile["key"]], goal, is_closed=now["closed"], **texts)
    return tiles


def _campaigns(workspace, told: Economics, bar: SliceBar) -> list[Campaign]:
    """Of the channels on the page; none where nobody knows for whom the spend was."""
    if not bar.chosen.has_spend:
        return []
    found = campaigns(workspace, first=told.period.starts_on, last=told.through)
    channels = {line.channel for line in told.channels}
    return found if bar.chosen.is_whole else [one for one in found if one.channel in channels]


def _shown(line: Line, slug: str, bar: SliceBar, here: dict[str, str]) -> dict[str, Any]:
    """Of the whole book a channel leads to its customers and spend; of a part, to the new customers of the part."""
    if bar.chosen.is_whole:
        rows = reverse("metrics:channel_rows", args=[slug])
        href = f"{rows}?{urlencode(here | {'channel': line.channel})}"
    else:
        rows = reverse("metrics:explanation", args=[slug, "new_customers"])
        href = bar.explained_at(rows, add=[(CHANNEL, line.channel or "")], period=here["period"])
    return {"line": line, "name": name_of(line.channel or ""), "href": href}


def _bars(lines: list[Line], currency: str, language: str) -> dict[str, Any]:
    """What a customer costs beside what it brings, for the channels that have either."""
    lines = [line for line in lines if line.cac is not None or line.ltv is not None]

    def one(name: str, role: str, values: list) -> dict[str, Any]:
        return {
            "name": name,
            "role": role,
            "values": [None if value is None else float(value) for value in values],
            "texts": [formats.money_short(value, currency, language) for value in values],
        }

    return {
        "kind": "bars",
        "unit": "money",
        "currency": currency,
        "of": _("Channel"),
        "x": [name_of(line.channel or "") for line in lines],
        "series": [
            one(_("CAC"), "churn", [line.cac for line in lines]),
            one(_("LTV"), "new", [line.ltv for line in lines]),
        ],
    }


def _lines(rows: list[dict[str, Any]], interval: Interval, start_month: int, currency: str, language: str) -> dict:
    def one(key: str, name: str) -> dict[str, Any]:
        return {
            "name": name,
            "kind": "line",
            "values": [None if row[key] is None else float(row[key]) for row in rows],
            "texts": [formats.money_short(row[key], currency, language) for row in rows],
        }

    return {
        "kind": "lines",
        "unit": "money",
        "currency": currency,
        "so_far": _("so far") if rows and not rows[-1]["closed"] else None,
        "x": [label_of(Period(row["starts_on"], interval, start_month)) for row in rows],
        "zero": True,
        "series": [one("ltv", _("LTV")), one("cac", _("CAC"))],
    }


def _download(request, told: Economics, file_format: str):
    if file_format not in exports.FORMATS:
        raise Http404
    head = [
        _("Channel"),
        _("Spend"),
        _("Spend behind CAC"),
        _("New customers"),
        _("New MRR"),
        _("Customers"),
        _("MRR"),
        _("Average sale price"),
        _("CAC"),
        _("LTV"),
        _("LTV : CAC"),
        _("CAC payback"),
    ]

    def rows():
        for line in [*told.channels, told.whole]:
            yield [
                _("All together") if line.channel is None else name_of(line.channel),
                line.spend,
                line.cac_spend,
                line.new_customers,
                line.new,
                line.customers,
                line.mrr,
                line.asp,
                line.cac,
                line.ltv,
                line.ltv_cac,
                line.cac_payback_months,
            ]

    name = f"{_('Unit economics')} {told.period.name}"
    return exports.download(request, name=name, file_format=file_format, head=head, rows=rows)
