"""What can be done to many accounts, contacts, contracts or tasks at once."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Choices
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from accounts import queries
from accounts.actions import accounts, contacts, contracts, tasks
from accounts.actions.bulk_edits import Edit, Editable
from accounts.models.contact import BuyingRole, Stance
from accounts.models.contract import Settlement
from accounts.models.task import Priority
from workspaces.ids import is_uuid
from workspaces.models import Membership, Workspace

NOBODY, YES, NO = "none", "yes", "no"


def _member(workspace: Workspace, text: str) -> str | None:
    """The mail address of an active member, None for nobody."""
    if text in ("", NOBODY):
        return None
    members = Membership.objects.filter(workspace=workspace, is_active=True, pk=text) if is_uuid(text) else None
    mail = members.values_list("user__email", flat=True).first() if members is not None else None
    if mail is None:
        raise ValidationError(_("No such member."))
    return mail


def _tag(_workspace: Workspace, text: str) -> str:
    tag = text.replace("\x00", "").strip()
    if not tag:
        raise ValidationError(_("Type a tag first."))
    return tag


def _one_of(choices: type[Choices], nothing: str | None = None) -> Callable[[Workspace, str], str | None]:
    """nothing: the text that stands for no value, if there may be none."""

    def read(_workspace: Workspace, text: str) -> str | None:
        if text == nothing:
            return None
        if text not in choices.values:
            raise ValidationError(_("No such choice."))
        return text

    return read


def _truth(_workspace: Workspace, text: str) -> bool:
    if text not in (YES, NO):
        raise ValidationError(_("No such choice."))
    return text == YES


def _day(_workspace: Workspace, text: str) -> dt.date | None:
    """A day, or None when none is given."""
    if not text.strip():
        return None
    try:
        day = parse_date(text.strip())
    except ValueError:
        day = None
    if day is None:
        raise ValidationError(_("Enter a valid date."))
    return day


def _now(_workspace: Workspace, _text: str) -> dt.datetime:
    return timezone.now()


def _with_tag(was: list[str], tag: str) -> list[str]:
    return sorted({*was, tag})


def _without(was: list[str], value: str) -> list[str]:
    return [one for one in was if one != value]


def _with_role(was: list[str], role: Any) -> list[str]:
    return [one for one in BuyingRole.values if one in was or one == role]


ACCOUNTS = Editable(
    accounts.KIND,
    accounts.save_accounts,
    queries.standing_accounts,
    ("sort_name", "pk"),
    {
        "owner": Edit("owner", read=_member),
        "add_tag": Edit("tags", _with_tag, _tag),
        "remove_tag": Edit("tags", _without, _tag),
        "archive": Edit("is_archived", lambda _was, _value: True),
        "restore": Edit("is_archived", lambda _was, _value: False),
    },
)
CONTACTS = Editable(
    contacts.KIND,
    contacts.save_contacts,
    queries.standing_contacts,
    ("sort_name", "pk"),
    {
        "stance": Edit("stance", read=_one_of(Stance)),
        "add_role": Edit("roles", _with_role, _one_of(BuyingRole)),
        "remove_role": Edit("roles", _without, _one_of(BuyingRole)),
    },
)
CONTRACTS = Editable(
    contracts.KIND,
    contracts.save_contracts,
    queries.standing_contracts,
    ("starts_on", "pk"),
    {
        "auto_renew": Edit("auto_renew", read=_truth),
        "settlement": Edit("settlement", read=_one_of(Settlement, NOBODY)),
    },
)
TASKS = Editable(
    tasks.KIND,
    tasks.save_tasks,
    queries.standing_tasks,
    ("due_on", "pk"),
    {
        "assignee": Edit("assignee", read=_member),
        "due_on": Edit("due_on", read=_day),
        "priority": Edit("priority", read=_one_of(Priority)),
        # One that is done stays done since when it was.
        "done": Edit("done_at", lambda was, now: was or now, _now),
        "reopen": Edit("done_at", lambda _was, _value: None),
    },
)
