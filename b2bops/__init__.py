"""The glue. Importing it makes the Celery app the current one, in the web process too."""

from b2bops.celery import app as celery_app

__all__ = ["celery_app"]
