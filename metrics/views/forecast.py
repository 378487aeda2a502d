"""The forecast: the next quarters as contracts tell them, and the accounts behind what is known of a day."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from metrics import ratios
from metrics.figures_state import figures_state
from metrics.forecast import forecast, known_changes
from metrics.renewal_board import forecast_chart
from metrics.views.renewals import quarter_cards, renewal_tabs

ACCOUNTS_A_PAGE = 100


@require_safe
def forecast_page(request, slug):
    workspace, state = request.workspace, figures_state(request.workspace)
    closed = state.closed_through
    context: dict[str, Any] = {"state": state, "tabs": renewal_tabs(workspace, "forecast")}
    if closed is not None:
        told = forecast(workspace, closed=closed)
        accounts = reverse("metrics:forecast_accounts", args=[slug])
        context |= {
            "forecast": told,
            "trailing": ratios.rate(told.rate.rate),
            "quarters": quarter_cards(told.quarters, slug),
            "months": [
                {"month": month, "href": f"{accounts}?day={month.ends_on.isoformat()}"} for month in told.months
            ],
            "chart": forecast_chart(told, currency=workspace.base_currency, language=get_language() or "en"),
            "rates_url": f"{reverse('metrics:renewal_rates', args=[slug])}?interval=quarter",
            "open_url": f"{reverse('metrics:renewal_list', args=[slug])}?standing=open",
        }
    return render(request, "metrics/forecast.html", context)


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
        told = forecast(workspace, closed=closed)
        month = next(
            (month for month in told.months if month.ends_on.isoformat() == request.GET.get("day")), told.months[-1]
        )
        rows = known_changes(
            workspace, closed=closed, day=month.ends_on, after=_id(request.GET.get("after")), most=ACCOUNTS_A_PAGE + 1
        )
        query = (
            {"day": month.ends_on.isoformat(), "after": str(rows[ACCOUNTS_A_PAGE - 1].account_id)}
            if (len(rows) > ACCOUNTS_A_PAGE)
            else {}
        )
        context |= {
            "mrr": told.mrr,
            "month": month,
            "closed": closed,
            "rows": rows[:ACCOUNTS_A_PAGE],
            "next_url": f"{request.path}?{urlencode(query)}" if query else "",
        }
    return render(request, "metrics/forecast_accounts.html", context)


def _id(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None
