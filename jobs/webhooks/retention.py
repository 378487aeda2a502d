"""How long it is remembered what was sent."""

import datetime as dt

from django.conf import settings
from django.db import transaction

from jobs.models import Webhook, WebhookDelivery, WebhookEvent


@transaction.atomic
def drop_old_events(*, workspace, at: dt.datetime) -> None:
    """Delete what happened more than WEBHOOK_LOG_DAYS before `at` with its deliveries, and webhooks removed before."""
    oldest = at - dt.timedelta(days=settings.WEBHOOK_LOG_DAYS)
    mine = {"workspace": workspace}
    removed = Webhook.objects.filter(removed_at__lt=oldest, **mine)
    WebhookDelivery.objects.filter(event__created_at__lt=oldest, **mine).delete()
    WebhookDelivery.objects.filter(webhook__in=removed, **mine).delete()
    WebhookEvent.objects.filter(created_at__lt=oldest, **mine).delete()
    removed.delete()
