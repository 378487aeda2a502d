"""Reads about merged accounts: what leads to which account, what a merge would carry along, and what stops a split."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Account, AccountMerge, Contract, MergedRow, Participant, RenewalProposal
from workspaces import formats
from workspaces.trail import FIELDS, SUBJECTS

# What was added since is named one by one up to so many.
MOST_NAMED = 20


def moving_models() -> list[tuple[type[models.Model], str]]:
    """The models whose rows go along with their account, of every app, and the column that says whose they are. Indexes
    and figures stay: they follow from the facts.
    """
    return sorted(
        (
            (one.related_model, str(one.field.column))
            for one in Account._meta.related_objects
            if getattr(one.related_model, "moves_with_account", False)
        ),
        key=lambda pair: pair[0]._meta.label,
    )


def heirs(workspace, pks: Iterable[Any]) -> dict[UUID, UUID]:
    """{id of an account that was merged away: id of the standing account that it leads to}, over any number of merges."""
    at: dict[Any, Any] = {pk: pk for pk in pks}
    found: dict[UUID, UUID] = {}
    while at:
        merges = AccountMerge.objects.standing().filter(workspace=workspace, loser_id__any_of=list({*at.values()}))
        step = dict(merges.values_list("loser_id", "winner_id"))
        at = {pk: step[last] for pk, last in at.items() if last in step}
        found |= at
    return found


def aliases(workspace, keys: Iterable[str]) -> dict[str, UUID]:
    """{external id that a merge left without a bearer: id of the standing account that it leads to}."""
    merges = AccountMerge.objects.standing().filter(workspace=workspace, alias__any_of=list(keys))
    found: dict[Any, Any] = dict(merges.order_by("at", "pk").values_list("alias", "winner_id"))
    last = heirs(workspace, set(found.values())) if found else {}
    return {key: last.get(pk, pk) for key, pk in found.items()}


def merges_into(account: Account) -> models.QuerySet[AccountMerge]:
    """The standing merges of an account, the latest first."""
    merges = AccountMerge.objects.standing().filter(workspace=account.workspace_id, winner=account)
    return merges.select_related("loser").order_by("-at", "-pk")


WORDS: dict[str, Any] = {
    "contact": lambda count: ngettext("%(count)s contact", "%(count)s contacts", count),
    "contract": lambda count: ngettext("%(count)s contract", "%(count)s contracts", count),
    "interaction": lambda count: ngettext("%(count)s interaction", "%(count)s interactions", count),
    "attachment": lambda count: ngettext("%(count)s file", "%(count)s files", count),
    "account": lambda count: ngettext("%(count)s subsidiary", "%(count)s subsidiaries", count),
    "task": lambda count: ngettext("%(count)s task", "%(count)s tasks", count),
}


def counted(counts: dict[str, int]) -> str:
    """ "3 contacts, 1 contract": how many rows of which model."""
    parts = []
    for name, count in counts.items():
        if count:
            text = (
                WORDS[name](count) if name in WORDS else ngettext("%(count)s other row", "%(count)s other rows", count)
            )
            parts.append(text % {"count": formats.number(count)})
    return ", ".join(parts)


def rows_of(account: Account) -> dict[str, int]:
    """How many standing rows a merge would carry along, by model."""
    counts = {}
    for model, column in moving_models():
        rows: Any = model._default_manager.filter(workspace=account.workspace_id, **{column: account.pk})
        counts[str(model._meta.model_name)] = (
            rows.filter(voided_at__isnull=True).count() if _is_fact(model) else rows.count()
        )
    return counts


def rows_moved(merge: AccountMerge) -> dict[str, int]:
    """How many rows a merge moved, by model."""
    rows = MergedRow.objects.filter(workspace=merge.workspace_id, merge=merge)
    return dict(rows.values_list("subject_type").annotate(models.Count("pk")).order_by("subject_type"))


@dataclass
class Outlook:
    """What a split would do. reasons: why it cannot be, in words. stays: what would stay with the winner, by name.
    fields: what would be again what it was, as `save_accounts` takes it.
    """

    reasons: list[str] = field(default_factory=list)
    stays: list[str] = field(default_factory=list)
    fields: dict[str, Any] = field(default_factory=dict)


def outlook(merge: AccountMerge, winner_row: dict[str, Any]) -> Outlook:
    """What taking `merge` back comes to. winner_row: the winner as the fields of the shape of accounts, flat and exact."""
    found = Outlook()
    if merge.undone_at is not None:
        found.reasons.append(_("It was split already."))
        return found
    if merge.winner.voided_at is not None:
        found.reasons.append(_why_gone(merge))
        return found
    _take_fields(merge, winner_row, found)
    _refuse_taken(merge, found)
    going = _going(merge)
    _refuse_renewals(merge, going.get("contract", set()), found)
    _refuse_participants(merge, going.get("interaction", set()), going.get("contact", set()), found)
    _name_added(merge, found)
    return found


def _why_gone(merge: AccountMerge) -> str:
    later = AccountMerge.objects.standing().filter(workspace=merge.workspace_id, loser=merge.winner)
    heir = later.select_related("winner").first()
    if heir is None:
        return _("%(name)s was voided since.") % {"name": merge.winner}
    return _("%(name)s was itself merged into %(other)s; split that first.") % {
        "name": merge.winner,
        "other": heir.winner,
    }


def _take_fields(merge: AccountMerge, now: dict[str, Any], found: Outlook) -> None:
    for name, (before, after) in merge.fields.items():
        if name == "is_archived" and merge.winner.standing == "paying":
            # It pays until the night knows better, and payers are not archived.
            continue
        if now.get(name) == after:
            found.fields[name] = before
        elif now.get(name) != before:
            found.stays.append(_("what was changed since: %(field)s") % {"field": field_in_words(name)})


def field_in_words(name: str) -> str:
    """A field of accounts as the trail calls it; one of the workspace's own by its key."""
    return str(FIELDS.get("parent" if name == "parent_id" else name, name.removeprefix("custom.")))


