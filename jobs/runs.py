"""Claiming runs and working on them. What a kind of run does is said by `settings.RUN_KINDS`: kind → dotted path of a
callable that takes a `RunContext` and returns the run's result (a dict) or None. Whom its end concerns is told by
`settings.RUN_ENDED`: kind → dotted path of a callable that is called with the run, `state` and `error`, in the transaction
that ends it.
"""

import time
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext_noop

from jobs.heartbeat import Heartbeat
from jobs.models import Run
from jobs.webhooks.events import tell
from workspaces.activity import plain, record
from workspaces.actor import Actor, key_actor, member_actor, system_actor
from workspaces.models import ApiKey, Membership, Workspace
from workspaces.scope import workspace_scope

log = structlog.get_logger(__name__)


class LeaseLost(Exception):
    """Another worker holds the run by now; this one must leave without a trace."""


class RunFailed(Exception):
    """The expected end of a run that cannot do its work.

    code: stable, for programs. message: English text marked with `gettext_noop`, with %(name)s placeholders filled from
    the details. details: plain values; dates and decimals become text.
    """

    def __init__(self, code: str, message: str, **details):
        super().__init__(code, message, details)
        self.error = {"code": code, "message": message, **plain(details)}


@dataclass(frozen=True)
class RunContext:
    """What a kind of run is given to work with."""

    run: Run
    workspace: Workspace
    actor: Actor
    heartbeat: Heartbeat

    @property
    def params(self) -> dict[str, Any]:
        return self.run.params

    def progress(self, fraction, message: str = "", **params) -> None:
        """Show how far the run is. fraction: 0 to 1. message: English text marked with `gettext_noop`, its placeholders
        filled from `params`. Raises LeaseLost when there is no point in going on.
        """
        if self.heartbeat.is_lost:
            raise LeaseLost(self.run.pk)
        self.heartbeat.show(
            progress=min(Decimal(1), max(Decimal(0), round(Decimal(fraction), 4))),
            message=message,
            message_params=plain(params),
        )

    def guard(self) -> None:
        """Make the open transaction this attempt's own. To be called inside every transaction of the run, best just
        before its end: from here to the commit nobody can claim the run, and a worker whose lease went to another one
        raises LeaseLost here instead of committing.
        """
        if not connection.in_atomic_block:
            raise transaction.TransactionManagementError("guard() protects a transaction; there is none")
        if not _held(self.run).update(idle_attempts=0):
            raise LeaseLost(self.run.pk)

    @contextmanager
    def step(self):
        """One guarded transaction in the workspace's scope."""
        with workspace_scope(self.workspace):
            yield
            self.guard()


def work(queue: str, *, seconds: float, clock: Callable[[], float] = time.monotonic) -> bool:
    """Work on due runs of `queue`, one after the other, and claim no more after `seconds`.

    True when it stopped for the time, so that there may be more to do.
    """
    started = clock()
    while claimed := claim(queue):
        execute(*claimed)
        if clock() - started >= seconds:
            return True
    return False


def claim(queue: str) -> tuple[UUID, UUID] | None:
    """Take the lease of the longest-due run of `queue`: (run id, workspace id), None when nothing is due."""
    if connection.in_atomic_block:
        raise transaction.TransactionManagementError("a claim inside an open transaction is not seen by anyone")
    with connection.cursor() as cursor:
        cursor.execute(
            "select id, workspace_id from claim_run(%s, make_interval(secs => %s))", [queue, settings.RUN_LEASE_SECONDS]
        )
        return cursor.fetchone()


def claim_one(run: Run) -> bool:
    """Take the lease of this very run if it is due (for a command that works on what it queued). Updates `run`."""
    with workspace_scope(run.workspace_id), connection.cursor() as cursor:
        cursor.execute(
            """
            update jobs_run
            set state = 'running', attempt = attempt + 1, idle_attempts = idle_attempts + 1, heartbeat_at = now(),
                lease_until = now() + make_interval(secs => %s), started_at = coalesce(started_at, now())
            where workspace_id = %s and id = (
              select id from jobs_run
              where workspace_id = %s and id = %s
                and (state = 'queued' or state = 'running' and lease_until < now())
              for update skip locked
            )
            """,
            [settings.RUN_LEASE_SECONDS, run.workspace_id, run.workspace_id, run.pk],
        )
        is_ours = bool(cursor.rowcount)
        run.refresh_from_db()
    return is_ours


