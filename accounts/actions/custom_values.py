"""Values of a workspace's own fields, as a batch of accounts gives them."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts import custom_values
from accounts.actions.upsert import Batch, Item, is_storable
from accounts.models import CustomField
from accounts.models.custom_field import FieldKind, FieldSubject
from accounts.queries import asked_fields, mails_of
from workspaces.ids import is_uuid
from workspaces.models import Membership


def resolve_custom(batch: Batch) -> None:
    """Set `values["custom"]` of every good item: a key that is absent keeps its value, null clears it, and null for the
    whole clears all. Refused as ``custom.<key>``: unknown and archived fields, and values that are not of the kind.
    """
    giving = [item for item in batch.good if "custom" in item.raw]
    for item in batch.good:
        item.values["custom"] = dict(item.existing.custom) if item.existing is not None else {}
    if not giving:
        return
    fields = {field.key: field for field in asked_fields(batch.workspace)}
    people = _People(batch, giving, fields)
    for item in giving:
        given = item.shape.custom
        if given is None:
            given = dict.fromkeys(fields)
        for key, value in given.items():
            path = f"custom.{key[:100]}"
            if key not in fields:
                item.refuse(path, _("There is no such field."))
            elif value in (None, ""):
                item.values["custom"].pop(key, None)
            else:
                try:
                    item.values["custom"][key] = _stored(fields[key], value, item, people)
                except custom_values.BadValue as refusal:
                    item.refuse(path, str(refusal))


class _People:
    """Active members by mail address and by id, looked up once and only when a row names one."""

    def __init__(self, batch: Batch, items: list[Item], fields: dict[str, CustomField]):
        keys = [key for key, field in fields.items() if field.is_person]
        given = {
            value.strip().lower()
            for item in items
            for key in keys
            if isinstance(value := (item.shape.custom or {}).get(key), str) and is_storable(value)
        }
        named = Q(user__email__any_of=given) | Q(pk__any_of=[value for value in given if is_uuid(value)])
        members = Membership.objects.filter(named, workspace=batch.workspace, is_active=True)
        found = members.values_list("pk", "user__email") if given else ()
        self.ids = {name: str(pk) for pk, mail in found for name in (str(pk), mail)}


def _stored(field: CustomField, value: Any, item: Item, people: _People) -> str:
    present = item.existing.custom.get(field.key) if item.existing is not None else None
    text = custom_values.stored(field.kind, value)
    if field.kind == FieldKind.PERSON:
        # Who has left stays where they stand: a page sends them back by their id.
        found = present if text == present else people.ids.get(text.lower())
        if found is None:
            raise custom_values.BadValue(_("No member has this mail address."))
        return found
    # So does a choice that is no longer offered.
    if field.kind == FieldKind.CHOICE and text not in field.choices and text != present:
        raise custom_values.BadValue(_("This must be one of: %(choices)s.") % {"choices": ", ".join(field.choices)})
    return text


def tell_custom(batch: Batch, written: Iterable[Item]) -> None:
    """Leave of `before` and `after`, which go into the trail, the fields that changed, by name, and people by mail."""
    changed = [item for item in written if item.after.get("custom") or item.before.get("custom")]
    if not changed:
        return
    fields = {
        field.key: field
        for field in CustomField.objects.filter(workspace=batch.workspace, subject=FieldSubject.ACCOUNT)
    }
    people = [key for key, field in fields.items() if field.kind == FieldKind.PERSON]
    sides = [side["custom"] for item in changed for side in (item.before, item.after) if side.get("custom")]
    ids = {side[key] for side in sides for key in people if key in side}
    mails = mails_of(batch.workspace, ids)
    for item in changed:
        was, now = item.before.get("custom") or {}, item.after.get("custom") or {}
        keys = [key for key in {**was, **now} if was.get(key) != now.get(key)]
        for side, values in ((item.before, was), (item.after, now)):
            if "custom" in side:
                side["custom"] = {
                    fields[key].name if key in fields else key: mails.get(values[key], values[key])
                    for key in keys
                    if key in values
                }
