"""Unit economics: what a customer costs and brings, by channel and in all, with the campaigns of each period."""

from django.utils.translation import gettext as _

from b2bops.api import columns as c
from b2bops.api.answers import json_answer
from b2bops.api.errors import invalid
from b2bops.api.metrics import PERIOD_PARAMETERS, MetricEndpoint
from b2bops.api.openapi import json_of, operation, query
from b2bops.api.periods import span_of
from metrics.calendar import MONTHS, months_between
from metrics.unit_economics import NOT_ATTRIBUTABLE, Economics, Line, campaigns, unit_economics

COUNT = {"type": "integer"}
MONEY_OR_NULL = c.or_null(c.MONEY)
RATIO_OR_NULL = c.or_null(c.DECIMAL)
FIGURES = {
    "spend": c.MONEY,
    "cac_spend": c.MONEY,
    "new_customers": COUNT,
    "new": c.MONEY,
    "customers": COUNT,
    "mrr": c.MONEY,
    "asp": MONEY_OR_NULL,
    "arpa": MONEY_OR_NULL,
    "cac": MONEY_OR_NULL,
    "ltv": MONEY_OR_NULL,
    "ltv_cac": RATIO_OR_NULL,
    "cac_payback_months": RATIO_OR_NULL,
}


def _object(properties: dict) -> dict:
    return {"type": "object", "required": list(properties), "properties": properties}


class UnitEconomics(MetricEndpoint):
    """``GET /metrics/unit-economics/``."""

    def operations(self):
        channel = {"type": ["string", "null"], "description": "Null: of accounts that no channel is known of."}
        campaign = {"channel": {"type": "string"}, "campaign": {"type": ["string", "null"]}}
        row = _object(
            {
                "period": {"type": "string"},
                "closed": {"type": "boolean"},
                "cac_from": c.DATE,
                "cac_to": c.DATE,
                "channels": {"type": "array", "items": _object({"channel": channel, **FIGURES})},
                "total": _object(FIGURES),
            }
        )
        row["properties"]["campaigns"] = {
            "type": "array",
            "items": _object({**campaign, "entries": COUNT, "spend": c.MONEY}),
            "description": "Only when one `period` is asked for.",
        }
        schema = _object({"currency": {"type": "string"}, "rows": {"type": "array", "items": row}})
        period = query("period", {"type": "string", "examples": ["2026-Q1"]}, "One period, instead of from and to.")
        return {
            "GET": operation(
                "unit_economics",
                "Spend, acquisition cost, lifetime value and payback by channel of origin; the channels add up to the total",
                tag="metrics",
                parameters=[period, *PERIOD_PARAMETERS],
                answers={200: json_of(schema, "The rows, oldest period first")},
                without=(404,),
            )
        }

    def get(self, request, **kwargs):
        self.refuse_unknown_parameters(request, {"period", "from", "to", "interval"})
        is_one = "period" in request.GET
        window = self._one_period(request) if is_one else self.period_range(request)
        rows = unit_economics(request.workspace, **window)
        return json_answer(
            {
                "currency": request.workspace.base_currency,
                "rows": [
                    _row_object(row) | ({"campaigns": _campaigns(request.workspace, row)} if is_one else {})
                    for row in rows
                ],
            }
        )

    def _one_period(self, request) -> dict:
        if others := [name for name in ("from", "to", "interval") if name in request.GET]:
            raise invalid({name: [_("Either a period, or from and to.")] for name in others})
        try:
            first, last = span_of(request.GET["period"], request.workspace.fiscal_year_start_month)
        except ValueError as exc:
            raise invalid({"period": [str(exc)]}) from None
        lengths = {months: interval for interval, months in MONTHS.items()}
        if first == last:
            raise invalid({"period": [_("A period is written 2025-03, 2025-Q1 or 2025.")]})
        return {"first": first, "last": last, "interval": lengths[months_between(first, last) + 1]}


def _figures(line: Line) -> dict:
    return {name: getattr(line, name) for name in FIGURES}


def _row_object(row: Economics) -> dict:
    return {
        "period": row.period.name,
        "closed": row.is_closed,
        "cac_from": row.cac_first,
        "cac_to": row.cac_last,
        "channels": [
            {"channel": None if line.channel == NOT_ATTRIBUTABLE else line.channel, **_figures(line)}
            for line in row.channels
        ],
        "total": _figures(row.whole),
    }


def _campaigns(workspace, row: Economics) -> list[dict]:
    return [
        {"channel": one.channel, "campaign": one.name or None, "entries": one.entries, "spend": one.spend}
        for one in campaigns(workspace, first=row.period.starts_on, last=row.through)
    ]
