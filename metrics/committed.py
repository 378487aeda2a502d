"""Committed MRR: what MRR comes to once all that is signed has begun and all that is known to end has ended."""

import datetime as dt
from typing import Any

from metrics import queries

COMMITTED = ("mrr", "committed_new", "committed_lost", "committed_mrr")


def committed(workspace, *, first: dt.date, last: dt.date, interval: str) -> list[dict[str, Any]]:
    """Rows of `queries.series` with the keys of COMMITTED: mrr + new (signed, not started) − lost (alive and known to end)
    is the last of them.
    """
    return queries.series(workspace=workspace, keys=COMMITTED, first=first, last=last, interval=interval)
