"""Letting go of answers that were kept so that a write may be repeated."""

import datetime as dt

from workspaces.models import IdempotencyKey


def drop_expired_answers(*, workspace, at: dt.datetime) -> int:
    """Delete the kept answers that nobody can ask for any more, and say how many. Nothing to record: they are copies."""
    kept = IdempotencyKey.objects.filter(workspace=workspace)
    return kept.filter(created_at__lte=at - IdempotencyKey.KEPT).delete()[0]
