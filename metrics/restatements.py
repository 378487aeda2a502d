"""Reads of the restatement log, for pages and API."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, QuerySet

from metrics.models import Restatement, RestatementBatch


def batches(workspace, *, name: str = "") -> QuerySet[RestatementBatch]:
    """What closings changed of the past, each with `periods_changed`; those that changed the period called `name`, if
    given.
    """
    rows = RestatementBatch.objects.filter(workspace=workspace)
    if name:
        rows = rows.filter(pk__in=Restatement.objects.filter(workspace=workspace, name=name).values("batch"))
    return rows.annotate(periods_changed=Count("periods"))


def restatements(workspace, *, interval: str = "", name: str = "") -> QuerySet[Restatement]:
    """Restated periods with their batches, of an interval or called `name` if given."""
    rows = Restatement.objects.filter(workspace=workspace).select_related("batch")
    if interval:
        rows = rows.filter(interval=interval)
    return rows.filter(name=name) if name else rows


@dataclass(frozen=True)
class Restated:
    """at: when a period was last restated. first_mrr: its MRR as it was first published, None where that never changed."""

    at: dt.datetime
    first_mrr: Decimal | None


def restated(workspace, *, interval: str, name: str) -> Restated | None:
    """What became of the period called `name`, None when it was never restated. One query."""
    rows = restatements(workspace, interval=interval, name=name).order_by("id")
    found = list(rows.values_list("batch__at", "before__mrr"))
    if not found:
        return None
    first = next((mrr for _at, mrr in found if mrr is not None), None)
    return Restated(found[-1][0], None if first is None else Decimal(first))
