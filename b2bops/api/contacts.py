"""Contacts: people at accounts, with the part they play in buying."""

from accounts.actions import save_contacts, void_contact
from accounts.models import Contact
from accounts.models.contact import BuyingRole, Stance
from accounts.shapes import ContactShape
from b2bops.api import columns as c
from b2bops.api.accounts import ACCOUNTS
from b2bops.api.collection import Collection, by_key
from workspaces import roles

CONTACTS = Collection(
    name="contacts",
    noun="contact",
    shape=ContactShape,
    model=Contact,
    save=save_contacts,
    void=void_contact,
    permission=roles.EDIT_FACTS,
    columns=(
        *c.identity(),
        *c.account(),
        c.required_text("name", 100, is_sortable=True),
        c.text("title", 100, is_filter=True),
        c.choices("roles", BuyingRole.values),
        c.choice("stance", Stance.values),
        c.text("mobile", 30, is_filter=True),
        c.text("wechat", 60, is_filter=True),
        c.text("email", 254, is_filter=True),
        c.text("note", 20_000),
        *c.instants(),
    ),
    expands=(by_key("account", ACCOUNTS),),
)
