"""Rows of files without ids: which standing account or contact they mean."""

from collections import defaultdict
from typing import Any
from uuid import UUID

from django.db.models import Q

from accounts.models import Account, Contact
from jobs.imports.kinds import Entry


def find_accounts(workspace, entries: list[Entry]) -> None:
    """Give entries without an external id the `id` of the account with the same credit code, else the same name.

    A name that several accounts have means none of them: the row is new.
    """
    nameless = [entry for entry in entries if not entry.data.get("external_id")]
    if not nameless:
        return
    standing = Account.objects.filter(workspace=workspace, voided_at__isnull=True)
    codes = {str(entry.data["credit_code"]).upper() for entry in nameless if entry.data.get("credit_code")}
    by_code = dict(standing.filter(credit_code__in=codes).values_list("credit_code", "pk")) if codes else {}
    by_name: dict[Any, set[UUID]] = defaultdict(set)
    names = {entry.data.get("name") for entry in nameless}
    for name, pk in standing.filter(name__in=names).values_list("name", "pk"):
        by_name[name].add(pk)
    for entry in nameless:
        named = by_name.get(entry.data.get("name"), set())
        same: UUID | None = by_code.get(str(entry.data.get("credit_code", "")).upper()) or (
            next(iter(named)) if len(named) == 1 else None
        )
        if same is not None:
            entry.data["id"] = same


def find_contacts(workspace, entries: list[Entry]) -> None:
    """Give entries without an external id the `id` of the contact of that name at the same account.

    Where several have the name, the mobile number decides.
    """
    nameless = [entry for entry in entries if not entry.data.get("external_id")]
    if not nameless:
        return
    accounts = {entry.data.get("account") for entry in nameless}
    contacts = Contact.objects.filter(
        Q(account__external_id__in=accounts) | Q(account__name__in=accounts),
        workspace=workspace,
        voided_at__isnull=True,
        name__in={entry.data.get("name") for entry in nameless},
    ).values_list("pk", "name", "mobile", "account__external_id", "account__name")
    known: dict[tuple[Any, Any], dict[UUID, str]] = defaultdict(dict)
    for pk, name, mobile, external_id, account_name in contacts:
        for account in {external_id, account_name}:
            known[account, name][pk] = mobile
    for entry in nameless:
        found = known.get((entry.data.get("account"), entry.data.get("name")), {})
        same = [pk for pk, mobile in found.items() if len(found) == 1 or mobile == entry.data.get("mobile", "")]
        if len(same) == 1:
            entry.data["id"] = same[0]
