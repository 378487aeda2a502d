"""Committed MRR, period by period."""

from b2bops.api import columns as c
from b2bops.api.answers import json_answer
from b2bops.api.metrics import PERIOD_PARAMETERS, MetricEndpoint
from b2bops.api.openapi import json_of, operation
from metrics.committed import COMMITTED, committed


class Committed(MetricEndpoint):
    """``GET /metrics/committed/``."""

    def operations(self):
        row = {"period": {"type": "string"}, "closed": {"type": "boolean"}, **dict.fromkeys(COMMITTED, c.MONEY)}
        rows = {"type": "object", "required": list(row), "properties": row}
        schema = {
            "type": "object",
            "required": ["currency", "rows"],
            "properties": {"currency": {"type": "string"}, "rows": {"type": "array", "items": rows}},
        }
        return {
            "GET": operation(
                "committed_mrr",
                "MRR beside what it comes to once what is signed has begun and what is known to end has ended",
                tag="metrics",
                parameters=PERIOD_PARAMETERS,
                answers={200: json_of(schema, "The rows, oldest first")},
                without=(404,),
            )
        }

    def get(self, request, **kwargs):
        self.refuse_unknown_parameters(request, {"from", "to", "interval"})
        rows = committed(request.workspace, **self.period_range(request))
        return json_answer(
            {
                "currency": request.workspace.base_currency,
                "rows": [{name: row[name] for name in ("period", "closed", *COMMITTED)} for row in rows],
            }
        )
