"""``GET /metrics/{key}/explain/``: what a figure is made of, with the rows that add up to it."""

from django.http import Http404
from django.utils.translation import gettext as _

from b2bops.api import columns as c
from b2bops.api.answers import json_answer
from b2bops.api.errors import invalid
from b2bops.api.metrics import MetricEndpoint, registry_object
from b2bops.api.openapi import json_of, operation, query
from b2bops.api.paging import LONGEST_LIMIT, limit_of, page_address
from b2bops.api.periods import period_named
from b2bops.api.slicing import SLICING, place_in, slice_of
from metrics.explanations.cohort import FORMULA as COHORT_FORMULA
from metrics.explanations.cohort import INPUTS as COHORT_INPUTS
from metrics.explanations.cohort import cohort_cell
from metrics.explanations.export import HEADS, cells_of
from metrics.explanations.queries import Explanation, NothingToExplain, ShownInput, all_rows, explanation, filters_of
from metrics.explanations.rows import rows_of
from metrics.explanations.workings import INPUTS, is_explained
from metrics.models import Interval
from metrics.places import write_place
from metrics.queries import COHORT_MEASURES, said_of
from workspaces.exports import FORMATS, download

CURSOR, COHORT_CURSOR = "explained", "explained-cohort"
COHORT_PARAMETERS = {"by", "measure", "cohort", "period", "part", "limit", "cursor", "export"}
PARAMETERS = {"period", "part", "limit", "cursor", "export", "as_published"}
NUMBER = {"type": ["string", "integer", "null"]}


