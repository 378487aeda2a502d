"""kill -9 in the middle of an import, by a real process: nothing half-written, nothing doubled, and it goes on."""

import datetime as dt
import os
import subprocess
import sys
from decimal import Decimal

import pytest
from django.db import connection
from django.utils import timezone

from jobs.imports import actions
from jobs.imports.actions import start_import, start_undo, start_undo_check
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
