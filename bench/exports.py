"""A file of 100,000 rows while it is being sent: what it costs in memory beside one of a tenth, and in time beside COPY.

The rows are those behind MRR, as the page of its explanation offers them, read in pages and written row by row. Memory
is the peak of what Python holds while the answer is read to its end and thrown away; COPY writes the same columns as the
owner, whom row-level security spares.
"""

import datetime as dt
import io
import time
import tracemalloc
from collections.abc import Iterator
from types import SimpleNamespace

from django.db import connections, transaction
from django.utils import translation

from bench.result import Result
from bench.slices import sliced_book
from metrics.explanations.export import COLUMNS, cells_of
from metrics.explanations.queries import all_rows, explanation
from metrics.slices.slice import WHOLE, Slice
from workspaces.actor import system_actor
from workspaces.exports import download
from workspaces.scope import workspace_scope

ACCOUNTS = 180_000
DAY = dt.date(2025, 3, 31)
COPY = """
copy (
  select a.external_id, a.name, d.balance from metrics_accountday d
  join accounts_account a on a.workspace_id = d.workspace_id and a.id = d.account_id
  where d.workspace_id = %(workspace)s and d.day <= %(day)s and (d.until is null or d.until > %(day)s) and d.is_paying
  order by d.account_id
) to stdout (format csv)
"""


def measure() -> Iterator[Result]:
    workspace = sliced_book(ACCOUNTS)
    few, few_peak, _seconds = exported(workspace, Slice.of({"industry": ["mining"]}))
    many, many_peak, seconds = exported(workspace, WHOLE)
    assert many >= 100_000, many
    yield Result(
        f"memory of a CSV of {many:,} rows over one of {few:,}",
        many_peak / few_peak,
        bar=1.2,
        detail=f"peaks of {many_peak / 2**20:.1f} and {few_peak / 2**20:.1f} MB",
    )
    bare = copied(workspace)
    yield Result(
        f"time of a CSV of {many:,} rows over COPY of the same",
        seconds / bare,
        bar=None,
        detail=f"{seconds:.1f} / {bare:.2f} s, {seconds / many * 1e6:.0f} µs a row",
    )


def exported(workspace, chosen: Slice) -> tuple[int, int, float]:
    """Rows, peak of memory in bytes, and seconds (of a second time, when nobody counts the memory)."""

    def sent() -> int:
        with workspace_scope(workspace), translation.override("en"):
            found = explanation(workspace, "mrr", day=DAY, chosen=chosen)
            shown = found.part("mrr_end")
            assert shown
            one = shown.input
            head = [column for column, _name in COLUMNS[one.rows]]
            by = system_actor("command")
            asked = SimpleNamespace(workspace=workspace, actor=by, GET={})
            rows = (cells_of(one, row) for row in all_rows(found.cell, one))
            answer = download(asked, name="mrr", file_format="csv", head=head, rows=lambda: rows)
        return sum(chunk.count(b"\n") for chunk in answer) - 1

    sent()
    tracemalloc.start()
    count = sent()
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    began = time.perf_counter()
    sent()
    return count, peak, time.perf_counter() - began


def copied(workspace) -> float:
    with connections["owner"].cursor() as cursor, transaction.atomic("owner"):
        began = time.perf_counter()
        text = cursor.mogrify(COPY, {"workspace": str(workspace.pk), "day": DAY})
        cursor.copy_expert(text.decode(), io.BytesIO())
        return time.perf_counter() - began
