"""Closing one more day after 1 % of the accounts changed, as a share of a full rebuild; and what a rebuild in one
workspace does to the pages of another.

The changed accounts are other ones each round, and their contracts changed from their first day on, so that up to three
closed years are restated; one account in ten is in dollars. The last of the days begins a month: then the customers of a
year ago become others, and the dollar's rate moves, so that the tenth of the accounts changes too.

There are two full rebuilds to compare with: from nothing, every figure made and written, month after month; and
`close_days --since` of everything, which computes all of it again and writes nothing, because it is right already.
"""

import datetime as dt
import statistics
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

from django.db import connections, transaction

from bench.result import Result
from metrics.closing import close_through
from workspaces.actions.users import register_user
from workspaces.actions.workspaces import create_workspace
from workspaces.actor import system_actor
from workspaces.models import Workspace

SHARE = 0.05
FIRST_CLOSED = dt.date(2025, 11, 27)
DAYS = (dt.date(2025, 11, 28), dt.date(2025, 11, 29), dt.date(2025, 11, 30), dt.date(2025, 12, 1))
SQL = Path(__file__).parent / "sql"
VACUUMED = (
    "accounts_account, accounts_contract, accounts_contractline, accounts_fxrate, accounts_changedfact, "
    "metrics_accountday, metrics_linespan, metrics_termend, metrics_periodfigures"
)


def measure() -> Iterator[Result]:
    small = None
    for accounts, workspaces in ((10_000, 1), (10_000, 10), (100_000, 1)):
        results, a_day = closing(accounts, workspaces, small)
        small = small or a_day / accounts
        yield from results


def closing(accounts: int, workspaces: int, small: float | None) -> tuple[list[Result], float]:
    """Measured on one of so many workspaces with so many accounts each; and the seconds that a day took.

    small: the seconds per account of the smallest case, to tell the growth by.
    """
    every = [make_workspace(accounts) for _ in range(workspaces)]
    from_nothing = [close(workspace, FIRST_CLOSED) for workspace in every][-1]
    workspace = every[-1]
    _vacuum()
    again = min(close(workspace, FIRST_CLOSED, since=dt.date(2000, 1, 1)) for _ in range(2))
    days = []
    for number, day in enumerate(DAYS):
        _change(workspace, number)
        days.append(close(workspace, day))
    *within, turn = days
    middle = statistics.median(within)
    growth = f"; {middle / accounts / small:.2f} times as long per account as with the fewest" if small else ""
    case = f"{accounts:,} accounts, {workspaces} workspace{'s' if workspaces > 1 else ''}"
    took = f"{middle:.3f} s ({', '.join(f'{day:.3f}' for day in within)})"
    return [
        Result(
            f"a day after 1 % changed, of a rebuild from nothing; {case}",
            middle / from_nothing,
            bar=SHARE,
            detail=f"{took} of {from_nothing:.1f} s{growth}",
        ),
        Result(f"the same where a month begins; {case}", turn / from_nothing, bar=SHARE, detail=f"{turn:.3f} s"),
        Result(
            f"a day after 1 % changed, of computing everything again; {case}",
            middle / again,
            bar=SHARE,
            detail=f"{took} of {again:.1f} s; {turn / again:.2f}× where a month begins",
        ),
    ], middle


def make_workspace(accounts: int) -> Workspace:
    """A company with facts of three years, nothing closed. A new one each time: taking away what an earlier run left
    costs more than the measurement.
    """
    name = f"bench-closing-{uuid.uuid4().hex[:8]}"
    owner = register_user(email=f"{name}@example.com", password=None, name="Bench", language="en")
    workspace = create_workspace(slug=name, name="Bench", owner=owner, by=system_actor("command"))
    with connections["owner"].cursor() as cursor, transaction.atomic("owner"):
        cursor.execute((SQL / "movement_facts.sql").read_text(), {"workspace": str(workspace.pk), "accounts": accounts})
    _vacuum()
    return workspace


def _change(workspace: Workspace, number: int) -> None:
    with connections["owner"].cursor() as cursor, transaction.atomic("owner"):
        cursor.execute((SQL / "closing_changes.sql").read_text(), {"workspace": str(workspace.pk), "round": number})


def _vacuum() -> None:
    """What autovacuum does meanwhile where a company works, and would do in the middle of a measurement here."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"vacuum analyze {VACUUMED}")


def close(workspace: Workspace, day: dt.date, since: dt.date | None = None) -> float:
    at = dt.datetime.combine(day + dt.timedelta(days=2), dt.time(), dt.UTC)
    began = time.perf_counter()
    close_through(workspace=workspace, until=day, since=since, at=at)
    return time.perf_counter() - began