def execute(run_id: UUID, workspace_id: UUID) -> None:
    """Do the work of a run whose lease was just claimed, and write down how it ended. Never raises for the work."""
    with workspace_scope(workspace_id):
        run = Run.objects.select_related("workspace").get(workspace_id=workspace_id, pk=run_id)
        actor = _actor_of(run, at=timezone.now())
    if run.idle_attempts > settings.RUN_IDLE_ATTEMPTS:
        _finish(run, state=Run.FAILED, error=GAVE_UP.error)
        return
    log.info("run_started", run=str(run.pk), kind=run.kind, attempt=run.attempt)
    heartbeat = Heartbeat(run)
    try:
        with heartbeat:
            do = import_string(settings.RUN_KINDS[run.kind])
            result = do(RunContext(run=run, workspace=run.workspace, actor=actor, heartbeat=heartbeat))
    except LeaseLost:
        log.warning("run_lease_lost", run=str(run.pk), attempt=run.attempt)
    except RunFailed as failure:
        _finish(run, state=Run.FAILED, error=failure.error, **heartbeat.shown)
    except (OperationalError, InterfaceError) as error:
        # The database went away or asked us to try again. If it stays away, the lease says the same later.
        log.warning("run_postponed", run=str(run.pk), attempt=run.attempt, error=type(error).__name__)
        connection.close()
        _let_go(run, after_seconds=settings.RUN_POKE_SECONDS)
    except Exception:
        log.exception("run_broke", run=str(run.pk), kind=run.kind, attempt=run.attempt)
        _finish(run, state=Run.FAILED, error=BROKE.error | {"run": str(run.pk)}, **heartbeat.shown)
    except BaseException:
        # Interrupted by hand: the next worker need not wait for the lease to run out.
        _let_go(run, after_seconds=0)
        raise
    else:
        _finish(run, state=Run.SUCCEEDED, result=result, **heartbeat.shown | {"progress": 1})


GAVE_UP = RunFailed(
    "gave_up",
    gettext_noop("Given up: started several times in a row, it never got a step further. The worker's log says more."),
)
BROKE = RunFailed(
    "internal", gettext_noop("An unexpected error stopped it. The worker's log has the details of run %(run)s.")
)


def _held(run: Run):
    """The run's row as long as this attempt is the one that holds it."""
    return Run.objects.filter(workspace_id=run.workspace_id, pk=run.pk, attempt=run.attempt, state=Run.RUNNING)


def _finish(run: Run, *, state: str, result: dict | None = None, error: dict | None = None, **shown) -> None:
    with workspace_scope(run.workspace_id):
        if not _held(run).update(
            state=state, result=plain(result), error=error, finished_at=Now(), lease_until=None, **shown
        ):
            log.warning("run_lease_lost", run=str(run.pk), attempt=run.attempt)
            return
        record(
            workspace=run.workspace,
            by=system_actor("task"),
            verb=state,
            subject=run,
            before={"state": Run.RUNNING},
            after={"state": state} | ({"error": error} if error else {}),
        )
        tell(run.workspace, [(f"{run.kind}.{state}", run.pk)])
        if path := settings.RUN_ENDED.get(run.kind):
            import_string(path)(run, state=state, error=error)
    log.info("run_finished", run=str(run.pk), kind=run.kind, state=state, code=error["code"] if error else "")


def _let_go(run: Run, *, after_seconds: float) -> None:
    """Put the run back among those that wait."""
    try:
        with workspace_scope(run.workspace_id):
            _held(run).update(state=Run.QUEUED, lease_until=None, due_at=Now() + timedelta(seconds=after_seconds))
    except (OperationalError, InterfaceError):
        log.warning("run_not_let_go", run=str(run.pk))
        connection.close()


def _actor_of(run: Run, *, at: datetime) -> Actor:
    """Who asked, with what they may do at the instant `at`: someone who left, or a key that was revoked or has expired,
    may do nothing any more.
    """
    if run.user_id:
        members = Membership.objects.select_related("user")
        member = members.filter(workspace_id=run.workspace_id, user_id=run.user_id, is_active=True).first()
        return (
            member_actor(member, door=run.door)
            if member
            else Actor(run.door, run.created_by, frozenset(), user_id=run.user_id)
        )
    if run.api_key_id:
        key = ApiKey.objects.filter(workspace_id=run.workspace_id, pk=run.api_key_id).first()
        if key and key.is_open_at(at):
            return key_actor(key)
        return Actor(run.door, run.created_by, frozenset(), api_key_id=run.api_key_id)
    return system_actor(run.door, run.created_by)
