"""What happened to an account, its contacts and contracts, in plain words out of the activity trail."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models import Prefetch, Q
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from accounts.contract_summary import per
from accounts.models import Account, Attachment, Contact, Contract, FxRate, Interaction, Product, Task
from workspaces import formats
from workspaces.formats import exact
from workspaces.ids import is_uuid
from workspaces.mentions import current, members_named, plain, shorten
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


# A timeline tells what was said; the interaction's own page says all of it.
LONGEST_BODY = 400


@dataclass(frozen=True)
class FieldChange:
    label: Any
    before: str
    after: str


@dataclass(frozen=True)
class Entry:
    """One line of the timeline. body: the reason of a void, or what was said, with its mentions as they are kept. talk:
    the interaction that it is about.
    """

    icon: str
    text: str
    by: str
    at: dt.datetime
    tone: str
    changes: list[FieldChange]
    body: str
    subject_type: str
    subject_id: str
    talk: Interaction | None = None
    # Instead of `at`, where only the day is known.
    day: str = ""
    # What came along with the interaction: its files.
    files: Sequence[Any] = ()


def entries(
    workspace,
    activities: Sequence[Activity],
    named: Iterable[Contract | Contact] = (),
    talks: Mapping[str, Interaction] | None = None,
) -> list[Entry]:
    """Activities (with their users) in words. named: what changes may name by id. talks: standing interactions by id,
    which are told with what was said where they were entered.
    """
    names = {str(one.pk): str(one) for one in named}
    names |= _member_names(workspace, activities)
    called = members_named(workspace, [text for talk in (talks or {}).values() for text in said(talk)])
    return [_entry(activity, names, (talks or {}).get(activity.subject_id), called) for activity in activities]


def told_talks(workspace, activities: Sequence[Activity]) -> dict[str, Interaction]:
    """The standing interactions that activities are about, by id as text."""
    ids = {activity.subject_id for activity in activities if activity.subject_type == "interaction"}
    if not ids:
        return {}
    files = Attachment.objects.defer("content").standing().order_by("created_at", "pk")
    found = Interaction.objects.filter(workspace=workspace, pk__in=ids).standing()
    return {str(talk.pk): talk for talk in found.prefetch_related(Prefetch("attachments", files, to_attr="files"))}


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


def _entry(activity: Activity, names: Mapping[str, str], talk: Interaction | None, called: Mapping) -> Entry:
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
    if talk is not None and activity.verb == "created":
        text = _told(talk)
    changes = _changes(activity, names) if activity.verb in TOLD_FIELDS else []
    if activity.subject_type == "account" and list(after) == ["owner"] and changes:
        # One who serves it now and one who did: a line says it.
        owners = {"before": changes[0].before or _("nobody"), "after": names.get(after["owner"] or "", _("nobody"))}
        text, changes = _("Owner: %(before)s → %(after)s") % owners, []
    actor = str(activity.user) if activity.user else activity.actor
    return Entry(
        icon=VERB_ICONS.get(activity.verb)
        or KIND_ICONS.get(talk.kind if talk else "")
        or ICONS.get(activity.subject_type, "activity"),
        text=text,
        by=str(DOORS[activity.door]) % {"actor": actor} if activity.door in DOORS else actor,
        at=activity.at,
        tone="risk" if activity.verb in ("voided", "removed") else "",
        changes=changes,
        body=_body(activity, after, talk, called),
        subject_type=activity.subject_type,
        subject_id=activity.subject_id,
        talk=talk,
        files=talk.files if talk is not None and activity.verb == "created" else (),  # type: ignore[attr-defined]
    )


def _told(talk: Interaction) -> str:
    """What kind of interaction it was, on which day and about what."""
    told = {
        "kind": talk.get_kind_display(),
        "day": formats.day(talk.happened_on, get_language() or ""),
        "subject": talk.subject,
    }
    return (_("%(kind)s on %(day)s: %(subject)s") if talk.subject else _("%(kind)s on %(day)s")) % told


def said(talk: Interaction) -> list[str]:
    """The texts of an interaction, in the order in which they are told."""
    return [text for text in (talk.need, talk.minutes, talk.feedback, talk.next_step) if text]


def _body(activity: Activity, after: Mapping[str, Any], talk: Interaction | None, called: Mapping) -> str:
    if activity.verb in ("voided", "removed"):
        return after.get("reason", "")
    if talk is None or activity.verb != "created":
        return ""
    texts = [text for text in (talk.need, talk.minutes, talk.feedback) if text]
    due = formats.day(talk.next_step_on, get_language() or "") if talk.next_step_on else ""
    step = " · ".join(filter(None, [talk.next_step, due]))
    if step:
        texts.append(_("Next: %(step)s") % {"step": step})
    return shorten(current("\n".join(texts), called), LONGEST_BODY)


def _changes(activity: Activity, names: Mapping[str, str]) -> list[FieldChange]:
    before, after = activity.before or {}, activity.after or {}
    model = MODELS.get(activity.subject_type)
    return [
        FieldChange(
            label_of(model, name),
            text_of(model, name, before.get(name), names),
            text_of(model, name, after[name], names) or _("empty"),
        )
        for name in after
    ]


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
