"""The Celery app: JSON only, acknowledged late, two queues so that a backfill cannot starve what people wait for."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "b2bops.settings")


def broker_url(redis_url: str) -> str:
    """Celery's spelling of a Redis URL: `unix:///path?db=1` becomes `redis+socket:///path?virtual_host=1`."""
    if redis_url.startswith("unix://"):
        path, _, query = redis_url.removeprefix("unix://").partition("?")
        database = query.removeprefix("db=") or "0"
        return f"redis+socket://{path}?virtual_host={database}"
    return redis_url


app = Celery("b2bops")
app.config_from_object("b2bops.celery_config")
app.autodiscover_tasks()
