"""Quarters and years by the workspace's fiscal calendar."""

import datetime as dt
from decimal import Decimal

import pytest

from metrics import queries
from tests.metrics import books
from tests.metrics.digests import digest
from workspaces.actions.settings import update_workspace
from workspaces.scope import workspace_scope

pytestmark = pytest.mark.django_db


def contract(key, amount, starts, ends=None):
    line = {"product": "core", "quantity": 1, "interval": "month", "unit_amount": amount}
    return {
        "external_id": key,
        "account": key,
        "currency": "CNY",
        "starts_on": starts,
        "ends_on": ends,
        "lines": [line],
    }


@pytest.fixture
def workspace(db):
    workspace, _ = books.open_content(
        {
            "workspace": {"base_currency": "CNY", "timezone": "Asia/Shanghai", "renewal_grace_days": 30},
            "accounts": [{"external_id": key, "name": key} for key in "ab"],
            "contracts": [contract("a", "100", "2025-01-10", "2025-06-09"), contract("b", "50", "2025-02-01")],
            "fx_rates": [],
            "spend": [],
        }
    )
    return workspace


def series(workspace, *keys, interval):
    with workspace_scope(workspace):
        return queries.series(workspace=workspace, keys=keys, first=books.EVER, last=books.NEVER, interval=interval)


def test_another_fiscal_calendar_cuts_quarters_and_years_anew_and_leaves_months(workspace):
    books.close(workspace, "2025-07-31")
    before = digest(workspace)
    with workspace_scope(workspace):
        workspace = update_workspace(
            workspace=workspace,
            name="Book",
            language="en",
            timezone="Asia/Shanghai",
            fiscal_year_start_month=3,
            by=books.BY,
        )
        assert queries.stale_from(workspace) == dt.date(2025, 1, 10)
    # Until the next closing there are no quarters of the new calendar, rather than wrong ones.
    assert series(workspace, "mrr", interval="quarter") == series(workspace, "mrr", interval="year") == []
    assert books.close(workspace, "2025-07-31").days_closed == 0
    quarters = series(workspace, "mrr", "new_customers", "contracts_due", interval="quarter")
    assert [(row["period"], row["starts_on"], row["closed"], row["mrr"], row["new_customers"]) for row in quarters] == [
        ("2025-Q4", dt.date(2024, 12, 1), True, Decimal("150.00"), 2),
        ("2026-Q1", dt.date(2025, 3, 1), True, Decimal("150.00"), 0),
        ("2026-Q2", dt.date(2025, 6, 1), False, Decimal("50.00"), 0),
    ]
    years = series(workspace, "mrr", "churned_customers", interval="year")
    assert [(row["period"], row["closed"], row["mrr"], row["churned_customers"]) for row in years] == [
        ("2025", True, Decimal("150.00"), 0),
        ("2026", False, Decimal("50.00"), 1),
    ]
    assert [row for row in digest(workspace)["periods"] if row[0] == "month"] == [
        row for row in before["periods"] if row[0] == "month"
    ]
    with workspace_scope(workspace):
        assert queries.stale_from(workspace) is None
        cohorts = queries.cohorts(workspace=workspace, by="quarter")
        assert [(row["cohort"], row["size"], row["cells"]) for row in cohorts] == [("2025-Q4", 2, [1, 1])]
    once = digest(workspace)
    books.close(workspace, "2025-07-31", since=dt.date(2025, 1, 1))
    assert digest(workspace) == once
