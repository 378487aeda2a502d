"""Charts of renewals and of the forecast, as `templates/components/README.md` describes chart data. Pure."""

from collections.abc import Sequence
from decimal import Decimal

from django.utils.translation import gettext as _

from metrics.forecast import Forecast
from metrics.renewals import RenewalRate
from workspaces import formats


def rate_chart(rows: Sequence[RenewalRate], labels: Sequence[str], *, is_open: bool) -> dict:
    """The renewal rate by value and by count over `rows`, one a period; is_open: the last one still runs."""

    def one(name: str, values: list[Decimal | None]) -> dict:
        return {
            "name": name,
            "kind": "line",
            "values": [None if value is None else float(value) for value in values],
            "texts": [formats.percent(value) for value in values],
        }

    return {
        "kind": "lines",
        "unit": "percent",
        "so_far": _("so far") if is_open else None,
        "x": list(labels),
        "zero": True,
        "series": [
            one(_("By value"), [row.rate_value for row in rows]),
            one(_("By count"), [row.rate for row in rows]),
        ],
    }


def forecast_chart(told: Forecast, *, currency: str, language: str) -> dict:
    """MRR from the last closed day on: known, expected, and were every renewal made."""

    def one(name: str, values: list[Decimal | None], kind: str = "line") -> dict:
        return {
            "name": name,
            "kind": kind,
            "values": [None if value is None else float(value) for value in values],
            "texts": [formats.money_short(value, currency, language) for value in values],
        }

    series = [one(_("Known"), [told.mrr, *(month.known for month in told.months)], "area")]
    if told.rate.rate is not None:
        series.append(one(_("Expected"), [told.mrr, *(month.expected for month in told.months)]))
    series.append(one(_("All renewed"), [told.mrr, *(month.all_renewed for month in told.months)]))
    return {
        "kind": "lines",
        "unit": "money",
        "currency": currency,
        "so_far": None,
        "x": [_("Now"), *(formats.period_short(month.ends_on, language) for month in told.months)],
        "zero": True,
        "series": series,
    }
