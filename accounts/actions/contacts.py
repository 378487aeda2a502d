"""Writing contacts."""

from functools import partial

from accounts.actions import upsert
from accounts.actions.references import resolve_accounts
from accounts.models import Contact
from accounts.models.contact import Stance
from accounts.shapes import ContactShape
from accounts.spelling import spelled_contact
from workspaces import roles

TEXTS = ("title", "mobile", "wechat", "email", "note")


def _row_of(contact: Contact) -> dict:
    return {
        "external_id": contact.external_id,
        "account_id": contact.account_id,
        "name": contact.name,
        "roles": contact.roles,
        "stance": contact.stance,
        **{name: getattr(contact, name) for name in TEXTS},
    }


def _resolve(batch) -> None:
    for item in batch.good:
        item.values = upsert.plain_values(item.shape, skip=("account", "account_id"), empty_text=TEXTS)
        item.values["roles"] = item.values["roles"] or []
        item.values["stance"] = item.values["stance"] or Stance.UNKNOWN.value
    resolve_accounts(batch)


def _saved(batch, written) -> None:
    for item in written:
        # That nothing is known of a new contact's stance goes without saying.
        if item.existing is None and item.after.get("stance") == Stance.UNKNOWN.value:
            del item.after["stance"]


KIND = upsert.Kind(
    noun="contact",
    model=Contact,
    shape=ContactShape,
    permission=roles.EDIT_FACTS,
    keys_of=lambda raw: upsert.id_key(raw) + upsert.text_key("external_id", raw),
    find=lambda batch, keys: upsert.find_by(batch, Contact.objects.all(), keys, "external_id"),
    row_of=_row_of,
    resolve=_resolve,
    derived=spelled_contact,
    saved=_saved,
)


# Create or update contacts; see `upsert.save`. Matched by ``id``, else ``external_id``.
save_contacts = partial(upsert.save, KIND)
