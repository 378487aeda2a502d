"""The forecast: the next quarters as contracts tell them, and the accounts behind what is known of a day."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.conditions import TEAM, accounts_of
from metrics import ratios
from metrics.figures_state import figures_state
from metrics.forecast import LEAST_OF_PART, AccountChange, forecast, known_changes
from metrics.renewal_board import forecast_chart
from metrics.slice_bar import SliceBar, slice_bar
from metrics.slices.reading import conditions_now
from metrics.views.renewals import quarter_cards, renewal_tabs
from metrics.views.shared_links import share_query
from workspaces.exports import ROWS_AT_ONCE
from workspaces.list_files import Column, ListFile, page_file, page_links

ACCOUNTS_A_PAGE = 100
MONTHS = ListFile(
    gettext_lazy("Forecast"),
    (
        Column(gettext_lazy("End of"), lambda month: month.ends_on),
        Column(gettext_lazy("Known to come"), lambda month: month.gained),
        Column(gettext_lazy("Known to end"), lambda month: month.lost),
        Column(gettext_lazy("Known MRR"), lambda month: month.known),
        Column(gettext_lazy("Expected"), lambda month: month.expected),
        Column(gettext_lazy("All renewed"), lambda month: month.all_renewed),
        Column(gettext_lazy("Accounts that change"), lambda month: month.accounts),
    ),
)
CHANGES = ListFile(
    gettext_lazy("Known changes"),
    (
        Column(gettext_lazy("Account id"), lambda row: row.external_id),
        Column(gettext_lazy("Account"), lambda row: row.name),
        Column(gettext_lazy("Now"), lambda row: row.before),
        Column(gettext_lazy("Then"), lambda row: row.after),
        Column(gettext_lazy("Change"), lambda row: row.change),
    ),
)


@require_safe
def forecast_page(request, slug):
    context = forecast_context(request, slug)
    if "forecast" in context:
        file = page_file(request, MONTHS, lambda: context["forecast"].months)
        if file is not None:
            return file
        context |= share_query(request, "renewal_forecast", context["bar"].exact_url)
    context["tabs"] = renewal_tabs(request.workspace, "forecast")
    return render(request, "metrics/forecast.html", context)


def forecast_context(request, slug) -> dict[str, Any]:
    workspace, state = request.workspace, figures_state(request.workspace)
    closed = state.closed_through
    bar = slice_bar(request, kept={}, has_picker=True)
    context: dict[str, Any] = {
        "state": state,
        "bar": bar,
        "is_narrowed": bool(bar.chosen.account_conditions()),
        "is_of_lines": bar.chosen.is_of_lines,
    }
    if closed is not None:
        told = forecast(workspace, closed=closed, among=_among(workspace, bar))
        accounts = reverse("metrics:forecast_accounts", args=[slug])
        context |= {
            "forecast": told,
            "files": page_links(request),
            "least_of_part": LEAST_OF_PART,
            "trailing": ratios.rate(told.rate.rate),
            "quarters": quarter_cards(told.quarters, slug, narrowed=_on_the_list(bar)),
            "months": [
                {"month": month, "href": bar.explained_at(accounts, day=month.ends_on.isoformat())}
                for month in told.months
            ],
            "chart": forecast_chart(told, currency=workspace.base_currency, language=get_language() or "en"),
            "rates_url": f"{reverse('metrics:renewal_rates', args=[slug])}?interval=quarter",
            # Of a part, the list goes by who owned an account on the day, and the forecast by who owns it now.
            "open_url": f"{reverse('metrics:renewal_list', args=[slug])}?standing=open" if bar.chosen.is_whole else "",
        }
    return context


def _among(workspace, bar: SliceBar) -> QuerySet | None:
    """The accounts that the page is narrowed to as they are now: what is to come is theirs who own it now."""
    conditions = conditions_now(bar.chosen)
    return accounts_of(workspace, conditions).order_by().values("pk") if conditions else None


def _on_the_list(bar: SliceBar) -> dict[str, str] | None:
    """What narrows the list of renewals as the page is narrowed, None when nothing does."""
    if not bar.chosen.account_conditions():
        return {}
    return {TEAM: str(bar.team.pk)} if bar.is_of_team and bar.team else None


@require_safe
def forecast_accounts(request, slug):
    """The accounts whose MRR is known to change until `day`, by id; `after` is the last one of the page before."""
    workspace, state = request.workspace, figures_state(request.workspace)
    closed = state.closed_through
    context: dict[str, Any] = {
        "trail": [
            {"label": _("Renewals"), "href": reverse("metrics:renewal_calendar", args=[slug])},
            {"label": _("Forecast"), "href": reverse("metrics:renewal_forecast", args=[slug])},
        ]
    }
    if closed is not None:
        bar = slice_bar(request, kept={})
        among = _among(workspace, bar)
        told = forecast(workspace, closed=closed, among=among)
        month = next(
            (month for month in told.months if month.ends_on.isoformat() == request.GET.get("day")), told.months[-1]
        )
        file = page_file(
            request, CHANGES, lambda: _all_changes(workspace, closed=closed, day=month.ends_on, among=among)
        )
        if file is not None:
            return file
        rows = known_changes(
            workspace,
            closed=closed,
            day=month.ends_on,
            after=_id(request.GET.get("after")),
            most=ACCOUNTS_A_PAGE + 1,
            among=among,
        )
        query = (
            {"day": month.ends_on.isoformat(), "after": str(rows[ACCOUNTS_A_PAGE - 1].account_id)}
            if (len(rows) > ACCOUNTS_A_PAGE)
            else {}
        )
        context |= {
            "mrr": told.mrr,
            "month": month,
            "lost": -month.lost,
            "closed": closed,
            "rows": rows[:ACCOUNTS_A_PAGE],
            "next_url": bar.explained_at(request.path, **query) if query else "",
            "bar": bar,
            "files": page_links(request, has_rows=bool(rows)),
        }
    return render(request, "metrics/forecast_accounts.html", context)


def _all_changes(workspace, **of: Any) -> Iterator[AccountChange]:
    """Page by page, so that a long list costs no memory."""
    after = None
    while rows := known_changes(workspace, after=after, most=ROWS_AT_ONCE, **of):
        yield from rows
        after = rows[-1].account_id


def _id(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None
