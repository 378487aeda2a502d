"""kill -9 in the middle of an import, by a real process: nothing half-written, nothing doubled, and it goes on."""

import datetime as dt
import os
import subprocess
import sys
from decimal import Decimal

import pytest
from django.db import connection
from django.utils import timezone

from accounts import actions as actions_of_accounts
from accounts.models import Account
from jobs.imports import actions, runs
from jobs.imports.actions import start_import, start_undo, start_undo_check
from jobs.imports.kinds import Entry
from jobs.models import ImportJob, Run
from jobs.runs import claim_one, execute
from leads.models import Spend
from tests.jobs.imports.test_actions import check, receive, write
from workspaces.models import Activity
from workspaces.scope import workspace_scope

LINES = ["date,channel,amount", *(f"2025-01-{day:02},Search,{day}" for day in range(1, 10))]


def worker_on(run) -> subprocess.Popen:
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "b2bops.settings"}
    command = [sys.executable, "-m", "tests.jobs.imports.worker", str(run.pk), str(run.workspace_id)]
    return subprocess.Popen(
        [*command, connection.settings_dict["NAME"]],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    )


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("chunks", [1, 3])
def test_worker_killed_after_some_chunks(cast, chunks):
    with workspace_scope(cast.workspace):
        job = start_import(job=check(cast, receive(cast, "spend", *LINES)), by=cast.actor(cast.manager))
        run = job.run
    assert claim_one(run)
    worker = worker_on(run)
    try:
        for chunk in range(1, chunks + 1):
            assert worker.stdout.readline() == f"{2 * chunk}\n"
            if chunk < chunks:
                worker.stdin.write("go on\n")
                worker.stdin.flush()
    finally:
        worker.kill()
        worker.communicate()
    with workspace_scope(cast.workspace):
        job = ImportJob.objects.get(pk=job.pk)
        assert (job.state, job.done, Spend.objects.count()) == ("writing", 2 * chunks, 2 * chunks)
        # Its lease runs out; another worker takes the run.
        Run.objects.filter(pk=run.pk).update(lease_until=timezone.now() - dt.timedelta(seconds=1))
    assert claim_one(run)
    execute(run.pk, run.workspace_id)
    with workspace_scope(cast.workspace):
        job.refresh_from_db()
        assert (job.state, job.done, job.counts["created"]) == ("done", 9, 9)
        assert sorted(Spend.objects.values_list("amount", flat=True)) == [Decimal(day) for day in range(1, 10)]
        assert Activity.objects.filter(subject_type="spend", verb="created").count() == 9
        assert Run.objects.get(pk=run.pk).state == Run.SUCCEEDED


@pytest.mark.django_db(transaction=True)
def test_worker_killed_when_everything_was_taken_back_but_not_committed(cast, monkeypatch):
    by = cast.actor(cast.manager)
    with workspace_scope(cast.workspace):
        job = start_import(job=check(cast, receive(cast, "spend", *LINES)), by=by)
    job = write(job)
    monkeypatch.setattr(actions, "CHECKED_AT_ONCE", 1)
    with workspace_scope(cast.workspace):
        job = start_undo_check(job=job, by=by)
    job = write(job)
    with workspace_scope(cast.workspace):
        run = start_undo(job=job, by=by).run
    assert claim_one(run)
    worker = worker_on(run)
    try:
        assert worker.stdout.readline() == "taken back\n"
    finally:
        worker.kill()
        worker.communicate()
    with workspace_scope(cast.workspace):
        assert (ImportJob.objects.get(pk=job.pk).state, Spend.objects.standing().count()) == ("undoing", 9)
        Run.objects.filter(pk=run.pk).update(lease_until=timezone.now() - dt.timedelta(seconds=1))
    assert claim_one(run)
    execute(run.pk, run.workspace_id)
    with workspace_scope(cast.workspace):
        job.refresh_from_db()
        assert (job.state, job.undo["voided"]) == ("undone", 10)
        assert Spend.objects.standing().count() == 0
        assert Activity.objects.filter(subject_type="spend", verb="voided").count() == 9
        assert Activity.objects.filter(verb="undone").count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("how", ["another order", "a row more", "a row less", "before the plan was kept"])
def test_whoever_goes_on_may_read_the_file_otherwise_and_no_row_is_lost(cast, monkeypatch, how):
    """As after an upgrade in the middle of an import, or another choice of a field of one's own."""
    monkeypatch.setattr(runs, "CHUNK", 2)
    lines = ["external_id,name,employees", *(f"A{n},Name {n},{n}" for n in range(7)), "B,Bad,many", "K,Known,5"]
    with workspace_scope(cast.workspace):
        rows = [{"external_id": key, "name": name, "employees": 5} for key, name in (("K", "Known"), ("A3", "Old"))]
        actions_of_accounts.save_accounts(workspace=cast.workspace, rows=rows, by=cast.actor(cast.owner))
        job = start_import(job=check(cast, receive(cast, "accounts", *lines)), by=cast.actor(cast.manager))
        run = job.run
    assert claim_one(run)
    write_chunk, left = runs.write_chunk, [2]

    def cut_off(context, reading):
        if not left[0]:
            raise KeyboardInterrupt
        left[0] -= 1
        return write_chunk(context, reading)

    monkeypatch.setattr(runs, "write_chunk", cut_off)
    with pytest.raises(KeyboardInterrupt):
        execute(run.pk, run.workspace_id)
    monkeypatch.setattr(runs, "write_chunk", write_chunk)
    read_import = runs.read_import

    def otherwise(job):
        reading = read_import(job)
        entries = reading.prepared.entries
        if how == "another order":
            entries.reverse()
        elif how == "a row more":
            entries.insert(0, Entry({"external_id": "B", "name": "Bad"}, [9]))
            reading.prepared.issues.clear()
        elif how == "a row less":
            del entries[0]
        return reading

    monkeypatch.setattr(runs, "read_import", otherwise)
    with workspace_scope(cast.workspace):
        assert ImportJob.objects.get(pk=job.pk).done == 4
        if how == "before the plan was kept":
            ImportJob.objects.filter(pk=job.pk).update(plan="")
    job = write(job)
    bad = {"B"} if how == "a row more" else set()
    with workspace_scope(cast.workspace):
        keys = Account.objects.standing().values_list("external_id", flat=True)
        assert set(keys) == {"K", *(f"A{n}" for n in range(7))} | bad
        assert (job.counts["created"], job.counts["updated"], job.counts["unchanged"]) == (6 + len(bad), 1, 1)
        assert job.counts["errors"] == job.issues.count() == (0 if bad else 1)
        assert job.written.count() == 7 + len(bad)
    with workspace_scope(cast.workspace):
        start_undo_check(job=job, by=cast.actor(cast.manager))
        start_undo(job=job, by=cast.actor(cast.manager))
        assert dict(Account.objects.standing().values_list("external_id", "name")) == {"K": "Known", "A3": "Old"}
