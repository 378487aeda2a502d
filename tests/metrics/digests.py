"""A workspace's figures over natural keys: what two ways of closing must agree in, row by row, so that a failure shows
which. No ids, no clock.
"""

from metrics.ledger_digest import ledger_rows
from metrics.models import AccountDay, LineSpan, PeriodFigures, TermEnd
from workspaces.scope import workspace_scope

TABLES = {"days": AccountDay, "terms": TermEnd, "spans": LineSpan, "periods": PeriodFigures}


def digest(workspace) -> dict[str, list]:
    with workspace_scope(workspace):
        return {name: sorted(ledger_rows(workspace, model), key=repr) for name, model in TABLES.items()}
