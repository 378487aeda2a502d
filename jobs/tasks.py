"""What Celery carries: pokes. Losing, repeating or delaying one changes nothing but the time.

Acknowledged early, therefore: a poke that died with its worker is replaced by beat's next one.
"""

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from jobs import mail, runs
from jobs.delivery import send
from jobs.imports import actions as imports
from jobs.models import Run
from jobs.scoped_task import ScopedTask
from jobs.webhooks import delivery, retention
from workspaces.actions import idempotency, notifications
from workspaces.models import Workspace
from workspaces.scope import workspace_scope


@shared_task(name="jobs.tasks.work", acks_late=False)
def work(of_queue: str) -> None:
    """Work on what is due in a queue: what waits, and what lost its lease."""
    if runs.work(of_queue, seconds=settings.RUN_TURN_SECONDS):
        send("jobs.tasks.work", queue=of_queue, of_queue=of_queue)


@shared_task(name="jobs.tasks.sweep_outbox", acks_late=False)
def sweep_outbox() -> None:
    """Send again for every mail that waits: one that was never sent for, or whose next attempt is due."""
    for mail_id, workspace_id in mail.due_mails():
        send("jobs.tasks.deliver_mail", queue=Run.FAST, workspace_id=str(workspace_id), mail_id=str(mail_id))


@shared_task(name="jobs.tasks.drop_expired_files", acks_late=False)
def drop_expired_files() -> None:
    """Let go of imported files that were kept long enough, workspace by workspace."""
    at = timezone.now()
    for workspace in Workspace.objects.all():
        with workspace_scope(workspace):
            imports.drop_expired_files(workspace=workspace, at=at)


@shared_task(name="jobs.tasks.drop_expired_answers", acks_late=False)
def drop_expired_answers() -> None:
    """Let go of answers kept for Idempotency-Keys a day ago, workspace by workspace."""
    at = timezone.now()
    for workspace in Workspace.objects.all():
        with workspace_scope(workspace):
            idempotency.drop_expired_answers(workspace=workspace, at=at)


@shared_task(name="jobs.tasks.drop_old_notifications", acks_late=False)
def drop_old_notifications() -> None:
    """Let go of what people were told long ago, workspace by workspace."""
    at = timezone.now()
    for workspace in Workspace.objects.all():
        with workspace_scope(workspace):
            notifications.drop_old_notifications(workspace=workspace, at=at)


@shared_task(name="jobs.tasks.deliver_webhooks", acks_late=False)
def deliver_webhooks() -> None:
    """Send what webhooks are to be told: what has just happened, and what is due to be tried again."""
    if delivery.work(seconds=settings.RUN_TURN_SECONDS):
        send("jobs.tasks.deliver_webhooks", queue=Run.FAST)


@shared_task(name="jobs.tasks.drop_old_webhook_events", acks_late=False)
def drop_old_webhook_events() -> None:
    """Let go of what webhooks were told long ago, workspace by workspace."""
    at = timezone.now()
    for workspace in Workspace.objects.all():
        with workspace_scope(workspace):
            retention.drop_old_events(workspace=workspace, at=at)


@shared_task(name="jobs.tasks.deliver_mail", base=ScopedTask, acks_late=False)
def deliver_mail(mail_id: str) -> None:
    mail.deliver(mail_id)
