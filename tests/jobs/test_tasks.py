"""Tasks: their scope, and what a broker that is away may not break."""

import time

import pytest
from celery import Celery, current_app
from django.db import transaction
from kombu.exceptions import OperationalError

from jobs import tasks
from jobs.delivery import send
from jobs.models import Outbox, Run
from jobs.scoped_task import ScopedTask
from workspaces.scope import ScopeMissing, workspace_scope

pytestmark = pytest.mark.django_db(transaction=True)

# What works over all workspaces, and opens the scope of each itself.
SWEEPS = {
    "jobs.tasks.work",
    "jobs.tasks.sweep_outbox",
    "jobs.tasks.drop_expired_files",
    "jobs.tasks.drop_expired_answers",
    "jobs.tasks.deliver_webhooks",
    "jobs.tasks.drop_old_notifications",
    "jobs.tasks.drop_old_webhook_events",
    "b2bops.night.queue_closings",
    "b2bops.digests.send_digests",
    "b2bops.data.leaving.erase_due_workspaces",
}


def test_task_without_scope_raises(cast):
    with workspace_scope(cast.workspace):
        mail = Outbox.objects.create(workspace=cast.workspace, key="k", to="a@example.com", subject="s")
    with pytest.raises(ScopeMissing, match="deliver_mail"):
        tasks.deliver_mail(mail_id=str(mail.pk))
    with pytest.raises(ScopeMissing):
        tasks.deliver_mail.apply(kwargs={"mail_id": str(mail.pk)}, throw=True)
    with workspace_scope(cast.workspace):
        assert Outbox.objects.get().attempts == 0


def unscoped_tasks(app):
    return {
        name
        for name, task in app.tasks.items()
        if not name.startswith("celery.") and not isinstance(task, ScopedTask) and name not in SWEEPS
    }


def test_every_task_is_scoped_or_a_sweep():
    current_app.loader.import_default_modules()
    assert unscoped_tasks(current_app) == set()
    assert set(current_app.tasks) >= SWEEPS


def test_every_task_is_scoped_or_a_sweep_can_fail():
    @current_app.task(name="tests.stray")
    def stray():
        pass

    try:
        assert unscoped_tasks(current_app) == {"tests.stray"}
    finally:
        current_app.tasks.pop(stray.name)


def test_queue_while_the_broker_is_away(queue, reread, monkeypatch):
    def refuse(*args, **kwargs):
        raise OperationalError("no broker")

    monkeypatch.setattr(current_app, "send_task", refuse)
    run = queue("steps", steps=1)
    assert reread(run).state == "queued"
    tasks.work(of_queue="slow")
    assert reread(run).state == "succeeded"


def test_queue_pokes_after_commit_only(cast, queue, monkeypatch):
    sent = []
    monkeypatch.setattr(current_app, "send_task", lambda task, **options: sent.append((task, options)))
    with workspace_scope(cast.workspace):
        queue("steps", steps=1)
        assert sent == []
    [(task, options)] = sent
    assert (task, options["queue"], options["kwargs"]) == ("jobs.tasks.work", "slow", {"of_queue": "slow"})


def test_queue_rolled_back_pokes_nobody(cast, queue, monkeypatch):
    sent = []
    monkeypatch.setattr(current_app, "send_task", lambda *args, **options: sent.append(args))
    with workspace_scope(cast.workspace):
        queue("steps", steps=1)
        transaction.set_rollback(True)
    assert sent == []
    with workspace_scope(cast.workspace):
        assert not Run.objects.exists()


def test_work_asks_for_another_turn(queue, settings, monkeypatch):
    settings.RUN_TURN_SECONDS = 0
    queue("steps", steps=1)
    sent = []
    monkeypatch.setattr(current_app, "send_task", lambda task, **options: sent.append((task, options["queue"])))
    tasks.work(of_queue="slow")
    assert sent == [("jobs.tasks.work", "slow")]
    tasks.work(of_queue="slow")
    assert len(sent) == 1


def test_queue_while_a_real_broker_is_away(queue, reread, monkeypatch, tmp_path):
    """Nobody listens on the socket: the request that queues the run succeeds, and does not wait."""
    with Celery(broker=f"redis+socket://{tmp_path}/nobody.sock", set_as_current=False) as client:
        monkeypatch.setattr("jobs.delivery.current_app", client)
        assert send("jobs.tasks.work", queue="slow", of_queue="slow") is False
        started = time.monotonic()
        run = queue("steps", steps=1)
        assert time.monotonic() - started < 2
    assert reread(run).state == "queued"
