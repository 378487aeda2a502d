"""Writing tasks."""

from functools import partial

from accounts.actions import upsert
from accounts.actions.references import acting_member, resolve_accounts, resolve_members
from accounts.actions.telling import tell_members
from accounts.models import Task
from accounts.models.task import Priority
from accounts.shapes import TaskShape
from workspaces import roles


def _row_of(task: Task) -> dict:
    row = upsert.plain_row(task, TaskShape, skip=("account", "assignee"))
    return row | {"assignee": task.assignee.user.email if task.assignee else None}


def _resolve(batch) -> None:
    for item in batch.good:
        item.values = upsert.plain_values(item.shape, skip=("account", "account_id", "assignee"), empty_text=("note",))
        item.values["priority"] = item.shape.priority or Priority.NORMAL.value
    resolve_accounts(batch, is_required=False)
    resolve_members(batch, "assignee")
    writer = acting_member(batch)
    for item in batch.good:
        item.values["created_by_id"] = item.existing.created_by_id if item.existing is not None else writer


def _saved(batch, written) -> None:
    still_open = [item for item in written if item.values["done_at"] is None]
    tell_members(
        batch,
        still_open,
        kind="assigned",
        column="assignee_id",
        noun="task",
        label_of=lambda item: item.values["title"],
    )


KIND = upsert.Kind(
    noun="task",
    model=Task,
    shape=TaskShape,
    permission=roles.EDIT_FACTS,
    keys_of=lambda raw: upsert.id_key(raw) + upsert.text_key("external_id", raw),
    find=lambda batch, keys: upsert.find_by(batch, Task.objects.select_related("assignee__user"), keys, "external_id"),
    row_of=_row_of,
    resolve=_resolve,
    label_of=lambda item: item.values["title"],
    told_as={"assignee_id": "assignee"},
    saved=_saved,
)


# Create or update tasks; see `upsert.save`. Matched by ``id``, else ``external_id``. A task with a `done_at` is done.
save_tasks = partial(upsert.save, KIND)
