"""Celery's own settings. Postgres remembers the work (jobs.Run); the broker carries pokes, so little hangs on it."""

from django.conf import settings

from b2bops.celery import broker_url as _broker_url
from b2bops.every import Every as _Every

broker_url = _broker_url(settings.BROKER_URL)
result_backend = None
task_ignore_result = True
accept_content = ["json"]
task_serializer = "json"
task_acks_late = True
task_reject_on_worker_lost = True
worker_prefetch_multiplier = 1
worker_hijack_root_logger = False
broker_connection_retry_on_startup = True
# Longer than any task, or a long one is delivered twice.
broker_transport_options = {
    "visibility_timeout": 3600,
    "global_keyprefix": "b2bops:",
    # A request that queues work does not wait long for a broker that is away.
    "socket_connect_timeout": 2,
}
task_default_queue = "fast"
imports = ["b2bops.data.leaving", "b2bops.digests", "b2bops.night"]
timezone = "UTC"
# Beat only pokes: a poke that nobody took before the next one comes expires, so that a long closing leaves no pile.
_poke = {"schedule": _Every(settings.RUN_POKE_SECONDS)}
_expires = max(1, settings.RUN_POKE_SECONDS)
beat_schedule = {
    "work-fast": _poke
    | {
        "task": "jobs.tasks.work",
        "kwargs": {"of_queue": "fast"},
        "options": {"queue": "fast", "expires": _expires},
    },
    "work-slow": _poke
    | {
        "task": "jobs.tasks.work",
        "kwargs": {"of_queue": "slow"},
        "options": {"queue": "slow", "expires": _expires},
    },
    "outbox": _poke | {"task": "jobs.tasks.sweep_outbox", "options": {"queue": "fast", "expires": _expires}},
    "webhooks": _poke | {"task": "jobs.tasks.deliver_webhooks", "options": {"queue": "fast", "expires": _expires}},
    "webhook-log": {
        "task": "jobs.tasks.drop_old_webhook_events",
        "schedule": _Every(3600),
        "options": {"queue": "fast"},
    },
    "files": {"task": "jobs.tasks.drop_expired_files", "schedule": _Every(3600), "options": {"queue": "fast"}},
    "answers": {"task": "jobs.tasks.drop_expired_answers", "schedule": _Every(3600), "options": {"queue": "fast"}},
    "notifications": {
        "task": "jobs.tasks.drop_old_notifications",
        "schedule": _Every(3600),
        "options": {"queue": "fast"},
    },
    "erase-workspaces": {
        "task": "b2bops.data.leaving.erase_due_workspaces",
        "schedule": _Every(600),
        "options": {"queue": "slow"},
    },
    # It asks every workspace in turn, and a minute more or less is nothing to a night.
    "night": {
        "task": "b2bops.night.queue_closings",
        "schedule": _Every(4 * settings.RUN_POKE_SECONDS),
        "options": {"queue": "fast", "expires": 4 * _expires},
    },
    "digests": {
        "task": "b2bops.digests.send_digests",
        "schedule": _Every(4 * settings.RUN_POKE_SECONDS),
        "options": {"queue": "fast", "expires": 4 * _expires},
    },
}
beat_max_loop_interval = min(5, settings.RUN_POKE_SECONDS)