class Explain(MetricEndpoint):
    def operations(self):
        shown_input = {
            "type": "object",
            "required": ["name", "label", "unit", "value", "rows", "rows_count", "sum"],
            "properties": {
                "name": {"type": "string", "enum": list(INPUTS)},
                "label": {"type": "string"},
                "unit": {"type": "string"},
                "value": NUMBER,
                "rows": {"type": ["string", "null"], "description": "What its rows are; null for a setting."},
                "rows_count": {"type": ["integer", "null"]},
                "sum": NUMBER,
            },
        }
        row = {
            "type": "object",
            "required": ["value"],
            "properties": {
                "value": {**NUMBER, "description": "What the row adds to the input."},
                "account_id": c.UUID,
                "account": {"type": ["string", "null"]},
                "account_name": {"type": "string"},
                "contract_id": c.UUID,
            },
        }
        schema = {
            "type": "object",
            "required": [
                "metric", "period", "starts_on", "through", "closed", "currency", "formula", "working", "value", "inputs",
                "settings", "filters", "rates_on", "closed_through", "unavailable", "part", "results", "next",
            ],
            "properties": {
                "metric": {"type": "object"},
                "period": {"type": "string"},
                "starts_on": c.DATE,
                "through": c.DATE,
                "closed": {"type": "boolean"},
                "currency": {"type": "string"},
                "formula": {"type": "string"},
                "working": {"type": "string", "description": "The formula with the numbers in it."},
                "value": NUMBER,
                "inputs": {"type": "array", "items": shown_input},
                "settings": {"type": "object", "description": "In force at the end of the period, and since when."},
                "filters": {"type": "object", "additionalProperties": {"type": "array", "items": {"type": "string"}}},
                "rates_on": c.or_null(c.DATE),
                "closed_through": c.DATE,
                "unavailable": {"type": ["string", "null"]},
                "part": {"type": ["string", "null"], "description": "The input whose rows are in `results`."},
                "results": {"type": "array", "items": row},
                "next": {"type": ["string", "null"], "format": "uri"},
            },
        }  # fmt: skip
        parameters = [
            {"in": "path", "name": "key", "required": True, "schema": {"type": "string"},
             "description": "A metric, or a column of the bridge."},
            query("period", {"type": "string", "examples": ["2025-03"]}, "2025-03, 2025-Q1 or 2025.", is_required=True),
            query("part", {"type": "string"}, "The input whose rows are wanted; without it the first one's."),
            query("limit", {"type": "integer", "minimum": 1, "maximum": LONGEST_LIMIT}),
            query("cursor", {"type": "string"}),
            query("export", {"type": "string", "enum": list(FORMATS)}, "All rows of the part as a file."),
            *(one for one in SLICING if one["name"] != "group_by"),
        ]  # fmt: skip
        return {
            "GET": operation(
                "explain_metric",
                "What a figure is made of: its formula with the numbers in it, and the rows that add up to each",
                tag="metrics",
                parameters=parameters,
                answers={200: json_of(schema, "The explanation, with a page of the rows of one part")},
            )
        }

    def get(self, request, key, **kwargs):
        if not is_explained(key):
            raise Http404
        self.refuse_unknown_parameters(request, PARAMETERS, can_slice=True)
        words = request.GET
        refused = {}
        if "as_published" in words:
            refused["as_published"] = [_("What was published is kept as figures; rows explain the figures of now.")]
        if "group_by" in words:
            refused["group_by"] = [_("A group is explained by asking for its value as a filter.")]
        if refused:
            raise invalid(refused)
        day, interval = period_named(words, request.workspace.fiscal_year_start_month)
        try:
            found = explanation(request.workspace, key, day=day, interval=interval, chosen=slice_of(request))
        except NothingToExplain:
            raise invalid({"period": [_("There are no figures for this period.")]}) from None
        part = found.part(words.get("part"))
        if "part" in words and part is None:
            names = ", ".join(one.input.name for one in found.inputs)
            raise invalid({"part": [_("One of: %(names)s.") % {"names": names}]})
        if "export" in words:
            return self._file(request, found, part)
        return json_answer(self._answer(request, found, part))

    def _file(self, request, found: Explanation, part: ShownInput | None):
        file_format = self.choice(request, "export", FORMATS, "")
        if part is None:
            raise invalid({"part": [_("This figure has no rows.")]})
        one = part.input
        return download(
            request,
            name=f"{found.metric.key}-{one.name}-{found.cell.period.starts_on}",
            file_format=file_format,
            head=HEADS[one.rows],
            rows=lambda: (cells_of(one, row) for row in all_rows(found.cell, one)),
        )

    def _answer(self, request, found: Explanation, part: ShownInput | None) -> dict:
        limit = limit_of(request.GET.get("limit"))
        rows, following = [], None
        if part and not found.unavailable:
            # Of these rows alone: those of another part stand in another order.
            name = f"{CURSOR}-{part.input.name}"
            place = place_in(request, name)
            rows = rows_of(found.cell, part.input, after=place, limit=limit + 1)
            if len(rows) > limit:
                rows = rows[:limit]
                following = write_place(name, rows[-1]["place"])
        period = found.cell.period
        return {
            "metric": registry_object(found.metric),
            **said_of(request.workspace, period),
            "currency": request.workspace.base_currency,
            "formula": found.metric.formula,
            "working": found.working,
            "value": found.value,
            "inputs": [
                {
                    "name": one.input.name,
                    "label": one.input.label,
                    "unit": one.input.unit,
                    "value": one.value,
                    "rows": one.input.rows or None,
                    "rows_count": one.rows_count,
                    "sum": one.value if one.input.adds_up else None,
                }
                for one in found.inputs
            ],
            "settings": found.settings_shown,
            "filters": filters_of(found.cell.chosen),
            "rates_on": found.cell.chosen.rates_on,
            "closed_through": found.cell.closed_through,
            "unavailable": found.unavailable or None,
            "part": part.input.name if part else None,
            "results": [{name: value for name, value in row.items() if name != "place"} for row in rows],
            "next": page_address(request, following),
        }


