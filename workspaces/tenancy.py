"""What every tenant-owned table has: its workspace, and keys that cannot point into another one.

The proofs stand in tests/workspaces/test_row_security.py, which walks all tables.
"""

from django.db import models
from django.db.backends.ddl_references import Columns, Statement, Table
from django.db.models.functions import UUID7


class TenantForeignKey(models.BaseConstraint):
    """A database foreign key on (workspace_id, x_id) → (workspace_id, id).

    Postgres checks foreign keys past row-level security, so a plain key would accept a row of another
    workspace. The model field therefore has ``db_constraint=False`` and this constraint takes its place. For the field
    `workspace` itself it is the key to the workspace.

    is_enforced=False declares the key without a look-up per row, for figures that one statement writes by the hundred
    thousand; a trigger asks once a statement instead (docs/decisions/0006-figures-are-tables-of-exact-sums.md).
    """

    template = (
        "ALTER TABLE %(table)s ADD CONSTRAINT %(name)s FOREIGN KEY (%(columns)s) "
        "REFERENCES %(to_table)s (%(to_columns)s) %(mode)s"
    )

    def __init__(self, field: str, *, name: str, is_enforced: bool = True, **kwargs):
        self.field = field
        self.is_enforced = is_enforced
        super().__init__(name=name, **kwargs)

    def _parts(self, model, schema_editor) -> dict:
        field = model._meta.get_field(self.field)
        to = field.remote_field.model._meta
        quote = schema_editor.quote_name
        columns, to_columns = [field.column], [to.pk.column]
        if self.field != "workspace":
            columns, to_columns = ["workspace_id", *columns], ["workspace_id", *to_columns]
        return {
            "table": Table(model._meta.db_table, quote),
            "name": quote(self.name),
            "columns": Columns(model._meta.db_table, columns, quote),
            "to_table": Table(to.db_table, quote),
            "to_columns": Columns(to.db_table, to_columns, quote),
            "mode": "DEFERRABLE INITIALLY DEFERRED" if self.is_enforced else "NOT ENFORCED",
        }

    def constraint_sql(self, model, schema_editor):
        return self.create_sql(model, schema_editor)

    def create_sql(self, model, schema_editor):
        # At the end of the migration: the target's UNIQUE (workspace_id, id) may be made later in it.
        schema_editor.deferred_sql.append(Statement(self.template, **self._parts(model, schema_editor)))

    def remove_sql(self, model, schema_editor):
        parts = self._parts(model, schema_editor)
        return Statement("ALTER TABLE %(table)s DROP CONSTRAINT %(name)s", table=parts["table"], name=parts["name"])

    def validate(self, model, instance, exclude=None, using=models.DEFERRED):
        """Nothing to ask the database beforehand: actions look targets up inside their workspace."""

    def __eq__(self, other):
        return isinstance(other, TenantForeignKey) and self.deconstruct() == other.deconstruct()

    def __hash__(self):
        return hash((self.name, self.field))

    def deconstruct(self):
        path, _, kwargs = super().deconstruct()
        if not self.is_enforced:
            kwargs["is_enforced"] = False
        return path, (self.field,), kwargs


class TenantKey(models.ForeignKey):
    """A foreign key inside one workspace: the database constraint is a `TenantForeignKey`, the index is composite."""

    def __init__(self, to, on_delete, **kwargs):
        kwargs.setdefault("db_constraint", False)
        kwargs.setdefault("db_index", False)
        super().__init__(to, on_delete, **kwargs)

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        kwargs["db_constraint"] = self.db_constraint
        kwargs["db_index"] = self.db_index
        return name, path, args, kwargs


class TenantModel(models.Model):
    """A row that belongs to one workspace. Subclasses list ``*TenantModel.Meta.constraints`` first in theirs."""

    workspace = models.ForeignKey("workspaces.Workspace", models.CASCADE, db_index=False, related_name="+")

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(fields=["workspace", "id"], name="%(app_label)s_%(class)s_in_workspace"),
        ]


class LinkedTenantModel(TenantModel):
    """A tenant row that people link to: a time-ordered UUID made by the database."""

    id = models.UUIDField(primary_key=True, db_default=UUID7(), editable=False)

    class Meta(TenantModel.Meta):
        abstract = True
