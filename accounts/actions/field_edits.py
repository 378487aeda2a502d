"""One value of one fact, changed where it is shown, and put back."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from accounts import queries
from accounts.actions import accounts, contacts, contracts, products, tasks
from workspaces import roles
from workspaces.actor import Actor
from workspaces.batch import RowResult
from workspaces.journal import exact
from workspaces.turns import take_turn


@dataclass(frozen=True)
class EditableFacts:
    """A kind of fact whose values are changed one at a time. facts(workspace) → those that stand, with what `row_of` reads
    of them. save: the action that every door takes.
    """

    noun: str
    permission: str
    facts: Callable[[Any], QuerySet]
    row_of: Callable[[Any], dict[str, Any]]
    save: Callable[..., list[RowResult]]


ACCOUNT = EditableFacts(
    "account", roles.EDIT_FACTS, queries.standing_accounts, accounts.KIND.row_of, accounts.save_accounts
)
CONTACT = EditableFacts(
    "contact", roles.EDIT_FACTS, queries.standing_contacts, contacts.KIND.row_of, contacts.save_contacts
)
CONTRACT = EditableFacts(
    "contract", roles.EDIT_FACTS, queries.standing_contracts, contracts.KIND.row_of, contracts.save_contracts
)
TASK = EditableFacts("task", roles.EDIT_FACTS, queries.standing_tasks, tasks.KIND.row_of, tasks.save_tasks)
PRODUCT = EditableFacts(
    "product", roles.EDIT_MONEY, queries.standing_products, products.KIND.row_of, products.save_products
)


class ChangedMeanwhile(Exception):
    """The value is no longer the one that was seen; nothing was written."""


def value_at(kind: EditableFacts, fact: Any, path: str) -> Any:
    """The value at `path` (`industry`, `custom.tier`) as JSON without loss, so that it can be put back."""
    name, _dot, key = path.partition(".")
    value = kind.row_of(fact)[name]
    return exact((value or {}).get(key) if key else value)


@transaction.atomic
def change_value(
    kind: EditableFacts,
    *,
    workspace,
    pk: Any,
    path: str,
    value: Any,
    seen: Any,
    by: Actor,
    undone_on: dt.date | None = None,
) -> RowResult:
    """Write one value through the action of its kind, if it still is the one that was `seen` (as `value_at` says it), or
    is already what it should be. undone_on: the local day of the change that this takes back, which slices of the past
    then forget. Raises ChangedMeanwhile, and the model's DoesNotExist.
    """
    by.require(kind.permission)
    # From here to the end nobody else writes what was looked at.
    take_turn(workspace, kind.noun)
    now = value_at(kind, kind.facts(workspace).get(pk=pk), path)
    if now not in (seen, exact(value)):
        raise ChangedMeanwhile
    name, _dot, key = path.partition(".")
    row = {"id": str(pk), name: {key: value} if key else value}
    (result,) = kind.save(workspace=workspace, rows=[row], by=by, mode="update", undone_on=undone_on)
    return result
