"""Notes at a day and goals, as charts over time show them."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from metrics import statements
from metrics.calendar import MONTHS, add_months
from metrics.goals import ByPeriod
from metrics.models import Annotation
from workspaces import formats, roles


def standing_annotations(workspace):
    return Annotation.objects.standing().filter(workspace=workspace)


def goals_and_notes(
    workspace, starts: Sequence[dt.date], interval: str, *, keys: Iterable[str] = (), team=None
) -> tuple[ByPeriod, list[dict[str, Any]]]:
    """(goals of `keys` for the periods that begin on `starts`, as of `metrics.goals.goals_of`; notes of these periods by
    day: date, text). One query.
    """
    if not starts:
        return {}, []
    rows = statements.fetch_all(
        "goals_and_notes",
        workspace=workspace.pk,
        interval=str(interval),
        keys=list(keys),
        team=team and team.pk,
        first=starts[0],
        last=starts[-1],
        past=add_months(starts[-1], MONTHS[interval]),
    )
    goals = {(row["metric"], row["day"]): row["value"] for row in rows if row["id"] is None}
    return goals, [{"date": row["day"], "text": row["text"]} for row in rows if row["id"] is not None]


def annotated(
    charts: Iterable[dict],
    starts: Sequence[dt.date],
    notes: Sequence[Mapping[str, Any]],
    *,
    request,
    language: str,
) -> dict[str, bool]:
    """Put notes (of `goals_and_notes`) on charts over time whose points begin on `starts`, and where new ones may be
    written.

    A chart gets ``marks`` [{at (which point), day, text}] and, for who may write them, ``days`` (the first day of each
    point), which makes the page offer it. Returns what the page's template must know: ``may_annotate``.
    """
    if not starts:
        return {}
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
