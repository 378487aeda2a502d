"""Members of the workspace, as facts that name them may show them whole."""

from b2bops.api import columns as c
from b2bops.api.collection import Column, Thing
from workspaces.models import Membership
from workspaces.roles import ROLES

MEMBER = Thing(
    noun="member",
    model=Membership,
    columns=(
        Column("id", c.UUID),
        Column("email", {"type": "string"}, source="user__email"),
        Column("name", {"type": "string"}, source="user__name"),
        Column("role", {"type": "string", "enum": list(ROLES)}),
        Column("is_active", {"type": "boolean"}),
    ),
)
