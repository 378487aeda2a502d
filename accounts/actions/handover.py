"""Handing a leaver's accounts and open tasks to somebody else, in one step."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts.actions.changes import record_changes
from accounts.actions.traits import write_changes
from accounts.models import Account, Task
from workspaces import roles
from workspaces.actions.notifications import notify
from workspaces.activity import Change
from workspaces.actor import Actor
from workspaces.models import Membership, Workspace
from workspaces.turns import take_turn


@transaction.atomic
def hand_over_accounts(
    *, workspace: Workspace, giver: Membership, taker: Membership, by: Actor, day: dt.date | None = None
) -> tuple[int, int]:
    """Make `taker` the owner of every standing account that `giver` owns, as of `day` or today, and give them every open
    task of `giver`; returns how many accounts and tasks there were.

    Raises ValidationError when `taker` is not an active member of the workspace, or the giver.
    """
    by.require(roles.MANAGE_MEMBERS)
    if taker.workspace_id != workspace.pk or not taker.is_active or taker.pk == giver.pk:
        raise ValidationError({"taker": [_("Choose another active member.")]})
    # Whoever saves one of them meanwhile would write the giver back.
    take_turn(workspace, "account", "task")
    accounts = list(
        Account.objects.select_for_update().filter(workspace=workspace, owner=giver).standing().order_by("pk")
    )
    Account.objects.filter(workspace=workspace, pk__in=[account.pk for account in accounts]).update(
        owner=taker, updated_at=Now()
    )
    write_changes(
        workspace=workspace, changes=[(account.pk, "owner", [str(giver.pk)]) for account in accounts], day=day
    )
    before, after = {"owner": giver.user.email}, {"owner": taker.user.email}
    changes = [Change("updated", "account", account.pk, str(account), before, after) for account in accounts]
    tasks = list(
        Task.objects.select_for_update().filter(workspace=workspace).standing().open().assigned_to(giver).order_by("pk")
    )
    Task.objects.filter(workspace=workspace, pk__in=[task.pk for task in tasks]).update(
        assignee=taker, updated_at=Now()
    )
    before, after = {"assignee": giver.user.email}, {"assignee": taker.user.email}
    changes += [Change("updated", "task", task.pk, task.title, before, after) for task in tasks]
    record_changes(workspace=workspace, by=by, changes=changes)
    for kind, noun, given in (("handed_over", "account", accounts), ("assigned", "task", tasks)):
        if given:
            one = given[0] if len(given) == 1 else None
            notify(
                workspace=workspace,
                kind=kind,
                members=[taker.pk],
                by=by,
                subject_type=noun,
                subject_id=one.pk if one else "",
                label=str(one) if one else "",
                details={"count": len(given)},
            )
    return len(accounts), len(tasks)
