"""What can be done to many accounts, contacts, contracts or tasks at once."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import queries
from accounts.actions import accounts, contacts, contracts, tasks
from accounts.actions.bulk_edits import Edit, Editable
from accounts.models.contact import BuyingRole
from workspaces.ids import is_uuid
from workspaces.models import Membership, Workspace

NOBODY = "none"


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


def _or_nothing(_workspace: Workspace, text: str) -> str | None:
    """What else it may be, the shape of the row knows, as with every other door."""
    return text if text not in ("", NOBODY) else None


def _now(_workspace: Workspace, _text: str) -> dt.datetime:
    return timezone.now()


def _with_tag(was: list[str], tag: str) -> list[str]:
    return sorted({*was, tag})


def _without(was: list[str], value: str) -> list[str]:
    return [one for one in was if one != value]


def _with_role(was: list[str], role: str) -> list[str]:
    """In the order in which roles stand; what is none comes last, and is refused with its row."""
    return [*(one for one in BuyingRole.values if one in (*was, role)), *{role}.difference(BuyingRole.values)]


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
        "stance": Edit("stance"),
        "add_role": Edit("roles", _with_role),
        "remove_role": Edit("roles", _without),
    },
)
CONTRACTS = Editable(
    contracts.KIND,
    contracts.save_contracts,
    queries.standing_contracts,
    ("starts_on", "pk"),
    {
        "auto_renew": Edit("auto_renew"),
        "settlement": Edit("settlement", read=_or_nothing),
    },
)
TASKS = Editable(
    tasks.KIND,
    tasks.save_tasks,
    queries.standing_tasks,
    ("due_on", "pk"),
    {
        "assignee": Edit("assignee", read=_member),
        "due_on": Edit("due_on", read=_or_nothing),
        "priority": Edit("priority"),
        # One that is done stays done since when it was.
        "done": Edit("done_at", lambda was, now: was or now, _now),
        "reopen": Edit("done_at", lambda _was, _value: None),
    },
)
