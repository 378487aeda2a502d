"""The one way into a workspace's rows, for requests, API, tasks and commands alike."""

import sys
from contextlib import contextmanager
from uuid import UUID

from django.db import connection, transaction


class ScopeMissing(RuntimeError):
    """Work on tenant rows was started outside a workspace scope."""


@contextmanager
def workspace_scope(workspace):
    """Show the rows of one workspace (a Workspace or its id) for the length of one transaction.

    The setting is local to the transaction, so it is safe with kept connections and with PgBouncer in
    transaction mode. Nested use gives the outer scope back.
    """
    workspace_id = getattr(workspace, "pk", workspace)
    is_nested = connection.in_atomic_block
    with transaction.atomic():
        with connection.cursor() as cursor:
            # One round trip; the list of a select is evaluated from left to right.
            cursor.execute(
                "select current_setting('app.workspace_id', true), set_config('app.workspace_id', %s, true)",
                [str(workspace_id)],
            )
            outer = cursor.fetchone()[0] or ""
        try:
            yield
        finally:
            # The end of the transaction, or a rollback to the savepoint, gives the outer value back by itself.
            if is_nested and not connection.needs_rollback and sys.exc_info()[0] is None:
                with connection.cursor() as cursor:
                    cursor.execute("select set_config('app.workspace_id', %s, true)", [outer])


def current_workspace_id() -> UUID:
    """The id of the workspace in scope; raises ScopeMissing where there is none."""
    with connection.cursor() as cursor:
        cursor.execute("select nullif(current_setting('app.workspace_id', true), '')")
        value = cursor.fetchone()[0]
    if value is None:
        raise ScopeMissing("tenant rows need a workspace scope: wrap the work in workspace_scope(workspace)")
    return UUID(value)
