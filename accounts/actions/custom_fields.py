"""Fields that a workspace adds to its accounts: made, changed, archived and taken up again."""

import re
from functools import partial

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models.functions import Now
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.actions import upsert
from accounts.models import CustomField
from accounts.models.custom_field import FieldKind
from accounts.shapes import CustomFieldShape
from workspaces import roles
from workspaces.activity import record
from workspaces.actor import Actor
from workspaces.batch import Conflict

MOST_FIELDS = 100
FIXED = ("subject", "key", "kind")


def _row_of(field: CustomField) -> dict:
    return {name: getattr(field, name) for name in CustomFieldShape.model_fields}


def _find(batch, keys) -> dict:
    batch.known["fields"] = fields = list(CustomField.objects.filter(workspace=batch.workspace))
    found: dict[tuple, CustomField] = {}
    for field in fields:
        found |= {("id", str(field.pk)): field, ("external_id", field.external_id): field, ("key", field.key): field}
    return {key: found[key] for key in keys if key in found}


def _resolve(batch) -> None:
    fields: list[CustomField] = batch.known["fields"]
    standing = {field.pk: field.name for field in fields if field.archived_at is None}
    keys = {field.key for field in fields}
    position = max((field.position for field in fields), default=-1)
    for item in batch.good:
        shape, existing = item.shape, item.existing
        item.values = upsert.plain_values(shape)
        item.values["choices"] = list(dict.fromkeys(shape.choices or []))
        if existing is not None and existing.archived_at is not None:
            item.refuse("key", _("An archived field has this key; restore it first."))
            continue
        for name in FIXED if existing is not None else ():
            if getattr(shape, name) != getattr(existing, name):
                item.refuse(name, _("This cannot be changed."))
        if existing is None:
            position += 1
            item.values["key"] = shape.key or _free_key(shape.name, keys)
            _refuse_bad_key(item)
            if len(standing) >= MOST_FIELDS:
                item.refuse(
                    "row", _("There are as many fields as a workspace may have: %(most)s.") % {"most": MOST_FIELDS}
                )
        if item.values["position"] is None:
            item.values["position"] = position if existing is None else existing.position
        if (shape.kind == FieldKind.CHOICE) != bool(item.values["choices"]):
            item.refuse(
                "choices",
                _("Give the choices, one at least.")
                if shape.kind == FieldKind.CHOICE
                else _("Only a choice has choices."),
            )
        if any(name == shape.name for pk, name in standing.items() if pk != item.pk):
            item.refuse("name", _("Another field has this name."))
        if item.is_good:
            standing[item.pk] = shape.name
            keys.add(item.values["key"])


def _refuse_bad_key(item) -> None:
    try:
        CustomField._meta.get_field("key").run_validators(item.values["key"])
    except ValidationError as refusal:
        for message in refusal.messages:
            item.refuse("key", message)


def _free_key(name: str, taken: set[str]) -> str:
    """A key made of the name where that has Latin letters ("Contract owner" → contract_owner), else field_1 and so on."""
    word = re.sub(r"[^a-z0-9]+", "_", slugify(name)).strip("_")[:36]
    word = word if word[:1].isalpha() else "field"
    numbered = (f"{word}_{number}" for number in range(1, len(taken) + 2))
    return word if word != "field" and word not in taken else next(key for key in numbered if key not in taken)


KIND = upsert.Kind(
    noun="custom_field",
    model=CustomField,
    shape=CustomFieldShape,
    permission=roles.MANAGE_FIELDS,
    keys_of=lambda raw: upsert.id_key(raw) + upsert.text_key("external_id", raw) + upsert.text_key("key", raw),
    find=_find,
    row_of=_row_of,
    resolve=_resolve,
)


# Create or update fields; see `upsert.save`. Matched by ``id``, else ``external_id``, else ``key``.
save_custom_fields = partial(upsert.save, KIND)


@transaction.atomic
def archive_custom_field(*, workspace, pk, reason: str, by: Actor) -> CustomField:
    """Ask for and show a field no longer; its values stay. Raises DoesNotExist when it is none or archived already."""
    by.require(roles.MANAGE_FIELDS)
    field = CustomField.objects.select_for_update().get(workspace=workspace, pk=pk, archived_at__isnull=True)
    CustomField.objects.filter(workspace=workspace, pk=pk).update(archived_at=Now(), updated_at=Now())
    record(workspace=workspace, by=by, verb="archived", subject=field, subject_type=KIND.noun, after={"reason": reason})
    return field


@transaction.atomic
def restore_custom_field(*, workspace, pk, by: Actor) -> CustomField:
    """Take an archived field up again, with its values. Raises Conflict when another has taken its name."""
    by.require(roles.MANAGE_FIELDS)
    field = CustomField.objects.select_for_update().get(workspace=workspace, pk=pk, archived_at__isnull=False)
    standing = CustomField.objects.filter(workspace=workspace, subject=field.subject, archived_at__isnull=True)
    if standing.filter(name=field.name).exists():
        raise Conflict({"name": [_("Another field has this name.")]})
    CustomField.objects.filter(workspace=workspace, pk=pk).update(archived_at=None, updated_at=Now())
    record(workspace=workspace, by=by, verb="restored", subject=field, subject_type=KIND.noun)
    return field
