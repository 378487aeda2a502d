"""Celery delivers, Postgres remembers: real workers killed at any point, a broker that forgets everything, two beats."""

import os
import random
import signal
import tempfile
import time
from pathlib import Path

import pytest
from django.utils import timezone

from chaos.crew import crew as processes
from chaos.crew import environment_here, wait_until
from chaos.ground import MONTHS, undisturbed_digest, write_books, yesterday
from chaos.trials.closings import months_closed, the_run
from jobs.models import Run
from launch.valkey import Valkey
from metrics.actions import request_closing
from metrics.ledger_digest import ledger_digest
from workspaces.actor import system_actor
from workspaces.models import Activity
from workspaces.scope import workspace_scope

pytestmark = [pytest.mark.stack, pytest.mark.django_db(transaction=True)]

# More of them: ./run chaos closings --kills 20.
KILLS = 4


@pytest.fixture
def valkey(tmp_path):
    with tempfile.TemporaryDirectory(prefix="b2bops-") as sockets:
        server = Valkey(tmp_path, Path(sockets), durable=False)
        server.start()
        yield server
        server.stop()


@pytest.fixture
def crew(cast, tmp_path, valkey):
    with processes(tmp_path, environment_here(valkey.url)) as crew:
        yield crew


def finished(workspace) -> Run | None:
    run = the_run(workspace)
    return run if run and not run.is_open else None


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
        wait_until(lambda reached=reached: months_closed(cast.workspace) >= reached, what=crew.logs)
        time.sleep(chance.random() * 0.1)
        crew.kill(worker)
        died_at = time.monotonic()
        attempt = the_run(cast.workspace).attempt
        worker = crew.start_worker()
        if the_run(cast.workspace).is_open:
            wait_until(lambda attempt=attempt: the_run(cast.workspace).attempt > attempt, what=crew.logs)
            assert time.monotonic() - died_at < 90
    run = wait_until(lambda: finished(cast.workspace), what=crew.logs)
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
    wait_until(lambda: months_closed(cast.workspace) >= 2, what=crew.logs)
    run = the_run(cast.workspace)
    os.killpg(frozen.pid, signal.SIGSTOP)
    crew.start_worker()
    # A transaction that was open when it froze keeps its locks: wake it only once its successor waits or works.
    wait_until(lambda: the_run(cast.workspace).attempt > run.attempt, what=crew.logs)
    os.killpg(frozen.pid, signal.SIGCONT)
    done = wait_until(lambda: finished(cast.workspace), what=crew.logs)
    assert (done.state, done.attempt) == ("succeeded", run.attempt + 1)
    with workspace_scope(cast.workspace):
        assert ledger_digest(cast.workspace) == expected


def test_redis_flushed_and_killed(cast, crew, valkey):
    """The queue loses everything, twice; the run is queued by a process that never got to send its poke."""
    until = yesterday(cast.workspace)
    expected = undisturbed_digest(cast.rival, until)
    write_books(cast.workspace)
    crew.start_worker()
    with workspace_scope(cast.workspace):
        request_closing(workspace=cast.workspace, until=until, by=system_actor("command"), at=timezone.now())
    crew.start_beat()
    wait_until(lambda: months_closed(cast.workspace) >= 2, what=crew.logs)
    with crew.celery().connection_for_write() as link:
        link.default_channel.client.flushall()
    wait_until(lambda: months_closed(cast.workspace) >= 4, what=crew.logs)
    valkey.process.kill()
    valkey.process.wait()
    run = wait_until(lambda: finished(cast.workspace), what=crew.logs)
    assert (run.state, run.attempt) == ("succeeded", 1), "work under way needs no broker"
    with workspace_scope(cast.workspace):
        assert ledger_digest(cast.workspace) == expected
        again = request_closing(
            workspace=cast.workspace, until=until, since=until, by=system_actor("command"), at=timezone.now()
        )
    valkey.start()

    def is_done():
        crew.replace_ended_workers()
        with workspace_scope(cast.workspace):
            again.refresh_from_db()
        return again.state == "succeeded"

    wait_until(is_done, what=crew.logs)
