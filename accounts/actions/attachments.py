"""Files of accounts and interactions: taken in, and taken away with a reason."""

from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Sum
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts.actions.changes import record_changes
from accounts.file_rules import MOST_AT_ONCE, clean_name, refusal
from accounts.models import Account, Attachment, Interaction
from workspaces import roles
from workspaces.activity import Change
from workspaces.actor import Actor
from workspaces.batch import InvalidRow
from workspaces.models import Membership
from workspaces.turns import take_turn


@transaction.atomic
def add_attachments(
    *,
    workspace,
    account: Account,
    files: Sequence[tuple[str, bytes]],
    by: Actor,
    interaction: Interaction | None = None,
) -> list[Attachment]:
    """Keep files (name, bytes), all or none. Raises InvalidRow with the refusals under ``files``."""
    by.require(roles.EDIT_FACTS)
    named = [(clean_name(name), content) for name, content in files]
    refused = [why for name, content in named if (why := refusal(name, content))]
    if len(named) > MOST_AT_ONCE:
        refused = [_("At most %(count)s files at once.") % {"count": MOST_AT_ONCE}]
    if not refused and named:
        # Two that add at once would each see room for theirs.
        take_turn(workspace, "attachment")
        kept = Attachment.objects.filter(workspace=workspace).standing().aggregate(total=Sum("size"))["total"] or 0
        if kept + sum(len(content) for _name, content in named) > settings.ATTACHMENTS_MB * 1024 * 1024:
            refused = [_("There is no room left: files may come to %(size)s MB.") % {"size": settings.ATTACHMENTS_MB}]
    if refused:
        raise InvalidRow({"files": refused})
    member = Membership.objects.filter(workspace=workspace, user_id=by.user_id).first() if by.user_id else None
    made = [
        Attachment.objects.create(
            workspace=workspace,
            account=account,
            interaction=interaction,
            name=name,
            content=content,
            size=len(content),
            sha256=sha256(content).hexdigest(),
            added_by=member,
        )
        for name, content in named
    ]
    about = {"account": str(account)} | ({"interaction": str(interaction)} if interaction is not None else {})
    changes = [Change("created", "attachment", one.pk, one.name, None, about | {"size": one.size}) for one in made]
    record_changes(workspace=workspace, by=by, changes=changes)
    return made


@transaction.atomic
def void_attachment(*, workspace, pk, reason: str, by: Actor) -> Attachment:
    """Take a file away: its name and the reason stay, its bytes go. Raises Attachment.DoesNotExist."""
    by.require(roles.EDIT_FACTS)
    standing = Attachment.objects.defer("content").standing().select_for_update(of=("self",))
    attachment = standing.get(workspace=workspace, pk=pk)
    void_files([attachment], workspace=workspace, reason=reason, by=by)
    return attachment


def void_files(attachments: Iterable[Any], *, workspace, reason: str, by: Actor) -> None:
    """Take locked files away, with whatever else goes for that reason."""
    gone = list(attachments)
    if not gone:
        return
    Attachment.objects.filter(workspace=workspace, pk__in=[one.pk for one in gone]).update(
        voided_at=Now(), updated_at=Now(), void_reason=reason[:500], content=b""
    )
    changes = [Change("removed", "attachment", one.pk, one.name, None, {"reason": reason}) for one in gone]
    record_changes(workspace=workspace, by=by, changes=changes)
