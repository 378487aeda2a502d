"""The one way into a workspace's rows, for requests, API, tasks and commands alike."""

import sys
from contextlib import contextmanager
from uuid import UUID

from django.db import connection, transaction


class ScopeMissing(RuntimeError):
    """Work on tenant rows was started outside a workspace scope."""


# One round trip each; the list of a select is evaluated from left to right.
BY_ID = "select current_setting('app.workspace_id', true), set_config('app.workspace_id', %s, true)"
BY_KEY = """
select current_setting('app.workspace_id', true), k.id, k.workspace_id,
       set_config('app.workspace_id', coalesce(k.workspace_id::text, ''), true)
from (select 1) one left join api_key_by_hash(%s) k on true
"""


@contextmanager
def workspace_scope(workspace):
    """Show the rows of one workspace (a Workspace or its id) for the length of one transaction.

    The setting is local to the transaction, so it is safe with kept connections and with PgBouncer in
    transaction mode. Nested use gives the outer scope back.
    """
    with _scope(BY_ID, str(getattr(workspace, "pk", workspace))):
        yield


@contextmanager
def scope_of_key(key_hash: str):
    """Find the API key of this hash and show the rows of its workspace, as `workspace_scope` does.

    Yields (key id, workspace id); (None, None), with no workspace's rows in sight, when there is no such key. Whether
    the key is still good is for the caller to ask: its row can be seen from here on.
    """
    with _scope(BY_KEY, key_hash) as (key_id, workspace_id, _setting):
        yield key_id, workspace_id


@contextmanager
def _scope(sql: str, parameter: str):
    """One transaction in the scope that `sql` sets; it returns the scope before, then what is yielded."""
    is_nested = connection.in_atomic_block
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(sql, [parameter])
            outer, *found = cursor.fetchone()
        try:
            yield found
        finally:
            # The end of the transaction, or a rollback to the savepoint, gives the outer value back by itself.
            if is_nested and not connection.needs_rollback and sys.exc_info()[0] is None:
                with connection.cursor() as cursor:
                    cursor.execute("select set_config('app.workspace_id', %s, true)", [outer or ""])


def current_workspace_id() -> UUID:
    """The id of the workspace in scope; raises ScopeMissing where there is none."""
    with connection.cursor() as cursor:
        cursor.execute("select nullif(current_setting('app.workspace_id', true), '')")
        value = cursor.fetchone()[0]
    if value is None:
        raise ScopeMissing("tenant rows need a workspace scope: wrap the work in workspace_scope(workspace)")
    return UUID(value)
