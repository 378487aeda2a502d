"""Entering an interaction with all that comes with it: files, and the next step as a task."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from accounts.actions.attachments import add_attachments
from accounts.actions.interactions import save_interactions
from accounts.actions.tasks import save_tasks
from accounts.models import Account, Interaction
from workspaces import roles
from workspaces.actor import Actor
from workspaces.batch import Errors, InvalidRow, one
from workspaces.turns import take_turn


@transaction.atomic
def compose_interaction(
    *,
    workspace,
    account: Account,
    row: Mapping[str, Any],
    by: Actor,
    task: Mapping[str, Any] | None = None,
    files: Sequence[tuple[str, bytes]] = (),
) -> Interaction:
    """Write an interaction of `account`, a task for its next step, and its files: all of it or nothing.

    Raises InvalidRow: fields of the interaction by their names, those of the task as ``task.<field>``, files as ``files``.
    """
    by.require(roles.EDIT_FACTS)
    # All at once: each of the writes takes its own, which might be in another order than somebody else's.
    take_turn(workspace, "attachment", "interaction", "task")
    about = {"account_id": str(account.pk)}
    made = one(save_interactions(workspace=workspace, rows=[{**row, **about}], by=by, mode="create"))
    interaction = Interaction.objects.get(workspace=workspace, pk=str(made.id))
    if task is not None:
        try:
            one(save_tasks(workspace=workspace, rows=[{**task, **about}], by=by, mode="create"))
        except InvalidRow as refused:
            errors: Errors = {f"task.{path}": messages for path, messages in refused.errors.items()}
            raise InvalidRow(errors) from refused
    if files:
        add_attachments(workspace=workspace, account=account, interaction=interaction, files=files, by=by)
    return interaction
