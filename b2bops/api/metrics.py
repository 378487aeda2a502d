"""What the closings found: the registry, series, bridge, movements, cohorts. Nothing is computed from facts here."""

import datetime as dt

from django.utils.translation import gettext as _

from b2bops.api import as_published, expansion, parameters
from b2bops.api import columns as c
from b2bops.api.accounts import ACCOUNTS
from b2bops.api.answers import json_answer
from b2bops.api.collection import Column, Thing, by_key
from b2bops.api.endpoint import Endpoint
from b2bops.api.errors import invalid
from b2bops.api.expansion import asked_of, expand
from b2bops.api.openapi import json_of, operation, query, ref
from b2bops.api.paging import LONGEST_LIMIT, Ordering, limit_of, page_address, page_of
from b2bops.api.periods import range_of
from metrics.models import Interval, Movement, MovementKind
from metrics.queries import BRIDGE, COHORT_MEASURES, bridge, closed_through, cohorts, series
from metrics.registry import METRICS

# Parameters of the contract that belong to segments and arrive with them. Ignoring one would answer another question.
NOT_YET = ("group_by", "segment", "owner", "industry", "region")
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
MOVEMENT = Thing(
    noun="movement",
    model=Movement,
    columns=(
        Column("id", {"type": "string"}),
        *c.account(),
        c.date("date", is_nullable=False),
        Column("kind", {"type": "string", "enum": list(MovementKind.values)}),
        Column("amount", c.MONEY),
    ),
    expands=(by_key("account", ACCOUNTS),),
)
MOVEMENT_ORDER = Ordering("date", "day", tie="account_id")
# Who asks for the movements of a month wants them all; short rows, so a month of most companies is one answer.
MOVEMENTS_AT_ONCE = 10_000
MOVEMENT_SOURCES = ["account_id", "account__external_id", "day", "kind", "amount"]


class MetricEndpoint(Endpoint):
    def refuse_unknown_parameters(self, request, known) -> None:
        if later := [name for name in NOT_YET if name in request.GET and name not in known]:
            raise invalid({name: [_("Not supported yet.")] for name in later})
        super().refuse_unknown_parameters(request, known)

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


def _registry_object(metric) -> dict:
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
    properties = {"period": {"type": "string"}, "closed": {"type": "boolean"}, **keys}
    return {
        "type": "object",
        "required": ["currency", "rows"],
        "properties": {
            "currency": {"type": "string"},
            "rows": {
                "type": "array",
                "items": {"type": "object", "required": ["period", "closed"], "properties": properties},
            },
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
        rows = [_registry_object(metric) for metric in METRICS.values()]
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
                parameters=[asked, *PERIOD_PARAMETERS, as_published.PARAMETER],
                answers={200: json_of(schema, "The rows, oldest first")},
                without=(404,),
            )
        }

    def get(self, request, **kwargs):
        self.refuse_unknown_parameters(request, {"metrics", "from", "to", "interval", "as_published"})
        keys = list(dict.fromkeys(word.strip() for word in request.GET.get("metrics", "").split(",") if word.strip()))
        if not keys:
            raise invalid({"metrics": [_("This field is required.")]})
        if unknown := [key for key in keys if key not in METRICS]:
            raise invalid({"metrics": [_("There is no metric %(key)s.") % {"key": key[:60]} for key in unknown[:10]]})
        day = as_published.day_of(request.GET)
        rows = series(workspace=request.workspace, keys=keys, as_published=day, **self.period_range(request))
        return json_answer(_table(rows, keys, request.workspace.base_currency))


class Bridge(MetricEndpoint):
    """``GET /metrics/bridge/``."""

    def operations(self):
        keys = {key: {"type": "integer"} if key in COUNTS else c.MONEY for key in BRIDGE}
        return {
            "GET": operation(
                "mrr_bridge",
                "From MRR at the start to MRR at the end, by kind of movement",
                tag="metrics",
                parameters=[*PERIOD_PARAMETERS, as_published.PARAMETER],
                answers={200: json_of(_table_schema(keys), "The rows, oldest first")},
                without=(404,),
            )
        }

    def get(self, request, **kwargs):
        self.refuse_unknown_parameters(request, {"from", "to", "interval", "as_published"})
        day = as_published.day_of(request.GET)
        rows = bridge(workspace=request.workspace, as_published=day, **self.period_range(request))
        return json_answer(_table(rows, BRIDGE, request.workspace.base_currency))


