"""What happened to an account, its contacts and contracts, in plain words out of the activity trail."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.contract_summary import per
from accounts.models import Account, Attachment, Contact, Contract, FxRate, Interaction, Product, Task
from workspaces.formats import exact
from workspaces.ids import is_uuid
from workspaces.mentions import plain
from workspaces.models import Activity, Membership
from workspaces.trail import FIELDS, VALUES, VERBS

MODELS: dict[str, type[models.Model]] = {
    "account": Account,
    "contact": Contact,
    "contract": Contract,
    "product": Product,
    "fx_rate": FxRate,
    "interaction": Interaction,
    "task": Task,
    "attachment": Attachment,
}
ICONS = {
    "account": "building-2",
    "contact": "user-round",
    "contract": "file-text",
    "interaction": "message-square",
    "attachment": "paperclip",
}
KIND_ICONS = {"call": "phone", "visit": "map-pin", "mail": "mail", "meeting": "users", "note": "pencil"}
VERB_ICONS = {
    "voided": "ban",
    "merged": "merge",
    "split": "split",
    "renewal_confirmed": "repeat",
    "renewal_dismissed": "unlink",
    "renewal_moved": "repeat",
}
# (thing, verb) → the sentence. "subject" is the contact's name, the contract's number.
SENTENCES = {
    ("account", "created"): gettext_lazy("Account entered"),
    ("account", "updated"): gettext_lazy("Account changed"),
    ("account", "voided"): gettext_lazy("Account voided"),
    ("account", "merged"): gettext_lazy("Another account was merged into this one"),
    ("account", "split"): gettext_lazy("A merged account was split off again"),
    ("account", "restored"): gettext_lazy("Account restored by a split"),
    ("account", "kept_apart"): gettext_lazy("Kept apart from a similar account"),
    ("contact", "created"): gettext_lazy("Contact %(subject)s entered"),
    ("contact", "updated"): gettext_lazy("Contact %(subject)s changed"),
    ("contact", "voided"): gettext_lazy("Contact %(subject)s voided"),
    ("contract", "created"): gettext_lazy("Contract %(subject)s entered"),
    ("contract", "updated"): gettext_lazy("Contract %(subject)s changed"),
    ("contract", "voided"): gettext_lazy("Contract %(subject)s voided"),
    ("interaction", "created"): gettext_lazy("Interaction %(subject)s entered"),
    ("interaction", "updated"): gettext_lazy("Interaction %(subject)s changed"),
    ("interaction", "voided"): gettext_lazy("Interaction %(subject)s voided"),
    ("attachment", "created"): gettext_lazy("File %(subject)s added"),
    ("attachment", "removed"): gettext_lazy("File %(subject)s removed"),
    ("contract", "renewal_moved"): gettext_lazy("Renewal of %(subject)s: %(before)s → %(after)s"),
    ("contract", "renewal_confirmed"): gettext_lazy("%(subject)s confirmed as the renewal of %(renews)s"),
    ("contract", "renewal_dismissed"): gettext_lazy("%(subject)s is no renewal, it was decided"),
}
# Verbs of which the timeline tells the fields as well.
TOLD_FIELDS = ("updated", "merged", "split", "restored", "kept_apart")
DOORS = {
    "api": gettext_lazy("%(actor)s, API"),
    "import": gettext_lazy("%(actor)s, file import"),
    "command": gettext_lazy("%(actor)s, command"),
    "task": gettext_lazy("%(actor)s, nightly"),
}


@dataclass(frozen=True)
class FieldChange:
    label: Any
    before: str
    after: str


@dataclass(frozen=True)
class Entry:
    """One line of the timeline. at: where it stands. on: its day, where no time of day is known. body: the reason of a
    void, or what was said, with its mentions as they are kept. key: what it is called among those of its kind.
    """

    icon: str
    text: str
    at: dt.datetime
    key: str
    by: str = ""
    on: dt.date | None = None
    tone: str = ""
    changes: Sequence[FieldChange] = ()
    body: str = ""
    # The interaction, or the contract, that it leads to.
    talk: Interaction | None = None
    contract: Contract | None = None
    # What came along with the interaction: its files.
    files: Sequence[Any] = ()


def entries(
    workspace,
    activities: Sequence[Activity],
    named: Iterable[Contract | Contact] = (),
    talks: Mapping[str, Interaction] | None = None,
) -> list[Entry]:
    """Activities (with their users) in words. named: what changes may name by id. talks: interactions by id, to lead to."""
    names = {str(one.pk): str(one) for one in named}
    names |= _member_names(workspace, activities)
    return [_entry(activity, names, (talks or {}).get(activity.subject_id)) for activity in activities]


def actor_of(activity: Activity) -> str:
    """Who wrote it, and through which door unless it was a page."""
    actor = str(activity.user) if activity.user else activity.actor
    return str(DOORS[activity.door]) % {"actor": actor} if activity.door in DOORS else actor


def _member_names(workspace, activities: Sequence[Activity]) -> dict[str, str]:
    """What members are called whom the trail names by mail address, or by id as it did once."""
    named = {
        value
        for activity in activities
        for side in (activity.before, activity.after)
        for name in ("owner", "author", "assignee", "owner_id")
        if (value := (side or {}).get(name))
    }
    if not named:
        return {}
    ids = [value for value in named if is_uuid(value)]
    members = Membership.objects.filter(Q(user__email__in=named) | Q(pk__in=ids), workspace=workspace)
    found: dict[str, str] = {}
    for member in members.select_related("user"):
        found |= {str(member.pk): str(member), member.user.email: str(member)}
    return found


def _entry(activity: Activity, names: Mapping[str, str], talk: Interaction | None) -> Entry:
    after = activity.after or {}
    sentence = SENTENCES.get((activity.subject_type, activity.verb), gettext_lazy("%(subject)s: %(verb)s"))
    stages = VALUES["renewal_stage"]
    text = str(sentence) % {
        "subject": activity.subject_label,
        "verb": VERBS.get(activity.verb, activity.verb),
        "renews": after.get("renews", ""),
        "before": stages.get((activity.before or {}).get("renewal_stage", ""), ""),
        "after": stages.get(after.get("renewal_stage", ""), ""),
    }
    changes = _changes(activity, names) if activity.verb in TOLD_FIELDS else []
    if activity.subject_type == "account" and list(after) == ["owner"] and changes:
        # One who serves it now and one who did: a line says it.
        owners = {"before": changes[0].before or _("nobody"), "after": names.get(after["owner"] or "", _("nobody"))}
        text, changes = _("Owner: %(before)s → %(after)s") % owners, []
    is_gone = activity.verb in ("voided", "removed")
    return Entry(
        icon=VERB_ICONS.get(activity.verb)
        or KIND_ICONS.get(talk.kind if talk else "")
        or ICONS.get(activity.subject_type, "activity"),
        text=text,
        at=activity.at,
        key=str(activity.pk),
        by=actor_of(activity),
        tone="risk" if is_gone else "",
        changes=changes,
        body=after.get("reason", "") if is_gone else "",
        talk=talk,
    )


def _changes(activity: Activity, names: Mapping[str, str]) -> list[FieldChange]:
    before, after = _flat(activity.before or {}), _flat(activity.after or {})
    model = MODELS.get(activity.subject_type)
    return [
        FieldChange(
            label_of(model, name),
            text_of(model, name, before.get(name), names),
            text_of(model, name, after.get(name), names) or _("empty"),
        )
        for name in [*after, *(one for one in before if one not in after)]
    ]


def _flat(values: Mapping[str, Any]) -> dict[str, Any]:
    """With the workspace's own fields, which the trail names as people do, beside the others."""
    own = values.get("custom")
    if not isinstance(own, Mapping):
        return dict(values)
    return {name: value for name, value in values.items() if name != "custom"} | dict(own)


