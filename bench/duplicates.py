"""Likely duplicates of a large company: one statement over all accounts and contacts, beside a plain aggregate over the
same rows, which reads them once and hashes a text of each.
"""

import time
from collections.abc import Iterator

from django.db import connection, connections, transaction

from accounts.duplicates import likely_duplicates
from bench.company import drop_company, make_company, vacuum
from bench.result import Result
from workspaces.scope import workspace_scope

ACCOUNTS = 100_000
# Two contacts an account; every thousandth account has one that another has, too.
PEOPLE = """
insert into accounts_contact (workspace_id, account_id, name, mobile, email, title, roles, wechat, note,
  void_reason, is_demo)
select a.workspace_id, a.id, 'Person ' || a.number || side, '138' || lpad((a.number * 2 + side)::text, 8, '0'),
  'p' || a.number || side || '@company' || case when a.number %% 1000 = 0 then a.number + 1 else a.number end || '.example',
  '', '{}', '', '', '', false
from (select workspace_id, id, row_number() over (order by id) as number from accounts_account where workspace_id = %s) a
cross join generate_series(0, 1) side
"""
PLAIN = """
select count(*) from (
  select lower(name) from accounts_account where workspace_id = %(workspace)s group by 1
  union all
  select lower(email) from accounts_contact where workspace_id = %(workspace)s group by 1
) read
"""


def measure() -> Iterator[Result]:
    workspace, _owner = make_company(ACCOUNTS, is_closed=False)
    with connections["owner"].cursor() as cursor, transaction.atomic("owner"):
        cursor.execute(PEOPLE, [str(workspace.pk)])
    vacuum("accounts_account, accounts_contact")
    with workspace_scope(workspace):
        found = likely_duplicates(workspace)
        assert found, "the company has no account twice"
        began = time.perf_counter()
        likely_duplicates(workspace)
        took = time.perf_counter() - began
        account = found[0].first
        began = time.perf_counter()
        assert likely_duplicates(workspace, account=account)
        one = time.perf_counter() - began
        with connection.cursor() as cursor:
            cursor.execute(PLAIN, {"workspace": workspace.pk})
            began = time.perf_counter()
            cursor.execute(PLAIN, {"workspace": workspace.pk})
            plain = time.perf_counter() - began
    yield Result(
        f"likely duplicates of {ACCOUNTS:,} accounts over a plain aggregate",
        took / plain,
        bar=20,
        detail=f"{took * 1000:.0f} ms; aggregate {plain * 1000:.0f} ms",
    )
    yield Result(
        f"those of one of {ACCOUNTS:,} accounts over the same",
        one / plain,
        bar=5,
        detail=f"{one * 1000:.0f} ms",
    )
    with connections["owner"].cursor() as cursor:
        cursor.execute("delete from accounts_contact where workspace_id = %s", [workspace.pk])
    drop_company(workspace)
