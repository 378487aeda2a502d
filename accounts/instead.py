"""Which account leads on from a thing of an account that is gone (`workspaces.gone`)."""

from typing import Any
from uuid import UUID

from django.urls import reverse

from accounts.merges import heirs
from accounts.models import Contact, Contract, Interaction, Task
from accounts.queries import standing_accounts
from workspaces.ids import is_uuid

OF_ACCOUNTS: dict[str, Any] = {"contact": Contact, "contract": Contract, "interaction": Interaction, "task": Task}


def page_instead(workspace, subject_type: str, subject_id: str) -> tuple[str, str] | None:
    """(name, address) of the standing account that a voided thing belonged to, or that an account was merged into."""
    if not is_uuid(subject_id):
        return None
    pk = UUID(subject_id)
    if subject_type in OF_ACCOUNTS:
        things = OF_ACCOUNTS[subject_type].objects.filter(workspace=workspace, pk=pk)
        pk = things.values_list("account_id", flat=True).first()
    elif subject_type != "account":
        return None
    account = standing_accounts(workspace).filter(pk=heirs(workspace, [pk]).get(pk, pk)).first()
    if account is None:
        return None
    return str(account), reverse("accounts:account_page", args=[workspace.slug, account.pk])
