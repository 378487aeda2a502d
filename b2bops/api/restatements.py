"""The restatement log: figures as published and as they were restated to, because of what, by whom."""

from django.db.models import F, Window
from django.db.models.functions import RowNumber

from b2bops.api import columns as c
from b2bops.api.answers import json_answer
from b2bops.api.metrics import MetricEndpoint
from b2bops.api.openapi import json_of, operation, page_schema, query
from b2bops.api.paging import LONGEST_LIMIT, Ordering, limit_of, page_address, page_of
from metrics.models import Interval, Reason, RestatementFact
from metrics.restatements import restatements

NEWEST_FIRST = Ordering("id", "id", is_descending=True)
FACTS_TOLD = 20
SOURCES = [
    "id",
    "interval",
    "name",
    "before",
    "after",
    "batch_id",
    "batch__at",
    "batch__reason",
    "batch__from_day",
    "batch__accounts_changed",
    "batch__actors",
    "batch__facts",
]
VALUES = {
    "type": ["object", "null"],
    "description": "Every figure that differs, by key; amounts and rates as text. Null: there was no such period.",
    "additionalProperties": {"type": ["string", "integer", "null"]},
}
FACT = {
    "at": c.INSTANT,
    "actor": {"type": "string"},
    "type": {"type": "string"},
    "id": {"type": "string"},
    "label": {"type": "string"},
    "from_day": c.DATE,
    "accounts": {"type": "integer"},
}
PROPERTIES = {
    "id": {"type": "integer"},
    "interval": {"type": "string", "enum": list(Interval.values)},
    "period": {"type": "string"},
    "restated_at": c.INSTANT,
    "reason": {"type": "string", "enum": list(Reason.values)},
    "from_day": c.DATE,
    "accounts_changed": {"type": "integer"},
    "actors": {"type": "array", "items": {"type": "string"}},
    "facts_count": {"type": "integer"},
    "facts": {
        "type": "array",
        "items": {"type": "object", "required": list(FACT), "properties": FACT},
        "description": f"The latest {FACTS_TOLD} facts behind it.",
    },
    "published": VALUES,
    "now": VALUES,
}


class Restatements(MetricEndpoint):
    """``GET /metrics/restatements/``."""

    def components(self):
        return {"Restatement": {"type": "object", "required": list(PROPERTIES), "properties": PROPERTIES}}

    def operations(self):
        page = page_schema("Restatement")
        return {
            "GET": operation(
                "list_restatements",
                "Periods whose published figures changed, latest first",
                tag="metrics",
                parameters=[
                    query("interval", {"type": "string", "enum": list(Interval.values)}),
                    query("period", {"type": "string", "examples": ["2025-03"]}, "2025-03, 2025-Q1 or 2025."),
                    query("limit", {"type": "integer", "minimum": 1, "maximum": LONGEST_LIMIT}),
                    query("cursor", {"type": "string"}),
                ],
                answers={200: json_of(page, "The restatements")},
                without=(404,),
            )
        }

    def get(self, request, **kwargs):
        self.refuse_unknown_parameters(request, {"interval", "period", "limit", "cursor"})
        words = request.GET
        interval = self.choice(request, "interval", Interval.values, "") if "interval" in words else ""
        page = page_of(
            restatements(request.workspace, interval=interval, name=words.get("period", "")).select_related(None),
            name="restatements",
            sources=SOURCES,
            ordering=NEWEST_FIRST,
            limit=limit_of(words.get("limit")),
            cursor=words.get("cursor"),
        )
        facts = _facts(request.workspace, {row[5] for row in page.rows})
        return json_answer(
            {
                "results": [_restatement_object(row, facts) for row in page.rows],
                "next": page_address(request, page.next),
                "previous": page_address(request, page.previous),
            }
        )


def _restatement_object(row: tuple, facts: dict[int, list[dict]]) -> dict:
    pk, interval, name, before, after, batch, at, reason, from_day, accounts, actors, count = row
    return {
        "id": pk,
        "interval": interval,
        "period": name,
        "restated_at": at,
        "reason": reason,
        "from_day": from_day,
        "accounts_changed": accounts,
        "actors": actors,
        "facts_count": count,
        "facts": facts.get(batch, []),
        "published": before,
        "now": after,
    }


def _facts(workspace, batches: set[int]) -> dict[int, list[dict]]:
    """The latest facts of each batch."""
    rows = (
        RestatementFact.objects.filter(workspace=workspace, batch__in=batches)
        .annotate(place=Window(RowNumber(), partition_by=F("batch_id"), order_by=[F("at").desc(), F("id").desc()]))
        .filter(place__lte=FACTS_TOLD)
        .order_by("batch_id", "place")
        .values_list("batch_id", "at", "actor", "subject_type", "subject_id", "subject_label", "from_day", "accounts")
    )
    found: dict[int, list[dict]] = {}
    for batch, *values in rows:
        found.setdefault(batch, []).append(dict(zip(FACT, values, strict=True)))
    return found
