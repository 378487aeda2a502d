"""Reads of figures: periods, cohorts, an account's ledger, and how few queries they take."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Account
from metrics import queries
from metrics.registry import METRICS
from tests.metrics import books
from tests.metrics.test_closing import contract
from workspaces.scope import workspace_scope

pytestmark = pytest.mark.django_db


@pytest.fixture
def workspace(db):
    """a, b: joined in January, b left in March; c: in February, in dollars, grown in April; d: came and went in February."""
    workspace, _ = books.open_content(
        {
            "workspace": {"base_currency": "CNY", "timezone": "Asia/Shanghai"},
            "accounts": [{"external_id": key, "name": key.upper()} for key in "abcd"],
            "contracts": [
                contract("a1", "a", amount="100", starts="2025-01-05"),
                contract("b1", "b", amount="300", starts="2025-01-20", ends="2025-03-10"),
                contract("c1", "c", amount="10", starts="2025-02-10", currency="USD"),
                contract("c2", "c", amount="10", starts="2025-04-10", currency="USD"),
                contract("d1", "d", amount="40", starts="2025-02-03", ends="2025-02-20"),
            ],
            "fx_rates": [
                {"currency": "USD", "date": "2025-01-01", "rate": "7"},
                {"currency": "USD", "date": "2025-03-15", "rate": "6"},
            ],
            "spend": [],
        }
    )
    books.close(workspace, "2025-05-10")
    return workspace


def cohorts(workspace, measure, by="month"):
    with workspace_scope(workspace):
        rows = queries.cohorts(workspace=workspace, by=by, measure=measure)
    return {row["cohort"]: (row["size"], row["first"], row["cells"]) for row in rows}


def test_cohorts_by_month(workspace):
    """Finished months only; a cell that is not reached yet is blank, not 0."""
    assert cohorts(workspace, "customers") == {
        "2025-01": (2, 2, [Decimal("1.000000"), Decimal("1.000000"), Decimal("0.500000"), Decimal("0.500000")]),
        "2025-02": (2, 2, [Decimal("0.500000"), Decimal("0.500000"), Decimal("0.500000"), None]),
    }
    assert cohorts(workspace, "net_mrr") == {
        "2025-01": (2, 400, [Decimal("1.000000"), Decimal("1.000000"), Decimal("0.250000"), Decimal("0.250000")]),
        "2025-02": (2, 70, [Decimal("1.000000"), Decimal("0.857143"), Decimal("1.714286"), None]),
    }
    assert cohorts(workspace, "gross_mrr")["2025-02"][2] == [Decimal("1.000000"), Decimal("0.857143"), Decimal(1), None]


def test_cohorts_by_quarter(workspace):
    assert cohorts(workspace, "customers", by="quarter") == {"2025-Q1": (4, 4, [Decimal("0.500000")])}


def test_an_unknown_measure_or_metric_is_refused(workspace):
    with workspace_scope(workspace):
        with pytest.raises(queries.UnknownMetric):
            queries.cohorts(workspace=workspace, measure="nps")
        with pytest.raises(queries.UnknownMetric):
            queries.series(workspace=workspace, keys=["mrr", "magic"], first=books.EVER, last=books.NEVER)


def test_account_ledger_tells_what_happened(workspace):
    with workspace_scope(workspace):
        rows = queries.account_ledger(Account.objects.get(external_id="c"))
    assert rows == [
        {
            "day": dt.date(2025, 2, 10),
            "until": dt.date(2025, 4, 10),
            "balance": 0,
            "other_balances": {"USD": Decimal("10.00")},
            "kind": "new",
            "amount": Decimal("70.00"),
        },
        {
            "day": dt.date(2025, 4, 10),
            "until": None,
            "balance": 0,
            "other_balances": {"USD": Decimal("20.00")},
            "kind": "expansion",
            "amount": Decimal("60.00"),
        },
    ]


def test_series_take_few_queries_whatever_their_length(workspace):
    def count(first, last):
        with workspace_scope(workspace), CaptureQueriesContext(connection) as captured:
            queries.series(workspace=workspace, keys=list(METRICS), first=first, last=last)
        return len(captured)

    one = count(dt.date(2025, 3, 1), dt.date(2025, 3, 31))
    assert one == count(books.EVER, books.NEVER)
    assert one <= 5