def _field(model, name: str) -> models.Field | None:
    try:
        return model._meta.get_field(name.removesuffix("_id") if name != "external_id" else name) if model else None
    except FieldDoesNotExist:
        return None


def label_of(model, name: str) -> str:
    """A field's name as people read it, with a capital letter."""
    if name == "lines":
        return _("Lines")
    if name == "external_id":
        return _("External id")
    field = _field(model, name)
    label = str(field.verbose_name) if field is not None else str(FIELDS.get(name, name))
    return label[:1].upper() + label[1:]


def text_of(model, name: str, value: Any, names: Mapping[str, str]) -> str:
    """A value of the trail as people read it; "" for none."""
    if value is None or value in ("", []):
        return ""
    field = _field(model, name)
    if name == "lines" and isinstance(value, list):
        return "; ".join(_line(line) for line in value)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        labels = dict(getattr(getattr(field, "base_field", None), "flatchoices", ()))
        return ", ".join(str(labels.get(item) or names.get(str(item), item)) for item in value)
    if field is not None and field.flatchoices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(field, models.DecimalField):
        try:
            return exact(Decimal(str(value)))
        except InvalidOperation:
            return str(value)
    return names.get(str(value), plain(str(value)))


def _line(line: Mapping[str, Any]) -> str:
    try:
        quantity, amount = exact(Decimal(line["quantity"])), exact(Decimal(line["unit_amount"]))
    except (KeyError, InvalidOperation, TypeError):
        return str(line)
    interval = per(line.get("interval") or "", line.get("interval_months"))
    return f"{line.get('product', '')} {quantity} × {amount} / {interval}"
