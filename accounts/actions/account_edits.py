"""One edit of many accounts, as the list makes it for the rows that were picked, and taking it back."""

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actions.accounts import KIND, save_accounts
from accounts.actions.upsert import take_turn
from accounts.models import Account
from accounts.queries import standing_accounts
from jobs.models import File
from workspaces import roles
from workspaces.actor import Actor
from workspaces.ids import is_uuid
from workspaces.models import Membership, Workspace

ASSIGN, ADD_TAG, REMOVE_TAG, ARCHIVE, RESTORE = "owner", "add_tag", "remove_tag", "archive", "restore"
UNDO_FILE = "undo of an edit of accounts"
FIELDS = {ASSIGN: "owner", ADD_TAG: "tags", REMOVE_TAG: "tags", ARCHIVE: "is_archived", RESTORE: "is_archived"}


@dataclass
class Edited:
    """What became of it. refused: what each account that was refused is called, and why. undo: what `take_back` takes."""

    changed: int = 0
    refused: list[tuple[str, list[str]]] = field(default_factory=list)
    undo: list[dict[str, Any]] = field(default_factory=list)


@transaction.atomic
def edit_accounts(*, workspace: Workspace, pks: Iterable[str], edit: str, value: str = "", by: Actor) -> Edited:
    """Make one edit of the standing accounts among `pks`, through the batch that every door takes.

    edit: a key of FIELDS. value: for ASSIGN the id of an active member, "" for nobody; the tag to add or remove. Raises
    ValidationError when there is no such member.
    """
    by.require(roles.EDIT_FACTS)
    # Tags are read and written back: nobody else may write them in between.
    take_turn(workspace, KIND.noun)
    new = _owner_mail(workspace, value) if edit == ASSIGN else value
    name = FIELDS[edit]
    accounts = list(
        standing_accounts(workspace).filter(pk__any_of=[pk for pk in pks if is_uuid(pk)]).order_by("sort_name", "pk")
    )
    before = {account.pk: KIND.row_of(account)[name] for account in accounts}
    after = {pk: _after(edit, was, new) for pk, was in before.items()}
    edited = _save(workspace, accounts, name, after, by)
    edited.undo = [row | {"was": before[row["pk"]], "pk": str(row["pk"])} for row in edited.undo]
    return edited


@transaction.atomic
def take_back(*, workspace: Workspace, undo: Sequence[Mapping[str, Any]], by: Actor) -> Edited:
    """Take an edit back where nobody has changed the same since; what somebody has is left as it is."""
    by.require(roles.EDIT_FACTS)
    take_turn(workspace, KIND.noun)
    rows = {row["pk"]: row for row in undo}
    accounts = [
        account
        for account in standing_accounts(workspace).filter(pk__any_of=list(rows)).order_by("sort_name", "pk")
        if KIND.row_of(account)[rows[str(account.pk)]["field"]] == rows[str(account.pk)]["set"]
    ]
    was = {account.pk: rows[str(account.pk)]["was"] for account in accounts}
    return _save(workspace, accounts, undo[0]["field"], was, by)


def keep_undo(*, workspace: Workspace, undo: Sequence[Mapping[str, Any]], until: dt.datetime) -> str:
    """Keep what `take_back` takes until the instant `until`, in the transaction of the edit: of thousands of accounts it is
    too large for a session, which every request reads. Returns what `kept_undo` finds it by.
    """
    content = json.dumps(undo).encode()
    file = File.objects.create(
        workspace=workspace, name=UNDO_FILE, content=content, size=len(content), expires_at=until
    )
    return str(file.pk)


def kept_undo(*, workspace: Workspace, pk: str, at: dt.datetime) -> list[dict[str, Any]] | None:
    """What was kept, once; None when it is gone by the instant `at`."""
    found = File.objects.filter(workspace=workspace, pk=pk, name=UNDO_FILE, expires_at__gt=at)
    file = found.first()
    if file is None or not found.delete()[0]:
        return None
    return json.loads(bytes(file.content))


def _owner_mail(workspace: Workspace, pk: str) -> str | None:
    if not pk:
        return None
    members = Membership.objects.filter(workspace=workspace, is_active=True, pk=pk) if is_uuid(pk) else None
    mail = members.values_list("user__email", flat=True).first() if members is not None else None
    if mail is None:
        raise ValidationError({"owner": [_("No such member.")]})
    return mail


def _after(edit: str, was: Any, value: Any) -> Any:
    if edit == ADD_TAG:
        return sorted({*was, value.strip()})
    if edit == REMOVE_TAG:
        return [tag for tag in was if tag != value]
    return value if edit == ASSIGN else edit == ARCHIVE


def _save(workspace: Workspace, accounts: Sequence[Account], name: str, values: Mapping[Any, Any], by: Actor) -> Edited:
    rows = [{"id": str(account.pk), name: values[account.pk]} for account in accounts]
    results = save_accounts(workspace=workspace, rows=rows, by=by, mode="update")
    edited = Edited()
    for account, result in zip(accounts, results, strict=True):
        if result.status == "updated":
            edited.changed += 1
            edited.undo.append({"pk": account.pk, "field": name, "set": values[account.pk]})
        elif result.status == "error":
            messages = [message for some in result.errors.values() for message in some]
            edited.refused.append((str(account), messages))
    return edited
