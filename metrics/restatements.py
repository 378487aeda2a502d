"""Reads of the restatement log, for pages and API."""

import datetime as dt

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


def last_restated(workspace, *, interval: str, name: str) -> dt.datetime | None:
    """When the period called `name` was last restated, None when it never was."""
    rows = restatements(workspace, interval=interval, name=name).order_by("-id")
    return rows.values_list("batch__at", flat=True).first()
