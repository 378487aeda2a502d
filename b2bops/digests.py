"""The weekly digests, after the night: asked for over all workspaces, sent by each in a transaction of its own."""

import datetime as dt

import structlog
from celery import shared_task
from django.utils import timezone

from metrics.digest.sending import send_due
from workspaces.models import Workspace
from workspaces.scope import workspace_scope

log = structlog.get_logger(__name__)


def send_digests_due(*, at: dt.datetime) -> int:
    """How many were sent at the instant `at`. However many beats ask, a subscription's row decides."""
    sent = 0
    for workspace in Workspace.objects.order_by("pk"):
        try:
            with workspace_scope(workspace):
                sent += send_due(workspace=workspace, at=at)
        except Exception:
            # One workspace's trouble must not keep the others waiting.
            log.exception("digests_not_sent", workspace=str(workspace.pk))
    return sent


@shared_task(name="b2bops.digests.send_digests", acks_late=False)
def send_digests() -> None:
    send_digests_due(at=timezone.now())
