"""The choices that metric definitions leave to a workspace, since when."""

from b2bops.api import columns as c
from b2bops.api.answers import json_answer
from b2bops.api.endpoint import Endpoint
from b2bops.api.openapi import json_of, operation
from workspaces.actions.settings import METRIC_FIELDS, metric_facts
from workspaces.models import ChurnTiming, MetricSettings

SCHEMAS = {
    "gross_margin_percent": c.DECIMAL,
    "ltv_cac_bar": c.DECIMAL,
    "reactivation_after_days": {"type": ["integer", "null"]},
    "churn_timing": {"type": "string", "enum": list(ChurnTiming.values)},
}


class MetricSettingsList(Endpoint):
    """``GET /settings/metrics/``."""

    def operations(self):
        fields = {name: SCHEMAS.get(name, {"type": "integer"}) for name in METRIC_FIELDS}
        row = {
            "type": "object",
            "required": ["effective_from", *fields],
            "properties": {"effective_from": c.or_null(c.DATE), **fields},
        }
        table = {
            "type": "object",
            "required": ["fiscal_year_start_month", "rows"],
            "properties": {
                "fiscal_year_start_month": {"type": "integer", "minimum": 1, "maximum": 12},
                "rows": {"type": "array", "items": row},
            },
        }
        return {
            "GET": operation(
                "metric_settings",
                "The settings behind the metrics, each row from its day on",
                tag="metrics",
                answers={200: json_of(table, "Latest first; the last one holds from the beginning, and says null")},
                without=(404,),
            )
        }

    def get(self, request, **kwargs):
        self.refuse_unknown_parameters(request, ())
        rows = MetricSettings.objects.filter(workspace=request.workspace).order_by("-effective_from")
        return json_answer(
            {
                "fiscal_year_start_month": request.workspace.fiscal_year_start_month,
                "rows": [
                    {"effective_from": None if row.is_first else row.effective_from} | metric_facts(row) for row in rows
                ],
            }
        )
