"""Saved filters: conditions on accounts under a name. The API knows the shared ones; private ones stay on the pages."""

from django.db.models import Q

from accounts.actions import remove_saved_filter, save_shared_filters
from accounts.models import SavedFilter
from accounts.shapes import SavedFilterShape
from b2bops.api import columns as c
from b2bops.api.collection import Collection, Column
from workspaces import roles

CONDITIONS = {
    "type": "object",
    "minProperties": 1,
    "maxProperties": 50,
    "additionalProperties": {
        "type": "array",
        "minItems": 1,
        "maxItems": 100,
        "items": {"type": "string", "maxLength": 500},
    },
    "description": "`industry`, `region`, `size`, `owner`, `channel`, `tag` or `custom.<key>` → values of which an "
    "account has any. All must hold. Shown with `custom:<key>` and membership ids.",
    "example": {"industry": ["Retail", "Energy"], "size": ["500-1999", "2000+"]},
}

SAVED_FILTERS = Collection(
    name="saved-filters",
    noun="saved_filter",
    shape=SavedFilterShape,
    model=SavedFilter,
    known=Q(is_shared=True),
    # Removed ones are gone: no figure stands on them.
    standing=Q(),
    save=save_shared_filters,
    void=remove_saved_filter,
    permission=roles.EDIT_FACTS,
    columns=(
        *c.identity(),
        c.required_text("name", 100, is_sortable=True),
        Column("conditions", CONDITIONS),
        Column("owner", c.or_null({"type": "string"}), source="owner__user__email"),
        *c.instants()[:2],
    ),
)
