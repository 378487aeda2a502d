"""Row-level security as a migration operation. The policy text is the one that Postgres can serve from an index."""

from django.db.migrations.operations.base import Operation

# A subselect is evaluated once per query; a bare current_setting() or a cast of the column would be once per row.
POLICY = "workspace_id = (select nullif(current_setting('app.workspace_id', true), '')::uuid)"


def isolate_sql(table: str) -> list[str]:
    """Statements that make `table` show and take only rows of the scope in force; fail-closed without one."""
    return [
        f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY',
        f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY',
        f'CREATE POLICY in_workspace ON "{table}" USING ({POLICY}) WITH CHECK ({POLICY})',
        # Migrations and SECURITY DEFINER functions run as the owner, who is also subject to FORCE.
        f'CREATE POLICY owner_all ON "{table}" TO CURRENT_USER USING (true) WITH CHECK (true)',
    ]


def release_sql(table: str) -> list[str]:
    return [
        f'DROP POLICY owner_all ON "{table}"',
        f'DROP POLICY in_workspace ON "{table}"',
        f'ALTER TABLE "{table}" NO FORCE ROW LEVEL SECURITY',
        f'ALTER TABLE "{table}" DISABLE ROW LEVEL SECURITY',
    ]


class IsolateTenants(Operation):
    """Put the named models of the app behind row-level security."""

    reversible = True
    reduces_to_sql = True

    def __init__(self, *models: str):
        self.models = models

    def deconstruct(self):
        return self.__class__.__qualname__, list(self.models), {}

    def state_forwards(self, app_label, state):
        pass

    def _run(self, app_label, schema_editor, state, statements):
        for name in self.models:
            table = state.apps.get_model(app_label, name)._meta.db_table
            for sql in statements(table):
                schema_editor.execute(sql)

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        self._run(app_label, schema_editor, to_state, isolate_sql)

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        self._run(app_label, schema_editor, from_state, release_sql)

    def describe(self):
        return "Row-level security on " + ", ".join(self.models)
