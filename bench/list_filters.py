"""Filters of a list of 100,000 accounts: first page and foot through groups of which any must hold, over reading all once.

The rows are asked as the list asks them, in the workspace's scope, counted and summed as its foot is. What matches few
accounts is the hard case: the order of the list alone does not find them.
"""

import statistics
from collections.abc import Iterator

from django.db import connections, transaction
from django.http import QueryDict

from accounts import lists
from accounts.queries import asked_fields, standing_accounts
from bench.company import drop_company, make_company, vacuum
from bench.pages import times_of
from bench.result import Result
from workspaces.lists import show_list
from workspaces.scope import workspace_scope

ACCOUNTS = 100_000
ROUNDS = 12
WHERE = {
    "none": "",
    "is": "industry:is:Rare",
    "any of two fields, many": "industry:is:Retail|region:is:North",
    "any of two fields, few": "industry:is:Rare|region:is:Rare",
    "with a tag, few": "industry:is:Rare|tag:is:rare",
    "with words, few": "name:has:zzz|website:has:zzz",
    "two groups, few": "industry:is:Rare|tag:is:rare;mrr:min:0|since:empty",
    "own number, few": "custom.seats:min:99990|tag:is:rare",
    "is not, many": "industry:not:Rare;tag:not:rare",
}
# Of 100,000 accounts twenty are in a rare industry and have a tag; each has a number of its own.
MADE = """
update accounts_account set industry = 'Rare' where workspace_id = %(workspace)s and id in (
  select id from accounts_account where workspace_id = %(workspace)s order by md5(id::text) limit 20
);
update accounts_account a set custom = jsonb_build_object('seats', n.number::text) from (
  select id, row_number() over (order by id) as number from accounts_account where workspace_id = %(workspace)s
) n where a.id = n.id and a.workspace_id = %(workspace)s;
insert into accounts_accounttrait (workspace_id, account_id, dimension, value)
  select workspace_id, id, 'custom:seats', custom ->> 'seats' from accounts_account where workspace_id = %(workspace)s;
insert into accounts_accounttrait (workspace_id, account_id, dimension, value)
  select workspace_id, id, 'tag', 'rare' from accounts_account
  where workspace_id = %(workspace)s order by md5(id::text) desc limit 20;
insert into accounts_customfield (id, workspace_id, subject, key, name, kind, choices, position, is_demo)
  values (gen_random_uuid(), %(workspace)s, 'account', 'seats', 'Seats', 'number', '{}', 0, false);
"""


def measure() -> Iterator[Result]:
    workspace, owner = make_company(ACCOUNTS, is_closed=False)
    with connections["owner"].cursor() as cursor, transaction.atomic("owner"):
        cursor.execute(MADE, {"workspace": str(workspace.pk)})
    vacuum("accounts_account, accounts_accounttrait")
    times = {}
    with workspace_scope(workspace):
        assert asked_fields(workspace)
        spec = lists.accounts(workspace, owner.pk)
        for name, where in WHERE.items():
            params = QueryDict(mutable=True)
            params.update({"where": where} if where else {})

            def page(params=params):
                rows = lists.accounts_at_first(workspace, params)
                shown = show_list(spec, rows, params, path="/", workspace=workspace)
                assert not shown.refused, (params, shown.refused)
                return shown.totals

            times[name] = statistics.median(times_of(page, ROUNDS))

        def bare():
            return standing_accounts(workspace).filter(website__icontains="zzz").count()

        bare_ms = statistics.median(times_of(bare, ROUNDS))
    shown = ", ".join(f"{name} {taken:.0f}" for name, taken in times.items())
    yield Result(
        f"slowest of the filters over reading all, {ACCOUNTS:,} accounts",
        max(times.values()) / bare_ms,
        5,
        detail=f"medians in ms: all {bare_ms:.0f}, {shown}",
    )
    drop_traits(workspace)
    drop_company(workspace)


def drop_traits(workspace) -> None:
    with connections["owner"].cursor() as cursor, transaction.atomic("owner"):
        cursor.execute("delete from accounts_accounttrait where workspace_id = %s", [workspace.pk])
        cursor.execute("delete from accounts_customfield where workspace_id = %s", [workspace.pk])