class ExplainCohort(MetricEndpoint):
    """``GET /metrics/cohorts/explain/``: a cell of the cohort table."""

    def operations(self):
        schema = {
            "type": "object",
            "required": ["by", "measure", "cohort", "period", "currency", "formula", "working", "value", "size", "inputs",
                         "filters", "rates_on", "part", "results", "next"],
            "properties": {
                "by": {"type": "string"},
                "measure": {"type": "string"},
                "cohort": {"type": "string"},
                "period": {"type": "string"},
                "currency": {"type": "string"},
                "formula": {"type": "string"},
                "working": {"type": "string"},
                "value": {"type": ["string", "null"]},
                "size": {"type": "integer"},
                "inputs": {"type": "array", "items": {"type": "object"}},
                "filters": {"type": "object"},
                "rates_on": c.or_null(c.DATE),
                "part": {"type": "string", "enum": ["first", "cell"]},
                "results": {"type": "array", "items": {"type": "object"}},
                "next": {"type": ["string", "null"], "format": "uri"},
            },
        }  # fmt: skip
        parameters = [
            query("by", {"type": "string", "enum": list(Interval.values), "default": "month"}),
            query("measure", {"type": "string", "enum": list(COHORT_MEASURES), "default": "customers"}),
            query("cohort", {"type": "string", "examples": ["2025-01"]}, "A day or period: when they joined.",
                  is_required=True),
            query("period", {"type": "string", "examples": ["2025-04"]}, "At whose end.", is_required=True),
            query("part", {"type": "string", "enum": ["first", "cell"], "default": "cell"}),
            query("limit", {"type": "integer", "minimum": 1, "maximum": LONGEST_LIMIT}),
            query("cursor", {"type": "string"}),
            query("export", {"type": "string", "enum": list(FORMATS)}, "All rows as a file."),
            *(one for one in SLICING if one["name"] != "group_by"),
        ]  # fmt: skip
        return {
            "GET": operation(
                "explain_cohort",
                "The accounts behind a cell of the cohort table",
                tag="metrics",
                parameters=parameters,
                answers={200: json_of(schema, "The explanation, with a page of the cohort's accounts")},
                without=(404,),
            )
        }

    def get(self, request, **kwargs):
        self.refuse_unknown_parameters(request, COHORT_PARAMETERS, can_slice=True)
        words = request.GET
        if "group_by" in words:
            raise invalid({"group_by": [_("A group is explained by asking for its value as a filter.")]})
        by = self.choice(request, "by", Interval.values, "month")
        measure = self.choice(request, "measure", COHORT_MEASURES, "customers")
        name = self.choice(request, "part", ("first", "cell"), "cell")
        cohort, _interval = period_named(words, request.workspace.fiscal_year_start_month, "cohort")
        period, _interval = period_named(words, request.workspace.fiscal_year_start_month)
        try:
            cell = cohort_cell(
                request.workspace, by=by, cohort=cohort, at=period, measure=measure, chosen=slice_of(request)
            )
        except NothingToExplain:
            raise invalid({"cohort": [_("There is no such cell.")]}) from None
        if "export" in words:
            return download(
                request,
                name=f"cohort-{words['cohort']}-{words['period']}-{measure}",
                file_format=self.choice(request, "export", FORMATS, ""),
                head=HEADS["cohort"],
                rows=lambda: (cells_of(COHORT_INPUTS[measure][0], row) for row in cell.all_rows(name)),
            )
        limit = limit_of(words.get("limit"))
        rows = cell.rows(name, after=place_in(request, COHORT_CURSOR), limit=limit + 1)
        following = write_place(COHORT_CURSOR, rows[limit - 1]["place"]) if len(rows) > limit else None
        return json_answer(
            {
                "by": by,
                "measure": measure,
                "cohort": words["cohort"],
                "period": words["period"],
                "currency": request.workspace.base_currency,
                "formula": COHORT_FORMULA,
                "working": cell.working,
                "value": cell.share,
                "size": cell.size,
                "inputs": [
                    {"name": one.name, "label": one.label, "unit": one.unit, "value": cell.value(one.name),
                     "rows": one.rows, "rows_count": cell.size, "sum": cell.value(one.name)}
                    for one in COHORT_INPUTS[measure]
                ],
                "filters": filters_of(cell.chosen),
                "rates_on": cell.chosen.rates_on,
                "part": name,
                "results": [{key: value for key, value in row.items() if key != "place"} for row in rows[:limit]],
                "next": page_address(request, following),
            }
        )  # fmt: skip
