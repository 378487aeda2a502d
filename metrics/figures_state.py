"""How far a workspace is closed, and what stands in the way: what every page with figures must say."""

import datetime as dt
from dataclasses import dataclass

from jobs.models import Run
from metrics import queries
from metrics.models import Closing, ClosingFailure


@dataclass(frozen=True)
class FiguresState:
    """closed_at: in the workspace's time zone. failure: why the last closing stopped, while that is not mended. run:
    the closing that is waiting or running. has_changes: facts of closed days changed since; the next closing takes them in.
    """

    closed_through: dt.date | None
    closed_at: dt.datetime | None
    failure: ClosingFailure | None
    run: Run | None
    has_changes: bool


def figures_state(workspace) -> FiguresState:
    last = Closing.objects.filter(workspace=workspace).order_by("-day").first()
    return FiguresState(
        closed_through=last.day if last else None,
        closed_at=last.closed_at.astimezone(workspace.zone) if last else None,
        failure=ClosingFailure.objects.filter(workspace=workspace).first(),
        run=Run.objects.filter(workspace=workspace).of_kind("closing").open().order_by("created_at").first(),
        has_changes=queries.stale_from(workspace) is not None,
    )
