"""Fields that a workspace adds to its accounts. Deleting one archives it: its values stay, and it can be restored."""

from django.db.models import Q

from accounts.actions import archive_custom_field, save_custom_fields
from accounts.models import CustomField
from accounts.models.custom_field import FieldKind, FieldSubject
from accounts.shapes import CustomFieldShape
from b2bops.api import columns as c
from b2bops.api.collection import Collection, Column
from workspaces import roles

KEY = {"type": "string", "maxLength": 40, "pattern": "^[a-z][a-z0-9_]{0,39}$"}

CUSTOM_FIELDS = Collection(
    name="custom-fields",
    noun="custom_field",
    shape=CustomFieldShape,
    model=CustomField,
    standing=Q(archived_at__isnull=True),
    save=save_custom_fields,
    void=archive_custom_field,
    permission=roles.MANAGE_FIELDS,
    columns=(
        *c.identity(),
        c.choice("subject", FieldSubject.values),
        Column("key", KEY | {"description": "Made of the name when absent; it and the kind never change."}),
        c.required_text("name", 100, is_sortable=False, is_filter=False),
        c.choice("kind", FieldKind.values),
        Column("choices", {"type": "array", "items": {"type": "string", "maxLength": 100}, "maxItems": 200}),
        Column("position", {"type": "integer", "minimum": 0, "maximum": 10_000}),
        *c.instants()[:2],
        Column("voided_at", c.or_null(c.INSTANT), source="archived_at"),
    ),
)
