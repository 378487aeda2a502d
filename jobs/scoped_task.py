"""Celery tasks that touch tenant rows say whose: a task without a scope raises instead of quietly seeing no rows."""

from celery import Task

from workspaces.scope import ScopeMissing, workspace_scope


class ScopedTask(Task):
    """Base of tasks that work inside one workspace. Sent with ``workspace_id=``, which opens the scope, and is not
    passed on to the function.
    """

    abstract = True

    def __call__(self, *args, workspace_id: str | None = None, **kwargs):
        if not workspace_id:
            raise ScopeMissing(f"{self.name} was sent without workspace_id")
        with workspace_scope(workspace_id):
            return super().__call__(*args, **kwargs)
