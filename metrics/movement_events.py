"""Telling webhooks how a closing's step moves accounts. The first closing of a large book moves hundreds of thousands, so
movements are told by the page, and past a bound only that there are many.
"""

import datetime as dt
import json
from collections import defaultdict

from jobs.webhooks.events import Event, listeners, publish
from metrics import statements
from metrics.models import Movement

TYPES = ("movement.created", "movement.changed", "movement.removed")
MANY = "movement.many"
PER_EVENT = 200
MOST_PER_STEP = 10_000


def tell_movements(workspace, *, after: dt.date | None = None) -> None:
    """Tell who wants to know which movements the step that is under way makes, changes and takes back, days through
    `after` excepted. To be called when the new account days are computed and not yet written, in the step's transaction.
    """
    audience = listeners(workspace)
    if not any(audience.wanting(name) for name in (*TYPES, MANY)):
        return
    rows = statements.fetch_all("moved", workspace=workspace.pk, after=after, most=MOST_PER_STEP + 1)
    if len(rows) > MOST_PER_STEP:
        publish(workspace, audience, [_many(rows[0])])
        return
    moved = defaultdict(list)
    for row in rows:
        moved[f"movement.{row['what']}"].append(_shown(row))
    publish(
        workspace,
        audience,
        [
            Event(name, "", json.dumps({"movements": moved[name][start : start + PER_EVENT]}, ensure_ascii=False))
            for name in TYPES
            for start in range(0, len(moved[name]), PER_EVENT)
        ],
    )


def _many(row: dict) -> Event:
    span = {"from": row["first_day"].isoformat(), "to": row["last_day"].isoformat()}
    return Event(MANY, "", json.dumps({"count": row["total"], **span}))


def _shown(row: dict) -> dict:
    """A movement as GET /metrics/movements/ shows it."""
    return {
        "id": Movement.public_id_of(row["account_id"], row["day"]),
        "account": row["external_id"],
        "account_id": str(row["account_id"]),
        "date": row["day"].isoformat(),
        "kind": row["kind"],
        "amount": format(row["amount"], "f"),
    }
