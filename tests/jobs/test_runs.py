"""Postgres remembers: who holds a run, what becomes of one whose worker is gone, and that no step counts twice."""

import threading
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models.functions import Now
from django.utils import translation

from jobs import runs
from jobs.actions import queue_run
from jobs.models import Run
from tests.cast import AT
from tests.jobs.kinds import done_steps
from tests.jobs.other_worker import elsewhere
from workspaces.actor import key_actor, member_actor
from workspaces.models import Activity, ApiKey
from workspaces.scope import workspace_scope

pytestmark = pytest.mark.django_db(transaction=True)


def expire_lease(run):
    with workspace_scope(run.workspace_id):
        Run.objects.filter(pk=run.pk).update(lease_until=Now() - timedelta(seconds=1))


def work_once():
    runs.work("slow", seconds=60)


def steps_of(workspace):
    with workspace_scope(workspace):
        return done_steps(workspace)


def test_run_worked_on(queue, reread, cast):
    run = queue("steps", steps=3)
    assert (run.state, run.created_by, run.door) == ("queued", "manager@example.com", "page")
    work_once()
    reread(run)
    assert (run.state, run.progress, run.result, run.error) == ("succeeded", 1, {"steps": 3}, None)
    assert (run.attempt, run.idle_attempts, run.lease_until, run.percent) == (1, 0, None, 100)
    assert run.started_at <= run.heartbeat_at <= run.finished_at
    assert steps_of(cast.workspace) == ["step 0", "step 1", "step 2"]


def test_run_activity(queue, cast):
    queue("steps", steps=1)
    work_once()
    with workspace_scope(cast.workspace):
        trail = Activity.objects.filter(subject_type="run").order_by("id").values_list("verb", "actor", "door")
        assert list(trail) == [("queued", "manager@example.com", "page"), ("succeeded", "B2BOps", "task")]


def test_queue_same_key_while_open(queue, cast):
    first = queue("steps", steps=1)
    assert queue("steps", steps=9) == first
    assert queue("steps", key="another", steps=1) != first
    work_once()
    assert queue("steps", steps=1) != first


def test_queue_same_key_is_refused_by_the_database(queue, cast):
    run = queue("steps", steps=1)
    with workspace_scope(cast.workspace):
        with pytest.raises(IntegrityError, match="jobs_run_open_once"), transaction.atomic():
            Run.objects.create(workspace=cast.workspace, kind="steps", key=run.key, created_by="x", door="task")
        assert Run.objects.count() == 1


def test_queue_local_date_only_once_ever(cast):
    def ask():
        with workspace_scope(cast.workspace):
            by = member_actor(cast.owner)
            return queue_run(
                workspace=cast.workspace, kind="steps", key="k", params={"steps": 1}, by=by, local_date="2026-03-31"
            )

    first = ask()
    work_once()
    assert ask() == first
    with workspace_scope(cast.workspace):
        assert Run.objects.get().state == "succeeded"


def test_queue_unknown_kind(queue, cast):
    with pytest.raises(ValueError, match="no such kind"):
        queue("nonsense")
    with workspace_scope(cast.workspace):
        assert not Run.objects.exists()


def test_claim_needs_no_scope_and_gives_ids_only(queue, cast):
    run = queue("steps", steps=1)
    assert runs.claim("fast") is None
    assert runs.claim("slow") == (run.pk, cast.workspace.pk)
    assert runs.claim("slow") is None
    assert not Run.objects.exists(), "the row itself stays behind row-level security"


def test_claim_inside_a_transaction(queue):
    queue("steps", steps=1)
    with transaction.atomic(), pytest.raises(transaction.TransactionManagementError):
        runs.claim("slow")


