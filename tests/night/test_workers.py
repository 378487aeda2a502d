"""Celery delivers, Postgres remembers: real workers killed at any point, a broker that forgets everything, two beats."""

import datetime as dt
import os
import random
import signal
import tempfile
import time
from pathlib import Path

import pytest
from django.utils import timezone

from accounts.actions import save_accounts, save_contracts
from jobs.models import Run
from launch.valkey import Valkey
from metrics.actions import request_closing
from metrics.closing import close_through
from metrics.ledger_digest import ledger_digest
from metrics.models import Closing
from tests.night.workers import wait_until, workers
from workspaces.actor import system_actor
from workspaces.models import Activity
from workspaces.scope import workspace_scope

pytestmark = [pytest.mark.stack, pytest.mark.django_db(transaction=True)]

# More of them for a longer trial: B2BOPS_KILLS=20.
KILLS = int(os.environ.get("B2BOPS_KILLS", "4"))
MONTHS = 30


@pytest.fixture
def valkey(tmp_path):
    with tempfile.TemporaryDirectory(prefix="b2bops-") as sockets:
        server = Valkey(tmp_path, Path(sockets), durable=False)
        server.start()
        yield server
        server.stop()


@pytest.fixture
def crew(cast, tmp_path, valkey):
    with workers(tmp_path, valkey) as crew:
        yield crew


def write_books(workspace, customers: int = 40) -> None:
    """Contracts over `MONTHS` months with renewals, ends and late starts, the same in every workspace."""
    by = system_actor("command")
    start = dt.date(2024, 1, 1)
    chance = random.Random(7)  # noqa: S311 - any sequence will do, as long as it is the same one
    accounts, contracts = [], []
    for number in range(customers):
        accounts.append({"external_id": f"A{number}", "name": f"Customer {number}"})
        begins = start + dt.timedelta(days=chance.randrange(MONTHS * 25))
        for term in range(chance.randrange(1, 4)):
            ends = begins + dt.timedelta(days=chance.choice([89, 180, 364]))
            amount = chance.randrange(100, 90000)
            contracts.append(
                {
                    "external_id": f"C{number}.{term}",
                    "account": f"A{number}",
                    "currency": "CNY",
                    "starts_on": begins,
                    "ends_on": ends,
                    "lines": [{"product": "Core", "quantity": 1, "unit_amount": amount, "interval": "month"}],
                }
            )
            begins = ends + dt.timedelta(days=chance.choice([1, 1, 40]))
    with workspace_scope(workspace):
        results = save_accounts(workspace=workspace, rows=accounts, by=by)
        results += save_contracts(workspace=workspace, rows=contracts, by=by)
    assert [result.errors for result in results if result.errors] == []


def yesterday(workspace) -> dt.date:
    """The day the night closes now."""
    return workspace.local_day(timezone.now() - dt.timedelta(hours=2)) - dt.timedelta(days=1)


def the_run(workspace) -> Run | None:
    with workspace_scope(workspace):
        return Run.objects.filter(workspace=workspace, kind="closing").first()


def months_closed(workspace) -> int:
    with workspace_scope(workspace):
        return Closing.objects.filter(workspace=workspace, day__day=1).count()


def finished(workspace) -> Run | None:
    run = the_run(workspace)
    return run if run and not run.is_open else None


def undisturbed_digest(workspace, until: dt.date) -> dict:
    """The figures of the same books, closed in one go by nobody else."""
    write_books(workspace)
    close_through(workspace=workspace, until=until, at=timezone.now())
    with workspace_scope(workspace):
        return ledger_digest(workspace)


