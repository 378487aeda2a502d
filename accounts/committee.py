"""Who decides at an account: its contacts by their weight in buying, how they stand to us, and what is dangerous there."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.distance import distance
from accounts.models import Account, Contact, Interaction, Participant
from accounts.models.contact import BuyingRole, Stance
from accounts.models.interaction import InteractionKind

# So long without a word, a paying account counts as silent.
SILENT_DAYS = 30
# Whose word weighs more comes first.
WEIGHT = {
    role: place
    for place, role in enumerate(
        (
            BuyingRole.DECISION_MAKER,
            BuyingRole.SIGNER,
            BuyingRole.BUDGET_OWNER,
            BuyingRole.EVALUATOR,
            BuyingRole.USER,
        )
    )
}


@dataclass(frozen=True)
class CommitteeMember:
    """talked: how long ago somebody of ours talked to the contact, in words; "" when never."""

    contact: Contact
    talked: str


@dataclass(frozen=True)
class Committee:
    members: list[CommitteeMember]
    warnings: list[str]

    @property
    def contacts(self) -> list[Contact]:
        return [member.contact for member in self.members]


def committee(account: Account, *, day: dt.date) -> Committee:
    """The standing contacts, the weightiest first, and what stands against the next renewal, seen from `day`."""
    contacts = sorted(account.contacts.standing().order_by("sort_name", "pk"), key=_weight)
    took_part = Participant.objects.filter(
        workspace=account.workspace_id, interaction__account=account, interaction__voided_at__isnull=True
    ).exclude(interaction__kind=InteractionKind.NOTE)
    talked = dict(took_part.values_list("contact_id").annotate(last=Max("interaction__happened_on")).order_by())
    talks = Interaction.objects.filter(workspace=account.workspace_id, account=account).standing()
    last = talks.exclude(kind=InteractionKind.NOTE).aggregate(last=Max("happened_on"))["last"]
    return Committee(
        [CommitteeMember(contact, distance(talked.get(contact.pk), day)) for contact in contacts],
        warnings(account, contacts, last_talk=last, day=day),
    )


def _weight(contact: Contact) -> int:
    return min((WEIGHT.get(BuyingRole(role), len(WEIGHT)) for role in contact.roles), default=len(WEIGHT))


def warnings(account: Account, contacts: Sequence[Contact], *, last_talk: dt.date | None, day: dt.date) -> list[str]:
    """What is dangerous about who is known there, before the renewal comes; nothing where nobody pays any more."""
    if account.standing == "churned":
        return []
    due = distance(account.renewal_on, day) if account.renewal_on and account.renewal_on >= day else ""
    renewal = _("; the renewal is due %(distance)s") % {"distance": due} if due else ""
    if not contacts:
        return [_("No contact is known") + renewal]
    found = []
    deciders = [contact for contact in contacts if BuyingRole.DECISION_MAKER in contact.roles]
    if not deciders:
        found.append(_("No decision maker is known") + renewal)
    found += [
        _("%(name)s decides and is against us") % {"name": contact} + renewal
        for contact in deciders
        if contact.stance == Stance.OPPONENT
    ]
    if len(contacts) == 1:
        found.append(_("Only one contact is known"))
    if account.standing == "paying" and (silence := _silence(account, last_talk, day)):
        found.append(silence)
    return found


def _silence(account: Account, last_talk: dt.date | None, day: dt.date) -> str:
    since = day - dt.timedelta(days=SILENT_DAYS)
    if last_talk is not None and last_talk <= since:
        return _("Nobody has been talked to in %(days)s days: the last time was %(distance)s") % {
            "days": SILENT_DAYS,
            "distance": distance(last_talk, day),
        }
    # Whoever was only just brought into the product cannot have talks in it yet.
    if last_talk is None and account.workspace.local_day(account.created_at) <= since:
        return _("No call, visit, mail or meeting is on record")
    return ""
