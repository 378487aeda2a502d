"""Work that outlives a request: runs with a lease, mail and webhooks that must leave, imported files."""

from jobs.models.file import File, FilePart
from jobs.models.import_job import ImportedRow, ImportIssue, ImportJob
from jobs.models.outbox import Outbox
from jobs.models.run import Run
from jobs.models.webhook import DisabledReason, Webhook, WebhookDelivery, WebhookEvent

__all__ = [
    "DisabledReason",
    "File",
    "FilePart",
    "ImportIssue",
    "ImportJob",
    "ImportedRow",
    "Outbox",
    "Run",
    "Webhook",
    "WebhookDelivery",
    "WebhookEvent",
]
