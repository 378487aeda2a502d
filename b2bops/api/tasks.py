"""Tasks: what somebody is to do by a day, for an account or for none."""

from accounts.actions import save_tasks, void_task
from accounts.models import Task
from accounts.models.task import Priority
from accounts.shapes import TaskShape
from b2bops.api import columns as c
from b2bops.api.accounts import ACCOUNTS
from b2bops.api.collection import Collection, by_key
from b2bops.api.people import MEMBER
from workspaces import roles

TASKS = Collection(
    name="tasks",
    noun="task",
    shape=TaskShape,
    model=Task,
    save=save_tasks,
    void=void_task,
    permission=roles.EDIT_FACTS,
    columns=(
        *c.identity(),
        *c.account(is_nullable=True),
        c.required_text("title", 200),
        c.text("note", 20_000),
        c.date("due_on", is_sortable=True),
        c.choice("priority", Priority.values),
        *c.member("assignee"),
        c.instant("done_at"),
        *c.member("created_by"),
        *c.instants(),
    ),
    expands=(by_key("account", ACCOUNTS), by_key("assignee", MEMBER), by_key("created_by", MEMBER)),
)
