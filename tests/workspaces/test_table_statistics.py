"""What has just been filled is planned for as it is, without waiting for autovacuum (which the tests' server has not)."""

import datetime as dt

import pytest
from django.db import connection

from accounts.models import Account
from metrics.closing import close_through
from tests.accounts import facts
from tests.cast import make_cast
from tests.metrics.books import after
from workspaces.scope import workspace_scope
from workspaces.table_statistics import renew_stale_statistics

pytestmark = pytest.mark.django_db(transaction=True)

UNTIL = dt.date(2026, 3, 31)


def rows_planned_for(table: str) -> float:
    with connection.cursor() as cursor:
        cursor.execute("select reltuples from pg_class where oid = %s::regclass", [table])
        return cursor.fetchone()[0]


def test_a_table_that_was_filled_is_looked_at_once():
    cast = make_cast()
    with workspace_scope(cast.workspace):
        Account.objects.bulk_create(Account(workspace=cast.workspace, name=f"Account {n:03}") for n in range(400))
    # The application's own role may do it.
    assert "accounts_account" in renew_stale_statistics()
    assert rows_planned_for("accounts_account") == 400
    assert "accounts_account" not in renew_stale_statistics()


def test_a_first_closing_leaves_its_figures_planned_for():
    cast = make_cast()
    facts.contract(facts.account(cast.workspace, "Anhe"), starts_on="2026-01-01", ends_on=None)
    close_through(workspace=cast.workspace, until=UNTIL, at=after(UNTIL))
    assert rows_planned_for("metrics_closing") == 90
