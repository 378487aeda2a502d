"""Work that outlives a request: runs with a lease, mail that must leave, imported files."""

from jobs.models.file import File
from jobs.models.import_job import ImportIssue, ImportJob
from jobs.models.outbox import Outbox
from jobs.models.run import Run

__all__ = ["File", "ImportIssue", "ImportJob", "Outbox", "Run"]
