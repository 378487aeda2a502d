"""What comes next with an account, in one line."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db.models import F

from accounts.models import Interaction, Task
from workspaces.mentions import plain


@dataclass(frozen=True)
class NextStep:
    """on: the day it is due, None when none was said."""

    text: str
    on: dt.date | None


def next_steps(workspace, account_ids: Collection[UUID]) -> dict[UUID, NextStep]:
    """By account: its open task that is due first, else what its latest interaction with a next step says. Two queries."""
    if not account_ids:
        return {}
    talks = (
        Interaction.objects.filter(workspace=workspace, account_id__in=account_ids)
        .standing()
        .exclude(next_step="")
        .order_by("account_id", "-happened_on", "-pk")
        .distinct("account_id")
    )
    tasks = (
        Task.objects.filter(workspace=workspace, account_id__in=account_ids)
        .standing()
        .open()
        .order_by("account_id", F("due_on").asc(nulls_last=True), "pk")
        .distinct("account_id")
    )
    found = {
        account_id: NextStep(plain(text), on)
        for account_id, text, on in talks.values_list("account_id", "next_step", "next_step_on")
    }
    return found | {
        account_id: NextStep(text, on) for account_id, text, on in tasks.values_list("account_id", "title", "due_on")
    }
