"""Writing interactions with the contacts who took part."""

from functools import partial
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.actions import upsert
from accounts.actions.references import acting_member, resolve_accounts, resolve_members
from accounts.models import Account, Contact, Interaction, Mention, Participant
from accounts.models.interaction import InteractionKind
from accounts.shapes import InteractionShape
from workspaces import roles
from workspaces.actions.notifications import notify
from workspaces.bulk import insert_rows
from workspaces.ids import is_uuid
from workspaces.mentions import members_named, mentioned

TEXTS = ("subject", "participants", "stage", "need", "minutes", "feedback", "next_step")
# Texts in which colleagues are mentioned.
MENTIONING = ("need", "minutes", "feedback", "next_step")
NAMED = ("account", "account_id", "contacts", "author")


def _contacts_of(interaction: Interaction) -> list:
    return [one.contact_id for one in sorted(interaction.people.all(), key=lambda one: one.position)]


def _row_of(interaction: Interaction) -> dict:
    row = upsert.plain_row(interaction, InteractionShape, skip=("account", "contacts", "author"))
    return row | {
        "contacts": [str(pk) for pk in _contacts_of(interaction)],
        "author": interaction.author.user.email if interaction.author else None,
    }


def _value_of(interaction: Interaction, name: str):
    return _contacts_of(interaction) if name == "contacts" else getattr(interaction, name)


def _find(batch, keys):
    rows = Interaction.objects.select_related("author__user").prefetch_related("people")
    return upsert.find_by(batch, rows, keys, "external_id")


def _resolve(batch) -> None:
    for item in batch.good:
        item.values = upsert.plain_values(item.shape, skip=NAMED, empty_text=TEXTS)
        _resolve_day(batch, item)
    resolve_accounts(batch)
    resolve_members(batch, "author")
    writer = acting_member(batch)
    for item in batch.good:
        if item.existing is None and "author" not in item.raw:
            item.values["author_id"] = writer
    _resolve_contacts(batch)


def _resolve_day(batch, item) -> None:
    """The day of the instant, or the day alone; a row that gives one of them leaves nothing of the other that differs."""
    at, day = item.shape.happened_at, item.shape.happened_on
    if at is not None and "happened_at" not in item.raw and batch.workspace.local_day(at) != day:
        at = None
    elif at is not None and "happened_on" not in item.raw:
        day = batch.workspace.local_day(at)
    if day is None:
        item.refuse("happened_on", _("This field is required."))
    elif at is not None and batch.workspace.local_day(at) != day:
        item.refuse("happened_on", _("This is not the day of that time."))
    item.values |= {"happened_at": at, "happened_on": day}


def _resolve_contacts(batch) -> None:
    """Set `values["contacts"]`, ids in their order, each given by external id or id; refuse those of other accounts."""
    named = {name for item in batch.good if "contacts" in item.raw for name in item.shape.contacts or []}
    kept = {pk for item in batch.good if item.existing is not None for pk in _contacts_of(item.existing)}
    ids = {name for name in named if is_uuid(name.lower())} | {str(pk) for pk in kept}
    accounts: dict[Any, Any] = {}
    keys: dict[str, Any] = {}
    if named or ids:
        rows = Contact.objects.filter(Q(external_id__any_of=named) | Q(pk__any_of=ids), workspace=batch.workspace)
        for pk, key, account_id, voided_at in rows.values_list("pk", "external_id", "account_id", "voided_at"):
            # Who took part took part, also when the contact was voided since; nobody can be added who is.
            if voided_at is None or pk in kept:
                accounts[pk] = account_id
                keys[str(pk)] = pk
                if voided_at is None and key:
                    keys[key] = pk
    for item in batch.good:
        if "contacts" in item.raw or item.existing is None:
            found = [keys.get(name, keys.get(name.lower())) for name in item.shape.contacts or []]
        else:
            found = _contacts_of(item.existing)
        for position, contact in enumerate(found):
            if contact is None:
                item.refuse(f"contacts.{position}", _("Unknown contact."))
            elif accounts[contact] != item.values["account_id"]:
                item.refuse(f"contacts.{position}", _("This contact belongs to another account."))
        item.values["contacts"] = list(dict.fromkeys(found))


def _label_of(item) -> str:
    return item.values["subject"] or f"{InteractionKind(item.values['kind']).label} {item.values['happened_on']}"


def _write_people(batch, items) -> None:
    changed = [item for item in items if item.existing is None or "contacts" in item.after]
    replaced = [item.pk for item in changed if item.existing is not None]
    if replaced:
        Participant.objects.filter(workspace=batch.workspace, interaction_id__any_of=replaced).delete()
    insert_rows(
        Participant,
        [
            {"workspace_id": batch.workspace.pk, "interaction_id": item.pk, "position": position, "contact_id": pk}
            for item in changed
            for position, pk in enumerate(item.values["contacts"])
        ],
    )


def _texts_of(values: dict[str, Any]) -> list[str]:
    return [values[name] for name in MENTIONING if values.get(name)]


def _write_mentions(batch, items) -> None:
    """Who is named in the texts now, and telling those who were not before; the demo, and what is taken back, is silent."""
    known = members_named(batch.workspace, [text for item in items for text in _texts_of(item.values)])
    rewritten = [
        item.pk for item in items if item.existing is not None and any(name in item.after for name in MENTIONING)
    ]
    rows = Mention.objects.filter(workspace=batch.workspace, interaction_id__any_of=rewritten) if rewritten else ()
    before = {(row.interaction_id, row.member_id): row for row in rows}
    touched = [item for item in items if item.existing is None or item.pk in set(rewritten)]
    now = {(item.pk, pk): item for item in touched for pk in mentioned(_texts_of(item.values)) & known.keys()}
    gone = [row.pk for key, row in before.items() if key not in now]
    if gone:
        Mention.objects.filter(workspace=batch.workspace, pk__in=gone).delete()
    new = {key: item for key, item in now.items() if key not in before}
    insert_rows(
        Mention,
        [{"workspace_id": batch.workspace.pk, "interaction_id": pk, "member_id": member} for pk, member in new],
    )
    if new and not batch.is_demo and batch.undone_on is None:
        _tell_mentioned(batch, new)


def _tell_mentioned(batch, new: dict[tuple, Any]) -> None:
    accounts = Account.objects.filter(
        workspace=batch.workspace, pk__in={item.values["account_id"] for item in new.values()}
    ).in_bulk()
    told: dict[Any, list] = {}
    for (_pk, member), item in new.items():
        told.setdefault(item.index, []).append(member)
    items = {item.index: item for item in new.values()}
    for index, members in told.items():
        item = items[index]
        notify(
            workspace=batch.workspace,
            kind="mentioned",
            members=members,
            by=batch.by,
            subject_type="interaction",
            subject_id=item.pk,
            label=f"{accounts[item.values['account_id']]} · {_label_of(item)}",
        )


def _saved(batch, items) -> None:
    _write_people(batch, items)
    _write_mentions(batch, items)


KIND = upsert.Kind(
    noun="interaction",
    model=Interaction,
    shape=InteractionShape,
    permission=roles.EDIT_FACTS,
    keys_of=lambda raw: upsert.id_key(raw) + upsert.text_key("external_id", raw),
    find=_find,
    row_of=_row_of,
    resolve=_resolve,
    value_of=_value_of,
    label_of=_label_of,
    told_as={"author_id": "author"},
    saved=_saved,
)


# Create or update interactions; see `upsert.save`. Matched by ``id``, else ``external_id``. A member who enters one
# without naming an author is its author.
save_interactions = partial(upsert.save, KIND)
