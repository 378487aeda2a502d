"""Handing a task to Celery without depending on it: what is lost or late is found again by the next poke of beat."""

import structlog
from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

log = structlog.get_logger(__name__)

# By itself the client tries to connect for six seconds, whatever `retry` says, while somebody waits for their page.
AT_ONCE = {"max_retries": 0, "interval_start": 0}


def send_after_commit(task: str, *, queue: str, **kwargs) -> None:
    """Send the named task once the surrounding transaction has committed, if it does."""
    transaction.on_commit(lambda: send(task, queue=queue, **kwargs), robust=True)


def send(task: str, *, queue: str, **kwargs) -> bool:
    """Send the named task; False, and a line in the log, when the broker cannot be reached.

    Never raises for that: the work stands in Postgres, and the request that asked for it has succeeded.
    """
    try:
        with current_app.connection_for_write(transport_options=AT_ONCE) as connection:
            current_app.send_task(
                task, kwargs=kwargs, queue=queue, connection=connection, retry=False, ignore_result=True
            )
    except (OperationalError, OSError) as error:
        log.warning("broker_unreachable", task=task, queue=queue, error=type(error).__name__)
        return False
    return True
