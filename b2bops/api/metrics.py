"""What the closings found: the registry, series, bridge, movements, cohorts. Nothing is computed from facts here."""

import datetime as dt

from django.utils.translation import gettext as _

from b2bops.api import as_published
from b2bops.api import columns as c
from b2bops.api.answers import json_answer
from b2bops.api.endpoint import Endpoint
from b2bops.api.errors import invalid
from b2bops.api.openapi import json_of, operation, query, ref
from b2bops.api.periods import range_of
from b2bops.api.slicing import (
    COMPARE,
    COMPARING,
    GROUP,
    LIMIT_GROUPS,
    LIMITING,
    SLICED_ROW,
    SLICED_TABLE,
    SLICING,
    grouped_rows,
    is_sliced,
    limit_groups_of,
    missing_rate,
    slice_of,
    sliced_table,
)
from metrics.errors import MissingRate
from metrics.models import Interval
from metrics.queries import BRIDGE, COHORT_MEASURES, bridge, closed_through, cohorts, series
from metrics.registry import METRICS
from metrics.slices import queries as slices
from metrics.slices.cohorts import cohorts as sliced_cohorts
from metrics.slices.queries import COMPARISONS
from metrics.slices.reading import is_slicing

COUNTS = {"customers_start", "customers_end", "new_customers", "churned_customers"}
OLDEST, NEWEST = dt.date(1970, 1, 1), dt.date(2199, 12, 31)

NUMBER = {"type": ["string", "integer", "null"]}
PERIOD_PARAMETERS = [
    query(
        "from", {"type": "string", "examples": ["2023-01"]}, "2025-03, 2025-Q1 or 2025; without it from the beginning."
    ),
    query("to", {"type": "string", "examples": ["2025-12"]}, "Inclusive; without it to the last closed day."),
    query("interval", {"type": "string", "enum": list(Interval.values), "default": "month"}),
]


class MetricEndpoint(Endpoint):
    def refuse_unknown_parameters(self, request, known, *, can_slice=False) -> None:
        """can_slice: the parameters of a slice are known too."""
        sliced = [name for name in request.GET if is_slicing(name)] if can_slice else []
        super().refuse_unknown_parameters(request, {*known, *sliced})

    def handle_exception(self, exc):
        # A slice at the rates of a day that has none: the reader's to mend, in one parameter.
        return super().handle_exception(missing_rate(exc) if isinstance(exc, MissingRate) else exc)

    def choice(self, request, name: str, among, default: str) -> str:
        word = request.GET.get(name, default)
        if word not in among:
            raise invalid({name: [_("One of: %(names)s.") % {"names": ", ".join(among)}]})
        return word

    def period_range(self, request) -> dict:
        """first, last and interval as the queries take them."""
        interval = self.choice(request, "interval", Interval.values, "month")
        first, last = range_of(request.GET, request.workspace.fiscal_year_start_month)
        return {"first": first or OLDEST, "last": last or NEWEST, "interval": interval}

    def sliced(self, request) -> dict:
        """What the queries of slices take: the periods, the slice, and what its rows are compared with."""
        compare = self.choice(request, COMPARE, COMPARISONS, "") if COMPARE in request.GET else None
        return self.period_range(request) | {
            "chosen": slice_of(request),
            "compare": compare,
            "limit_groups": limit_groups_of(request),
        }


def beside_whole_figures(request) -> list[str]:
    """Parameters in the query that ask for other than the whole figures, as which alone figures are published."""
    return [name for name in request.GET if is_slicing(name) or name in (COMPARE, LIMIT_GROUPS)]


def registry_object(metric) -> dict:
    return {
        "key": metric.key,
        "name": metric.name,
        "unit": metric.unit,
        "formula": metric.formula,
        "version": metric.version,
        "description": metric.description,
    }


def _table(rows: list[dict], keys, currency: str) -> dict:
    return {
        "currency": currency,
        "rows": [{name: row[name] for name in ("period", "closed", *keys)} for row in rows],
    }


def _table_schema(keys) -> dict:
    properties = {"period": {"type": "string"}, "closed": {"type": "boolean"}, **keys, **SLICED_ROW}
    return {
        "type": "object",
        "required": ["currency", "rows"],
        "properties": {
            "currency": {"type": "string"},
            "rows": {
                "type": "array",
                "items": {"type": "object", "required": ["period", "closed"], "properties": properties},
            },
            **SLICED_TABLE,
        },
    }


class Registry(MetricEndpoint):
    """``GET /metrics/``."""

    def components(self):
        names = ("key", "name", "unit", "formula", "version", "description")
        properties = {name: {"type": "integer" if name == "version" else "string"} for name in names}
        return {"Metric": {"type": "object", "required": list(names), "properties": properties}}

    def operations(self):
        page = {
            "type": "object",
            "required": ["results", "next", "previous"],
            "properties": {
                "results": {"type": "array", "items": ref("Metric")},
                "next": {"type": "null"},
                "previous": {"type": "null"},
            },
        }
        return {
            "GET": operation(
                "list_metrics",
                "Every metric: what it is called, how it is worked out, in which version",
                tag="metrics",
                answers={200: json_of(page, "The registry")},
                without=(404,),
            )
        }

    def get(self, request, **kwargs):
        self.refuse_unknown_parameters(request, ())
        rows = [registry_object(metric) for metric in METRICS.values()]
        return json_answer({"results": rows, "next": None, "previous": None})