def _refuse_taken(merge: AccountMerge, found: Outlook) -> None:
    """The loser's external id and code must be free, unless the winner has them and gives them back."""
    standing = Account.objects.standing().filter(workspace=merge.workspace_id)
    for name in ("external_id", "credit_code"):
        value = getattr(merge.loser, name)
        bearer = standing.filter(**{name: value}).first() if value else None
        if bearer is None or (bearer.pk == merge.winner_id and name in found.fields and found.fields[name] != value):
            continue
        found.reasons.append(_("%(name)s has its %(field)s now.") % {"name": bearer, "field": field_in_words(name)})


def _going(merge: AccountMerge) -> dict[str, set[str]]:
    """Ids of the rows that go back, by model: those that are still the winner's."""
    going: dict[str, set[str]] = {}
    moved = _moved(merge)
    for model, column in moving_models():
        name = str(model._meta.model_name)
        if name in moved:
            there: Any = model._default_manager.filter(workspace=merge.workspace_id, **{column: merge.winner_id})
            going[name] = {str(pk) for pk in there.filter(pk__any_of=moved[name]).values_list("pk", flat=True)}
    return going


def _moved(merge: AccountMerge) -> dict[str, list[str]]:
    """Ids of the rows that the merge moved, by model."""
    moved: dict[str, list[str]] = {}
    rows = MergedRow.objects.filter(workspace=merge.workspace_id, merge=merge)
    for subject_type, subject_id in rows.values_list("subject_type", "subject_id"):
        moved.setdefault(subject_type, []).append(subject_id)
    return moved


def _refuse_renewals(merge: AccountMerge, going: set[str], found: Outlook) -> None:
    """A contract may renew only one of its own account."""
    linked = Contract.objects.standing().filter(workspace=merge.workspace_id, account=merge.winner_id)
    for contract in linked.filter(renews__isnull=False).select_related("renews").order_by("starts_on", "pk"):
        if (str(contract.pk) in going) != (str(contract.renews_id) in going):
            found.reasons.append(
                _("Contract %(name)s renews %(other)s, and only one of them would go back.")
                % {"name": contract, "other": contract.renews}
            )


def _refuse_participants(merge: AccountMerge, talks: set[str], contacts: set[str], found: Outlook) -> None:
    """Who took part in an interaction is of its account."""
    people = Participant.objects.filter(
        workspace=merge.workspace_id, interaction__account=merge.winner_id, interaction__voided_at__isnull=True
    )
    for one in people.select_related("interaction", "contact").order_by("pk"):
        if (str(one.interaction_id) in talks) != (str(one.contact_id) in contacts):
            found.reasons.append(
                _("%(name)s took part in “%(talk)s”, and only one of them would go back.")
                % {"name": one.contact, "talk": one.interaction}
            )


def _name_added(merge: AccountMerge, found: Outlook) -> None:
    moved = _moved(merge)
    for model, column in moving_models():
        if not _is_fact(model):
            continue
        rows: Any = model._default_manager.filter(
            workspace=merge.workspace_id, voided_at__isnull=True, created_at__gt=merge.at, **{column: merge.winner_id}
        )
        for row in rows.exclude(pk__in=moved.get(str(model._meta.model_name), ())).order_by("pk")[:MOST_NAMED]:
            found.stays.append(f"{_label(model)} {row}")


def _label(model: type[models.Model]) -> str:
    return str(SUBJECTS.get(str(model._meta.model_name), model._meta.verbose_name))


def _is_fact(model: type[models.Model]) -> bool:
    return any(one.name == "voided_at" for one in model._meta.concrete_fields)


def links_across(workspace, first: Any, second: Any) -> Sequence[Any]:
    """Ids of questions whether a contract of one account renews one of the other."""
    return list(
        RenewalProposal.objects.filter(workspace=workspace)
        .filter(
            models.Q(contract__account=first, predecessor__account=second)
            | models.Q(contract__account=second, predecessor__account=first)
        )
        .values_list("pk", flat=True)
    )