def test_worker_killed_again_and_again(cast, crew):
    """Two beats ask for the night's closing all the while."""
    chance = random.Random(11)  # noqa: S311
    until = yesterday(cast.workspace)
    expected = undisturbed_digest(cast.rival, until)
    write_books(cast.workspace)
    crew.start_beat()
    crew.start_beat()
    worker = crew.start_worker()
    for kill in range(KILLS):
        reached = MONTHS * (kill + 1) // (KILLS + 2)
        wait_until(lambda reached=reached: months_closed(cast.workspace) >= reached, what=crew.logs())
        time.sleep(chance.random() * 0.1)
        crew.kill(worker)
        died_at = time.monotonic()
        attempt = the_run(cast.workspace).attempt
        worker = crew.start_worker()
        if the_run(cast.workspace).is_open:
            wait_until(lambda attempt=attempt: the_run(cast.workspace).attempt > attempt, what=crew.logs())
            assert time.monotonic() - died_at < 90
    run = wait_until(lambda: finished(cast.workspace), what=crew.logs())
    assert (run.state, run.result["closed_through"], run.local_date) == ("succeeded", until.isoformat(), until)
    assert run.attempt == KILLS + 1, "each kill hit it at work"
    with workspace_scope(cast.workspace):
        assert ledger_digest(cast.workspace) == expected
        assert Run.objects.count() == 1
        trail = Activity.objects.filter(subject_type="run").order_by("id")
        assert list(trail.values_list("verb", flat=True)) == [
            "queued",
            "succeeded",
        ]


def test_worker_frozen_past_its_lease(cast, crew):
    """A worker that stops being scheduled is replaced; awake again it writes nothing."""
    until = yesterday(cast.workspace)
    expected = undisturbed_digest(cast.rival, until)
    write_books(cast.workspace)
    crew.start_beat()
    frozen = crew.start_worker()
    wait_until(lambda: months_closed(cast.workspace) >= 2, what=crew.logs())
    run = the_run(cast.workspace)
    os.killpg(frozen.pid, signal.SIGSTOP)
    crew.start_worker()
    # A transaction that was open when it froze keeps its locks: wake it only once its successor waits or works.
    wait_until(lambda: the_run(cast.workspace).attempt > run.attempt, what=crew.logs())
    os.killpg(frozen.pid, signal.SIGCONT)
    done = wait_until(lambda: finished(cast.workspace), what=crew.logs())
    assert (done.state, done.attempt) == ("succeeded", run.attempt + 1)
    with workspace_scope(cast.workspace):
        assert ledger_digest(cast.workspace) == expected


def test_delivered_five_times_at_once(cast, crew):
    """Nothing but these five deliveries: no beat."""
    write_books(cast.workspace, customers=5)
    until = yesterday(cast.workspace)
    with workspace_scope(cast.workspace):
        run = request_closing(workspace=cast.workspace, until=until, by=system_actor("command"), at=timezone.now())
    crew.start_worker()
    with crew.celery() as client:
        for _ in range(5):
            client.send_task("jobs.tasks.work", kwargs={"of_queue": "slow"}, queue="slow")
    wait_until(lambda: finished(cast.workspace), what=crew.logs())
    with workspace_scope(cast.workspace):
        run.refresh_from_db()
        assert (run.state, run.attempt) == ("succeeded", 1)
        assert Activity.objects.filter(subject_type="run", verb="succeeded").count() == 1
        assert Closing.objects.order_by("day").last().day == until


def test_redis_flushed_and_killed(cast, crew, valkey):
    """The queue loses everything, twice; the run is queued by a process that never got to send its poke."""
    until = yesterday(cast.workspace)
    expected = undisturbed_digest(cast.rival, until)
    write_books(cast.workspace)
    crew.start_worker()
    with workspace_scope(cast.workspace):
        request_closing(workspace=cast.workspace, until=until, by=system_actor("command"), at=timezone.now())
    crew.start_beat()
    wait_until(lambda: months_closed(cast.workspace) >= 2, what=crew.logs())
    with crew.celery().connection_for_write() as link:
        link.default_channel.client.flushall()
    wait_until(lambda: months_closed(cast.workspace) >= 4, what=crew.logs())
    valkey.process.kill()
    valkey.process.wait()
    run = wait_until(lambda: finished(cast.workspace), what=crew.logs())
    assert (run.state, run.attempt) == ("succeeded", 1), "work under way needs no broker"
    with workspace_scope(cast.workspace):
        assert ledger_digest(cast.workspace) == expected
        again = request_closing(
            workspace=cast.workspace, until=until, since=until, by=system_actor("command"), at=timezone.now()
        )
    valkey.start()

    def is_done():
        with workspace_scope(cast.workspace):
            again.refresh_from_db()
        return again.state == "succeeded"

    wait_until(is_done, what=crew.logs())
