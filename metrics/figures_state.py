"""How far a workspace is closed, and what stands in the way: what every page with figures must say."""

import datetime as dt
from dataclasses import dataclass

from metrics import queries
from metrics.models import ClosingFailure


@dataclass(frozen=True)
class FiguresState:
    """closed_at: in the workspace's time zone. failure: why the last closing stopped, while that is not mended. is_closing:
    a closing waits or runs. has_changes: facts of closed days changed since; the next closing takes them in.
    """

    closed_through: dt.date | None
    closed_at: dt.datetime | None
    failure: ClosingFailure | None
    is_closing: bool
    has_changes: bool


def figures_state(workspace) -> FiguresState:
    """One query."""
    closed = queries.closed_state(workspace)
    return FiguresState(
        closed_through=closed.through,
        closed_at=closed.at.astimezone(workspace.zone) if closed.at else None,
        failure=closed.failure,
        is_closing=closed.is_closing,
        has_changes=closed.stale_from is not None,
    )
