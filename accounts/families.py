"""Reads about accounts that belong together: what is above one, what is under it, and what all of that is worth."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection

from accounts.models import Account
from accounts.search import searched_accounts
from workspaces.ids import is_uuid

# Subsidiaries that an account's page names; the list has all.
SUBSIDIARIES_SHOWN = 10
# Parents that the list's filter offers at once; the others are found by typing.
PARENTS_OFFERED = 20

LINKS = """
with recursive above as (
  select id, parent_id from accounts_account where workspace_id = %(workspace)s and id = any(%(ids)s)
  union
  select a.id, a.parent_id from above join accounts_account a
    on a.workspace_id = %(workspace)s and a.id = above.parent_id
)
select id, parent_id from above
"""
ABOVE = """
with recursive above as (
  select id, name, parent_id, 1 as level from accounts_account
  where workspace_id = %(workspace)s and id = %(id)s and voided_at is null
  union all
  select a.id, a.name, a.parent_id, above.level + 1 from above join accounts_account a
    on a.workspace_id = %(workspace)s and a.id = above.parent_id and a.voided_at is null
) cycle id set circles using path
select id, name from above where not circles order by level desc
"""
# The direct ones first, with the sums of all of them beside each.
BELOW = """
with recursive below as (
  select id, name, mrr_cents, customer_since, churned_on, 1 as level from accounts_account
  where workspace_id = %(workspace)s and parent_id = %(id)s and voided_at is null
  union all
  select a.id, a.name, a.mrr_cents, a.customer_since, a.churned_on, below.level + 1
  from below join accounts_account a
    on a.workspace_id = %(workspace)s and a.parent_id = below.id and a.voided_at is null
) cycle id set circles using path
select id, name, mrr_cents, customer_since, churned_on,
  count(*) filter (where level = 1) over (), count(*) over (), sum(mrr_cents) over ()
from below where not circles
order by (level = 1) desc, mrr_cents desc, name, id
limit %(most)s
"""


@dataclass
class Family:
    """above: (id, name) of what an account belongs under, the outermost first. subsidiaries: the first of those directly
    under it, by MRR; direct: how many of them; count: how many are under it on all levels, and mrr: what those pay a
    month on the last closed day.
    """

    above: list[tuple[UUID, str]] = field(default_factory=list)
    subsidiaries: list[Account] = field(default_factory=list)
    direct: int = 0
    count: int = 0
    mrr: Decimal = Decimal(0)

    def __bool__(self) -> bool:
        return bool(self.above or self.direct)


def links_above(workspace, pks: Iterable[Any]) -> dict[UUID, UUID | None]:
    """{id: id of its parent} of accounts and of everything above them."""
    with connection.cursor() as cursor:
        cursor.execute(LINKS, {"workspace": workspace.pk, "ids": list(pks)})
        return dict(cursor.fetchall())


def names_of(workspace, pks: Iterable[Any]) -> dict[UUID, str]:
    """{id: name} of the standing ones among accounts."""
    accounts = Account.objects.standing().filter(workspace=workspace, pk__any_of=list(pks))
    return dict(accounts.values_list("pk", "name"))


def parents(workspace, words: str = "") -> list[tuple[str, str]]:
    """The first accounts that others belong under and that `words` find, as choices of a filter."""
    under = Account.objects.standing().filter(workspace=workspace, parent__isnull=False)
    accounts = Account.objects.standing().filter(workspace=workspace, pk__in=under.values("parent_id"))
    found = searched_accounts(accounts, words).first if words else accounts
    names = found.order_by("sort_name", "pk").values_list("pk", "name")
    return [(str(pk), name) for pk, name in names[:PARENTS_OFFERED]]


def name_of_parent(workspace, pk: str) -> str:
    """What an account is called that others belong under; "" where none do."""
    if not is_uuid(pk):
        return ""
    under = Account.objects.standing().filter(workspace=workspace, parent=pk)
    accounts = Account.objects.standing().filter(workspace=workspace, pk=pk, pk__in=under.values("parent_id"))
    return accounts.values_list("name", flat=True).first() or ""


def family_of(account: Account) -> Family:
    """One query for what is under the account, and one for what is above it where there is anything."""
    family = Family()
    own = {"workspace": account.workspace_id}
    with connection.cursor() as cursor:
        if account.parent_id is not None:
            cursor.execute(ABOVE, own | {"id": account.parent_id})
            family.above = cursor.fetchall()
        cursor.execute(BELOW, own | {"id": account.pk, "most": SUBSIDIARIES_SHOWN})
        rows = cursor.fetchall()
    for pk, name, cents, since, churned, direct, count, total in rows:
        family.direct, family.count, family.mrr = direct, count, Decimal(total).scaleb(-2)
        if len(family.subsidiaries) < direct:
            family.subsidiaries.append(
                Account(pk=pk, name=name, mrr_cents=cents, customer_since=since, churned_on=churned)
            )
    return family
