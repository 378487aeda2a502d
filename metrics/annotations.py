"""Notes at a day, as charts over time show them."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from metrics.calendar import MONTHS, add_months
from metrics.models import Annotation
from workspaces import formats, roles


def standing_annotations(workspace):
    return Annotation.objects.standing().filter(workspace=workspace)


def annotated(
    charts: Sequence[dict], starts: Sequence[dt.date], interval: str, *, request, language: str
) -> dict[str, bool]:
    """Put the notes on charts over time whose points begin on `starts`, and where new ones may be written. One query.

    A chart gets ``marks`` [{at (which point), day, text}] and, for who may write them, ``days`` (the first day of each
    point), which makes the page offer it. Returns what the page's template must know: ``may_annotate``.
    """
    if not starts:
        return {}
    last = add_months(starts[-1], MONTHS[interval])
    found = standing_annotations(request.workspace).filter(date__gte=starts[0], date__lt=last).order_by("date", "id")
    notes = [{"date": note.date, "text": note.text} for note in found]
    more: dict[str, Any] = {"marks": marks(notes, starts, language)}
    may_annotate = request.actor.has_permission(roles.EDIT_FACTS)
    if may_annotate:
        more["days"] = [day.isoformat() for day in starts]
    for chart in charts:
        chart |= more
    return {"may_annotate": may_annotate}


def marks(notes: Sequence[Mapping[str, Any]], starts: Sequence[dt.date], language: str) -> list[dict[str, Any]]:
    """Each note at the point whose days hold its own; those before the first point are left out."""
    placed = []
    for note in notes:
        at = sum(start <= note["date"] for start in starts) - 1
        if at >= 0:
            placed.append({"at": at, "day": formats.day(note["date"], language), "text": note["text"]})
    return placed