class Movements(MetricEndpoint):
    """``GET /metrics/movements/``: the rows that a bridge adds up."""

    def components(self):
        return expansion.components(MOVEMENT)

    def operations(self):
        page = {
            "type": "object",
            "required": ["results", "next", "previous"],
            "properties": {
                "results": {"type": "array", "items": ref("Movement")},
                "next": {"type": ["string", "null"], "format": "uri"},
                "previous": {"type": ["string", "null"], "format": "uri"},
            },
        }
        days = [
            query("from", {"type": "string", "examples": ["2025-01-01"]}, "A day or a period."),
            query("to", {"type": "string", "examples": ["2025-01-31"]}, "A day or a period, inclusive."),
        ]
        return {
            "GET": operation(
                "list_movements",
                "The changes of accounts' balances, by day",
                tag="metrics",
                parameters=[
                    *days,
                    query("account", {"type": "string"}, "An account's external id."),
                    query("account_id", c.UUID),
                    query("kind", {"type": "string", "enum": list(MovementKind.values)}),
                    query(
                        "limit",
                        {"type": "integer", "minimum": 1, "maximum": LONGEST_LIMIT},
                        f"Without it up to {MOVEMENTS_AT_ONCE} movements come at once.",
                    ),
                    query("cursor", {"type": "string"}),
                    *expansion.parameters(MOVEMENT),
                ],
                answers={200: json_of(page, "The movements, oldest first")},
                without=(404,),
            )
        }

    def get(self, request, **kwargs):
        words = request.GET
        known = {"from", "to", "account", "account_id", "kind", "limit", "cursor", "expand"}
        self.refuse_unknown_parameters(request, known)
        first, last = range_of(words, request.workspace.fiscal_year_start_month)
        rows = Movement.objects.filter(workspace=request.workspace, day__range=(first or OLDEST, last or NEWEST))
        if "kind" in words:
            rows = rows.filter(kind=self.choice(request, "kind", MovementKind.values, ""))
        if "account" in words:
            rows = rows.filter(account__external_id=words["account"])
        if "account_id" in words:
            try:
                rows = rows.filter(account_id=parameters.uuid(words["account_id"]))
            except ValueError as exc:
                raise invalid({"account_id": [str(exc)]}) from None
        page = page_of(
            rows,
            name="movements",
            sources=MOVEMENT_SOURCES,
            ordering=MOVEMENT_ORDER,
            limit=limit_of(words.get("limit"), default=MOVEMENTS_AT_ONCE),
            cursor=words.get("cursor"),
        )
        objects = [
            {
                "id": Movement.public_id_of(account_id, day),
                "account": external_id,
                "account_id": account_id,
                "date": day,
                "kind": kind,
                "amount": amount,
            }
            for account_id, external_id, day, kind, amount in page.rows
        ]
        return json_answer(
            {
                "results": expand(request.workspace, MOVEMENT, objects, asked_of(MOVEMENT, words)),
                "next": page_address(request, page.next),
                "previous": page_address(request, page.previous),
            }
        )


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
                ],
                answers={200: json_of(schema, "One row a cohort; a cell not reached yet is null")},
                without=(404,),
            )
        }

    def get(self, request, **kwargs):
        self.refuse_unknown_parameters(request, {"by", "measure"})
        by = self.choice(request, "by", Interval.values, "month")
        measure = self.choice(request, "measure", COHORT_MEASURES, "customers")
        rows = cohorts(workspace=request.workspace, by=by, measure=measure)
        return json_answer(
            {
                "currency": request.workspace.base_currency,
                "measure": measure,
                "closed_through": closed_through(request.workspace),
                "rows": [{name: row[name] for name in ("cohort", "size", "first", "cells")} for row in rows],
            }
        )
