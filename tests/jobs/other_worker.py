"""Doing something on a second database connection, as another process would."""

import threading

from django.db import connection

from jobs.models import Run
from workspaces.scope import workspace_scope


def elsewhere(do):
    """The result of `do()`, run in a thread with its own connection."""
    answers = []

    def call():
        try:
            answers.append(do())
        finally:
            connection.close()

    thread = threading.Thread(target=call)
    thread.start()
    thread.join()
    return answers[0]


def take_over(run: Run) -> None:
    """The lease has run out and another worker has claimed the run."""

    def claim():
        with workspace_scope(run.workspace_id):
            Run.objects.filter(workspace_id=run.workspace_id, pk=run.pk).update(attempt=run.attempt + 1)

    elsewhere(claim)
