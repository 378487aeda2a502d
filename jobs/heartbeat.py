"""Keeps a run's lease while its worker is busy, and shows its progress while its transaction is still open."""

import threading
from datetime import timedelta

import structlog
from django.conf import settings
from django.db import Error, connection
from django.db.models.functions import Now

from jobs.models import Run
from workspaces.scope import workspace_scope

log = structlog.get_logger(__name__)

# Progress is for people to watch; writing it more often than this only costs.
SHORTEST_PAUSE = 0.3


class Heartbeat:
    """A thread with a database connection of its own (Django's connections are per thread), so that lease and progress
    are committed whatever the work's transaction does. A context manager.
    """

    def __init__(self, run: Run):
        self._workspace_id, self._run_id, self._attempt = run.workspace_id, run.pk, run.attempt
        self._shown = {"progress": run.progress, "message": run.message, "message_params": run.message_params}
        self._wake = threading.Event()
        self._stop = threading.Event()
        self._is_lost = False
        self._thread = threading.Thread(target=self._beat, name=f"heartbeat-{run.pk}", daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *exc_info):
        self._stop.set()
        self._wake.set()
        self._thread.join()

    @property
    def is_lost(self) -> bool:
        """Whether another worker holds the run by now."""
        return self._is_lost

    @property
    def shown(self) -> dict:
        """The last progress that was noted, as fields of the run."""
        return self._shown

    def show(self, **fields) -> None:
        """Note progress; it is written soon, together with the lease."""
        self._shown = fields
        self._wake.set()

    def _beat(self):
        try:
            while True:
                self._wake.wait(settings.RUN_HEARTBEAT_SECONDS)
                if self._stop.is_set():
                    return
                self._wake.clear()
                try:
                    if not self._write():
                        self._is_lost = True
                        return
                except Error as error:
                    # The row is locked by the work's own commit, or the server is away: the next beat will do.
                    log.info("heartbeat_missed", run=str(self._run_id), error=type(error).__name__)
                    connection.close()
                self._stop.wait(SHORTEST_PAUSE)
        finally:
            connection.close()

    def _write(self) -> bool:
        with workspace_scope(self._workspace_id), connection.cursor() as cursor:
            cursor.execute("select set_config('lock_timeout', %s, true)", [f"{settings.RUN_HEARTBEAT_SECONDS}s"])
            held = Run.objects.filter(
                workspace_id=self._workspace_id, pk=self._run_id, attempt=self._attempt, state=Run.RUNNING
            )
            return bool(
                held.update(
                    heartbeat_at=Now(), lease_until=Now() + timedelta(seconds=settings.RUN_LEASE_SECONDS), **self._shown
                )
            )
