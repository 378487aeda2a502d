"""Slices of 100,000 accounts over 36 months, beside a bare GROUP BY over the same rows.

The bare statement adds up movements by month and group as accounts are now: no balances, no customers, no dated traits, no
rates, no row-level security. For dimensions of lines it adds up what begins and ends of the line spans.
"""

import datetime as dt
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.db import connections, transaction

from bench.closing import make_workspace
from bench.result import Result
from metrics.closing import close_through
from metrics.slices import queries as slices
from metrics.slices.cohorts import cohorts
from metrics.slices.slice import Slice
from workspaces.models import Workspace
from workspaces.scope import workspace_scope

ACCOUNTS = 100_000
ROUNDS = 3
UNTIL = dt.date(2025, 12, 31)
FIRST = dt.date(2023, 1, 1)
SQL = Path(__file__).parent / "sql"
FACTS = "accounts_account, accounts_contractline, accounts_traitchange"
FIGURES = "metrics_accountday, metrics_linespan, metrics_termend"
BARE_ACCOUNTS = """
select date_trunc('month', d.day), a.industry, d.kind, sum(d.amount), count(*)
from metrics_accountday d join accounts_account a on a.workspace_id = d.workspace_id and a.id = d.account_id
where d.workspace_id = %(workspace)s group by 1, 2, 3
"""
BARE_LINES = """
select date_trunc('month', e.day), e.product_id, e.currency, sum(e.change), count(*)
from (
  select first_day as day, product_id, currency, mrr as change from metrics_linespan where workspace_id = %(workspace)s
  union all
  select last_day + 1, product_id, currency, -mrr from metrics_linespan
  where workspace_id = %(workspace)s and last_day is not null
) e
group by 1, 2, 3
"""
ALL = ("mrr", "customers", "customer_churn_rate", "nrr", "grr", "arpa", "ltv", "renewal_rate", "renewal_rate_value")


def measure() -> Iterator[Result]:
    workspace = sliced_book(ACCOUNTS)
    by_industry = bare(workspace, BARE_ACCOUNTS)
    by_product = bare(workspace, BARE_LINES)
    window: dict[str, Any] = {"workspace": workspace, "first": FIRST, "last": UNTIL}
    cases = [
        ("MRR and customers by industry", by_industry, 3, lambda: slices.series(
            **window, keys=("mrr", "customers"), chosen=Slice.of(group_by="industry"))),
        ("the waterfall by industry", by_industry, 3, lambda: slices.bridge(
            **window, chosen=Slice.of(group_by="industry"))),
        ("the waterfall of one region", by_industry, 3, lambda: slices.bridge(
            **window, chosen=Slice.of({"region": ["Region 7"]}))),
        ("the waterfall by product", by_product, 3, lambda: slices.bridge(
            **window, chosen=Slice.of(group_by="product"))),
        ("every kind of metric by industry", by_industry, None, lambda: slices.series(
            **window, keys=ALL, chosen=Slice.of(group_by="industry"))),
        ("every kind of metric by product", by_product, None, lambda: slices.series(
            **window, keys=ALL, chosen=Slice.of(group_by="product"))),
        ("cohorts of everything", by_industry, None, lambda: cohorts(workspace=workspace, measure="gross_mrr")),
        ("the waterfall at the rates of one day", by_industry, None, lambda: slices.bridge(
            **window, chosen=Slice.of(rates_on=UNTIL))),
    ]  # fmt: skip
    for name, beside, bar, work in cases:
        took = timed(workspace, work)
        yield Result(
            f"{name} against a bare GROUP BY of the same rows",
            took / beside,
            bar=bar,
            detail=f"{took:.3f} s against {beside:.3f} s; {ACCOUNTS:,} accounts × 36 months",
        )


def sliced_book(accounts: int) -> Workspace:
    """A company with three closed years, whose accounts and lines differ in what they are sliced by."""
    workspace = make_workspace(accounts)
    with connections["owner"].cursor() as cursor, transaction.atomic("owner"):
        cursor.execute((SQL / "slice_facts.sql").read_text(), {"workspace": str(workspace.pk)})
    close_through(workspace=workspace, until=UNTIL, at=dt.datetime(2026, 1, 2, tzinfo=dt.UTC))
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"vacuum analyze {FACTS}, {FIGURES}")
    return workspace


def bare(workspace: Workspace, text: str, **params) -> float:
    """The best of several runs of a statement as the owner, whom row-level security spares."""
    best = float("inf")
    for _ in range(ROUNDS):
        with connections["owner"].cursor() as cursor, transaction.atomic("owner"):
            cursor.execute("set local jit = off; set local work_mem = '64MB'")
            began = time.perf_counter()
            cursor.execute(text, {"workspace": str(workspace.pk)} | params)
            cursor.fetchall()
            best = min(best, time.perf_counter() - began)
    return best


def timed(workspace: Workspace, work) -> float:
    best = float("inf")
    for _ in range(ROUNDS):
        with workspace_scope(workspace):
            began = time.perf_counter()
            work()
            best = min(best, time.perf_counter() - began)
    return best
