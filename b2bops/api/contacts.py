"""Contacts: people at accounts, with the part they play in buying."""

from accounts.actions import save_contacts, void_contact
from accounts.models import Contact
from accounts.models.contact import BuyingRole
from accounts.shapes import ContactShape
from b2bops.api import columns as c
from b2bops.api import parameters
from b2bops.api.collection import Collection, Column
from workspaces import roles

CONTACTS = Collection(
    name="contacts",
    noun="contact",
    shape=ContactShape,
    rows=lambda workspace: Contact.objects.filter(workspace=workspace, voided_at__isnull=True),
    save=save_contacts,
    void=void_contact,
    permission=roles.EDIT_FACTS,
    columns=(
        *c.identity(),
        Column("account", c.or_null({"type": "string"}), source="account__external_id", filter=parameters.text),
        Column("account_id", c.UUID, filter=parameters.uuid),
        c.required_text("name", 100, is_sortable=True),
        c.text("title", 100),
        Column("roles", {"type": "array", "items": {"type": "string", "enum": list(BuyingRole.values)}}),
        c.text("mobile", 30, is_filter=True),
        c.text("wechat", 60, is_filter=True),
        c.text("email", 254, is_filter=True),
        c.text("note", 20_000),
        *c.instants(),
    ),
)