class Series(MetricEndpoint):
    """``GET /metrics/series/``."""

    def operations(self):
        schema = _table_schema(dict.fromkeys(METRICS, NUMBER))
        asked = query("metrics", {"type": "string"}, "Keys of the registry, with commas between.", is_required=True)
        return {
            "GET": operation(
                "metric_series",
                "Metrics over time, one row a period",
                tag="metrics",
                parameters=[asked, *PERIOD_PARAMETERS, *SLICING, *COMPARING, *LIMITING, as_published.PARAMETER],
                answers={200: json_of(schema, "The rows, oldest first")},
                without=(404,),
            )
        }

    def get(self, request, **kwargs):
        self.refuse_unknown_parameters(
            request, {"metrics", "from", "to", "interval", "as_published", COMPARE, LIMIT_GROUPS}, can_slice=True
        )
        keys = list(dict.fromkeys(word.strip() for word in request.GET.get("metrics", "").split(",") if word.strip()))
        if not keys:
            raise invalid({"metrics": [_("This field is required.")]})
        if unknown := [key for key in keys if key not in METRICS]:
            raise invalid({"metrics": [_("There is no metric %(key)s.") % {"key": key[:60]} for key in unknown[:10]]})
        day = as_published.day_of(request.GET, slicing=beside_whole_figures(request))
        if is_sliced(request):
            found = slices.series(workspace=request.workspace, keys=keys, **self.sliced(request))
            return json_answer(sliced_table(found, keys, request.workspace.base_currency))
        rows = series(workspace=request.workspace, keys=keys, as_published=day, **self.period_range(request))
        return json_answer(_table(rows, keys, request.workspace.base_currency))


class Bridge(MetricEndpoint):
    """``GET /metrics/bridge/``."""

    def operations(self):
        keys = {key: {"type": "integer"} if key in COUNTS else c.MONEY for key in slices.BRIDGE}
        return {
            "GET": operation(
                "mrr_bridge",
                "From MRR at the start to MRR at the end, by kind of movement",
                tag="metrics",
                parameters=[*PERIOD_PARAMETERS, *SLICING, *COMPARING, *LIMITING, as_published.PARAMETER],
                answers={200: json_of(_table_schema(keys), "The rows, oldest first")},
                without=(404,),
            )
        }

    def get(self, request, **kwargs):
        self.refuse_unknown_parameters(
            request, {"from", "to", "interval", "as_published", COMPARE, LIMIT_GROUPS}, can_slice=True
        )
        day = as_published.day_of(request.GET, slicing=beside_whole_figures(request))
        if is_sliced(request):
            found = slices.bridge(workspace=request.workspace, **self.sliced(request))
            return json_answer(sliced_table(found, slices.BRIDGE, request.workspace.base_currency))
        rows = bridge(workspace=request.workspace, as_published=day, **self.period_range(request))
        return json_answer(_table(rows, BRIDGE, request.workspace.base_currency))


class Cohorts(MetricEndpoint):
    """``GET /metrics/cohorts/``."""

    def operations(self):
        row = {
            "type": "object",
            "required": ["cohort", "size", "first", "cells"],
            "properties": {
                "cohort": {"type": "string"},
                "size": {"type": "integer"},
                "first": NUMBER,
                "cells": {"type": "array", "items": {"type": ["string", "null"]}},
                "group": GROUP,
            },
        }
        schema = {
            "type": "object",
            "required": ["currency", "measure", "closed_through", "rows"],
            "properties": {
                "currency": {"type": "string"},
                "measure": {"type": "string"},
                "closed_through": c.or_null(c.DATE),
                "rows": {"type": "array", "items": row},
                "is_overlapping": SLICED_TABLE["is_overlapping"],
            },
        }
        return {
            "GET": operation(
                "metric_cohorts",
                "What became of the accounts that first paid in the same period",
                tag="metrics",
                parameters=[
                    query("by", {"type": "string", "enum": list(Interval.values), "default": "month"}),
                    query("measure", {"type": "string", "enum": list(COHORT_MEASURES), "default": "customers"}),
                    *SLICING,
                    *LIMITING,
                ],
                answers={200: json_of(schema, "One row a cohort; a cell not reached yet is null")},
                without=(404,),
            )
        }

    def get(self, request, **kwargs):
        self.refuse_unknown_parameters(request, {"by", "measure", LIMIT_GROUPS}, can_slice=True)
        by = self.choice(request, "by", Interval.values, "month")
        measure = self.choice(request, "measure", COHORT_MEASURES, "customers")
        answer = {
            "currency": request.workspace.base_currency,
            "measure": measure,
            "closed_through": closed_through(request.workspace),
        }
        names = ("cohort", "size", "first", "cells")
        if is_sliced(request):
            found = sliced_cohorts(
                workspace=request.workspace,
                by=by,
                measure=measure,
                chosen=slice_of(request),
                limit_groups=limit_groups_of(request),
            )
            answer |= {"rows": grouped_rows(found, names), "is_overlapping": found.is_overlapping}
            return json_answer(answer)
        rows = cohorts(workspace=request.workspace, by=by, measure=measure)
        return json_answer(answer | {"rows": [{name: row[name] for name in names} for row in rows]})
