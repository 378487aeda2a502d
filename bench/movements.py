"""Movements of 100,000 accounts over 36 months, rebuilt from nothing, beside one bare statement that makes the same rows.

The bare statement reads the line spans that count and writes the movements into a table without index, key or
row-level security; it keeps no balances and could neither be repeated nor tell what changed. Ours is the step of a
closing: compare with what stands there, write account days and movements that differ, indexed and isolated.
"""

import datetime as dt
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

from django.db import connections, transaction

from bench.result import Result
from metrics import closing, rebuild
from metrics.models import AccountDay, LineSpan, Movement
from workspaces.actions.users import register_user
from workspaces.actions.workspaces import create_workspace
from workspaces.actor import system_actor
from workspaces.models import Workspace
from workspaces.scope import workspace_scope

ACCOUNTS = 100_000
ROUNDS = 3
UNTIL = dt.date(2025, 12, 31)
SQL = Path(__file__).parent / "sql"


def measure() -> Iterator[Result]:
    workspace = _workspace()
    began = time.perf_counter()
    _generate(workspace)
    made = time.perf_counter() - began
    with workspace_scope(workspace):
        _choose_all(workspace)
        rebuild.read_contracts(workspace)
        rebuild.write_spans(workspace)
        lines = LineSpan.objects.filter(workspace=workspace).count()
    bare, ours = [], []
    for _ in range(ROUNDS):
        bare.append(_bare(workspace))
        ours.append(_rebuild(workspace))
    with workspace_scope(workspace):
        moved = Movement.objects.filter(workspace=workspace).count()
        days = AccountDay.objects.filter(workspace=workspace).count()
    with connections["owner"].cursor() as cursor:
        cursor.execute("select count(*) from bench_bare_movement")
        assert cursor.fetchone()[0] == moved, "the two do not make the same rows"
    yield Result(
        "full rebuild of movements against a bare INSERT … SELECT of the same rows",
        min(ours) / min(bare),
        bar=2,
        detail=f"{min(ours):.2f} s against {min(bare):.2f} s; {ACCOUNTS:,} accounts, {lines:,} line spans, "
        f"{moved:,} movements, {days:,} account days; facts made in {made:.0f} s",
    )


def _workspace() -> Workspace:
    """A new one each time: taking away what an earlier run left costs more than the measurement."""
    name = f"bench-movements-{uuid.uuid4().hex[:8]}"
    owner = register_user(email=f"{name}@example.com", password=None, name="Bench", language="en")
    return create_workspace(slug=name, name="Bench", owner=owner, by=system_actor("command"))


def _generate(workspace: Workspace) -> None:
    """The facts, by generate_series into the real tables, as the owner: this is not what is measured."""
    with connections["owner"].cursor() as cursor, transaction.atomic("owner"):
        cursor.execute((SQL / "movement_facts.sql").read_text(), {"workspace": str(workspace.pk), "accounts": ACCOUNTS})
    with connections["owner"].cursor() as cursor:
        cursor.execute("vacuum analyze accounts_account, accounts_contract, accounts_contractline, accounts_fxrate")


def _bare(workspace: Workspace) -> float:
    with connections["owner"].cursor() as cursor, transaction.atomic("owner"):
        cursor.execute("drop table if exists bench_bare_movement")
        cursor.execute(
            "create table bench_bare_movement"
            " (workspace_id uuid, account_id uuid, day date, kind varchar(12), amount numeric(20, 2))"
        )
        cursor.execute("set local work_mem = '128MB'; set local jit = off")
        began = time.perf_counter()
        cursor.execute(
            (SQL / "bare_movements.sql").read_text(),
            {"workspace": str(workspace.pk), "base": workspace.base_currency, "through": UNTIL},
        )
    return time.perf_counter() - began


def _rebuild(workspace: Workspace) -> float:
    with workspace_scope(workspace):
        AccountDay.objects.filter(workspace=workspace).delete()
    with connections["owner"].cursor() as cursor:
        cursor.execute("vacuum analyze metrics_accountday, metrics_linespan")
    with closing.step(workspace):
        _choose_all(workspace)
        began = time.perf_counter()
        rebuild.compute_days(workspace, through=UNTIL)
        rebuild.require_rates(workspace)
        rebuild.write_days(workspace)
    return time.perf_counter() - began


def _choose_all(workspace: Workspace) -> None:
    rebuild.prepare(workspace)
    rebuild.touch_changed(workspace, everything=True, facts=[])