def test_claim_twelve_times_at_once(queue, cast):
    run = queue("steps", steps=1)
    claims, start = [], threading.Barrier(12)

    def claim():
        start.wait()
        claims.append(runs.claim("slow"))
        connection.close()

    threads = [threading.Thread(target=claim) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [found for found in claims if found] == [(run.pk, cast.workspace.pk)]


def test_claim_one_at_a_time_per_workspace_and_kind(queue, cast):
    first = queue("steps", steps=1)
    queue("steps", key="another", steps=1)
    elsewhere_run = queue("steps", workspace=cast.rival, steps=1)
    assert runs.claim("slow")[0] == first.pk
    assert runs.claim("slow")[0] == elsewhere_run.pk
    assert runs.claim("slow") is None


def test_claim_after_the_lease(queue, reread, cast):
    run = queue("steps", steps=3)
    assert runs.claim("slow")
    work_once()
    assert reread(run).state == "running", "its holder may still be at work"
    expire_lease(run)
    work_once()
    reread(run)
    assert (run.state, run.attempt) == ("succeeded", 2)
    assert steps_of(cast.workspace) == ["step 0", "step 1", "step 2"]


def test_claim_skips_a_run_whose_commit_is_under_way(queue, cast):
    run = queue("steps", steps=1)
    runs.claim("slow")
    expire_lease(run)
    with workspace_scope(cast.workspace):
        run.refresh_from_db()
        context = runs.RunContext(run=run, workspace=cast.workspace, actor=None, heartbeat=None)
        context.guard()
        assert elsewhere(lambda: runs.claim("slow")) is None
    assert runs.claim("slow")


def test_claim_one(queue, reread):
    first, second = queue("steps", steps=1), queue("steps", key="another", steps=1)
    assert runs.claim_one(second)
    assert (second.state, second.attempt) == ("running", 1)
    assert not runs.claim_one(second)
    assert reread(first).state == "queued"


def test_superseded_worker_commits_nothing(queue, reread, cast):
    run = queue("be_overtaken")
    work_once()
    reread(run)
    assert (run.state, run.attempt, run.result) == ("running", 2, None)
    assert steps_of(cast.workspace) == []


def test_guard_outside_a_transaction(queue, cast):
    run = queue("steps", steps=1)
    context = runs.RunContext(run=run, workspace=cast.workspace, actor=None, heartbeat=None)
    with pytest.raises(transaction.TransactionManagementError):
        context.guard()


def test_run_failed_expectedly(queue, reread, cast):
    run = queue("refuse")
    work_once()
    reread(run)
    assert run.state == "failed"
    assert run.error == {"code": "missing_rate", "message": "No rate for %(currency)s.", "currency": "USD"}
    assert run.error_text == "No rate for USD."
    assert (run.progress, run.percent) == (Decimal("0.5"), 50)
    assert steps_of(cast.workspace) == ["step 0"], "what was done before stays"
    work_once()
    assert reread(run).attempt == 1, "a failed run is not tried again by itself"


def test_run_broken_keeps_its_secret(queue, reread):
    run = queue("break_down")
    work_once()
    reread(run)
    assert (run.state, run.error["code"]) == ("failed", "internal")
    assert "secret" not in str(run.error)
    assert str(run.pk) in run.error_text


def test_run_postponed_when_the_database_goes_away(queue, reread, settings):
    run = queue("lose_database")
    settings.RUN_IDLE_ATTEMPTS = 2
    settings.RUN_POKE_SECONDS = 60
    work_once()
    reread(run)
    assert (run.state, run.attempt, run.lease_until) == ("queued", 1, None)
    work_once()
    assert reread(run).attempt == 1, "it waits before the next attempt"


def test_run_given_up_when_it_never_moves(queue, reread, settings):
    settings.RUN_IDLE_ATTEMPTS = 3
    run = queue("lose_database")
    work_once()
    reread(run)
    assert (run.state, run.error["code"], run.attempt) == ("failed", "gave_up", 4)


def test_run_that_moves_is_never_given_up(queue, reread, settings, cast):
    settings.RUN_IDLE_ATTEMPTS = 1
    run = queue("steps", steps=2)
    for _ in range(4):
        runs.claim("slow")
        with workspace_scope(cast.workspace):
            run.refresh_from_db()
            runs.RunContext(run=run, workspace=cast.workspace, actor=None, heartbeat=None).guard()
        expire_lease(run)
    work_once()
    reread(run)
    assert (run.state, run.attempt) == ("succeeded", 5)


def test_run_interrupted_is_free_at_once(queue, reread):
    run = queue("interrupt")
    with pytest.raises(KeyboardInterrupt):
        work_once()
    reread(run)
    assert (run.state, run.attempt, run.lease_until) == ("queued", 1, None)


def test_work_stops_for_the_time(queue, reread):
    first, second = queue("steps", steps=1), queue("steps", key="another", steps=1)
    ticks = iter([0, 61])
    assert runs.work("slow", seconds=60, clock=lambda: next(ticks)) is True
    assert (reread(first).state, reread(second).state) == ("succeeded", "queued")
    assert runs.work("slow", seconds=60) is False
    assert reread(second).state == "succeeded"


def test_heartbeat_keeps_the_lease_and_shows_progress(queue, reread, settings):
    """A step longer than the lease, watched from outside while its transaction is open."""
    settings.RUN_LEASE_SECONDS = 1
    run = queue("steps", steps=2, seconds=1.6)
    seen = []
    worker = threading.Thread(target=lambda: (work_once(), connection.close()))
    worker.start()
    while reread(run).attempt == 0:
        worker.join(0.05)
    while worker.is_alive():
        assert runs.claim("slow") is None
        reread(run)
        seen.append((run.attempt, run.progress))
        worker.join(0.3)
    assert (1, Decimal("0.5")) in seen
    assert reread(run).attempt == 1


def test_actor_of_a_run_that_was_asked_for_by_someone_who_left(queue, cast):
    run = queue("steps", steps=1)
    with workspace_scope(cast.workspace):
        assert runs._actor_of(run, at=AT).permissions == member_actor(cast.manager).permissions
        cast.manager.is_active = False
        cast.manager.save()
        assert runs._actor_of(run, at=AT).permissions == frozenset()


def test_actor_of_a_run_whose_key_was_revoked(queue, cast):
    cast.api_key()
    with workspace_scope(cast.workspace):
        key = ApiKey.objects.get()
        run = queue("steps", steps=1, by=key_actor(key))
        assert run.door == "api"
        assert runs._actor_of(run, at=AT).permissions == key_actor(key).permissions
        key.revoked_at = Now()
        key.save()
        assert runs._actor_of(run, at=AT).permissions == frozenset()


def test_actor_of_a_run_whose_key_has_expired(queue, cast):
    cast.api_key(expires_at=AT)
    with workspace_scope(cast.workspace):
        key = ApiKey.objects.get()
        run = queue("steps", steps=1, by=key_actor(key))
        assert runs._actor_of(run, at=AT - timedelta(microseconds=1)).permissions == key_actor(key).permissions
        assert runs._actor_of(run, at=AT).permissions == frozenset()


def test_run_text_in_the_readers_language(queue, cast):
    run = Run(message="Step %(number)s", message_params={"number": 3})
    with translation.override("zh-hans"):
        assert "3" in run.message_text
    assert Run().message_text == Run().error_text == ""
