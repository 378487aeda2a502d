"""Celery's own settings. Postgres remembers the work (jobs.Run); the broker only carries pokes, so little hangs on it."""

from django.conf import settings

from b2bops.celery import broker_url as _broker_url

broker_url = _broker_url(settings.REDIS_URL)
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
broker_transport_options = {"visibility_timeout": 3600, "global_keyprefix": "b2bops:"}
task_default_queue = "fast"
timezone = "UTC"
beat_schedule: dict = {}
