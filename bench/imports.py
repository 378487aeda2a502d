"""Importing files of 100,000 rows, beside COPY of the same rows into tables of the same shape without row-level security,
and undoing them, beside the import.

Measured is the whole writing as the worker does it: the file is read from its bytes, understood, validated, matched
against what exists, written with its activity trail, chunk by chunk, each with a guarded commit. COPY only stores.
"""

import io
import random
import time
from contextlib import contextmanager

from django.conf import settings
from django.db import connection, connections

from accounts.models import Account, ChangedFact, Contract, ContractLine, RenewalProposal
from bench.result import Result
from jobs.imports.actions import mapping_of, receive_file, save_mapping, start_import, start_undo, start_undo_check
from jobs.imports.checking import check_import
from jobs.imports.kinds import import_kind
from jobs.models import File, ImportedRow, ImportIssue, ImportJob, Run
from jobs.runs import claim_one, execute
from workspaces.actions.users import register_user
from workspaces.actions.workspaces import create_workspace
from workspaces.actor import system_actor
from workspaces.models import Activity, User, Workspace
from workspaces.scope import workspace_scope

SLUG = "bench-imports"
ROWS = 100_000
SHARE = 10
UNDO = 2


def measure() -> list[Result]:
    # No worker may take the runs away.
    settings.BROKER_URL = "memory://"
    with company() as workspace:
        results, undos = [], []
        for kind, content, tables in (
            ("accounts", accounts_file(), [Account]),
            ("contracts", contracts_file(), [Contract, ContractLine]),
        ):
            job, check, write = imported(workspace, kind, content)
            undos.append((kind, job, write))
            copy = copied(workspace, tables)
            results.append(
                Result(
                    f"import of {ROWS:,} {kind}, share of COPY's speed",
                    100 * copy / write,
                    SHARE,
                    unit=" %",
                    at_least=True,
                    detail=f"{write:.1f} s, COPY {copy:.2f} s; the check before it {check:.1f} s",
                )
            )
        # The other way round: accounts with contracts would stay.
        for kind, job, write in reversed(undos):
            look, undo = undone(job)
            results.append(
                Result(
                    f"undo of {ROWS:,} {kind}, times the import",
                    undo / write,
                    UNDO,
                    detail=f"{undo:.1f} s; looking at what it would do {look:.1f} s",
                )
            )
        return results


def accounts_file() -> bytes:
    random.seed(7)
    out = io.StringIO()
    out.write("客户编号,客户名称,公司全称,行业,地区,员工人数,网站,备注\n")
    for number in range(ROWS):
        out.write(
            f"C-{number:06},客户{number}号,示例科技{number}有限公司,{random.choice(['制造', '零售', '教育', '软件'])},"
            f"{random.choice(['浙江', '江苏', '广东', '上海'])},{random.randint(1, 5000)}人,https://c{number}.example.com,\n"
        )
    return out.getvalue().encode("gb18030")


def contracts_file() -> bytes:
    random.seed(11)
    out = io.StringIO()
    out.write("合同编号,客户编号,币种,开始日期,到期日,产品,单价,数量,计费周期,折扣\n")
    for number in range(ROWS):
        year, month = 2020 + number % 5, number % 12 + 1
        out.write(
            f"HT-{number:06},C-{random.randrange(ROWS):06},CNY,{year}.{month}.1,{year + 1}年{month}月28日,"
            f"{random.choice(['标准版', '专业版', '旗舰版'])},{random.randint(100, 9999)},{random.randint(1, 50)},"
            f"{random.choice(['月', '年'])},{random.choice(['', '8.5折', '九折'])}\n"
        )
    return out.getvalue().encode("utf-8-sig")


def imported(workspace, kind: str, content: bytes) -> tuple[ImportJob, float, float]:
    """The job, and the seconds that the check and the writing took."""
    by = system_actor("command")
    with workspace_scope(workspace):
        job = receive_file(
            workspace=workspace,
            kind=import_kind(kind),
            name="bench.csv",
            content=content,
            language="en",
            by=by,
            at=workspace.created_at,
        )
        assert save_mapping(job=job, mapping=mapping_of(job), by=by) == []
        job = ImportJob.objects.select_related("workspace").get(pk=job.pk)
        started = time.perf_counter()
        check_import(job, by=by)
        check = time.perf_counter() - started
        assert job.counts["created"] == ROWS, job.counts
        run = start_import(job=job, by=by).run
    result, write = worked(run)
    assert result["created"] == ROWS, result
    return job, check, write


def undone(job: ImportJob) -> tuple[float, float]:
    """Seconds that it took to look at what an undo would do, and to do it."""
    by = system_actor("command")
    taken = []
    for action in (start_undo_check, start_undo):
        with workspace_scope(job.workspace_id):
            run = action(job=job, by=by).run
        result, seconds = worked(run)
        assert (result["voided"] >= ROWS, result["kept"]) == (True, 0), result
        taken.append(seconds)
    return taken[0], taken[1]


def worked(run: Run | None) -> tuple[dict, float]:
    """The result of a run, and the seconds that it took."""
    assert run is not None
    assert claim_one(run)
    started = time.perf_counter()
    execute(run.pk, run.workspace_id)
    seconds = time.perf_counter() - started
    with workspace_scope(run.workspace_id):
        run = Run.objects.get(pk=run.pk)
    assert run.state == Run.SUCCEEDED, run.error
    assert run.result
    return run.result, seconds


def copied(workspace, models) -> float:
    """Seconds that COPY takes for the rows that were imported, into tables made like theirs with all their indexes."""
    total = 0.0
    owner = connections["owner"]
    for model in models:
        table, columns = model._meta.db_table, [field.column for field in model._meta.concrete_fields]
        names = ", ".join(f'"{name}"' for name in columns)
        data = io.StringIO()
        with workspace_scope(workspace), connection.cursor() as cursor:
            cursor.copy_expert(
                f"copy (select {names} from {table} where workspace_id = '{workspace.pk}') to stdout", data
            )
        data.seek(0)
        with owner.cursor() as cursor:
            cursor.execute(f"create table bench_copy (like {table} including all)")
            try:
                started = time.perf_counter()
                cursor.copy_expert(f"copy bench_copy ({names}) from stdin", data)
                total += time.perf_counter() - started
            finally:
                cursor.execute("drop table bench_copy")
    return total


@contextmanager
def company():
    """A workspace of its own, removed afterwards."""
    user = User.objects.filter(email="bench@example.com").first() or register_user(
        email="bench@example.com", password=None, name="Bench", language="en"
    )
    remove()
    workspace = create_workspace(slug=SLUG, name="Bench", owner=user, language="en", by=system_actor("command"))
    try:
        yield workspace
    finally:
        remove()


def remove():
    """Table by table: a cascade through the ORM would take minutes for so many rows."""
    workspace = Workspace.objects.filter(slug=SLUG).first()
    if workspace is None:
        return
    with workspace_scope(workspace):
        for model in (
            ContractLine,
            RenewalProposal,
            Contract,
            ChangedFact,
            Account,
            ImportIssue,
            ImportedRow,
            ImportJob,
            File,
            Run,
            Activity,
        ):
            rows = model.objects.filter(workspace=workspace)
            rows._raw_delete(rows.db)
        workspace.delete()
