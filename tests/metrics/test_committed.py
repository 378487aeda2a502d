"""Committed MRR: what is signed and what is known to end, told on the days on which it was known and never before."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given, settings

from accounts.actions import save_contracts
from metrics.committed import COMMITTED, committed
from metrics.models import Closing, PeriodFigures
from tests.effort import examples
from tests.metrics import books
from tests.metrics.digests import digest
from tests.metrics.random_books import UNTIL
from tests.metrics.random_books import books as random_books
from tests.metrics.reference import Book
from tests.metrics.test_closing import contract
from tests.metrics.test_properties import undone
from workspaces.scope import workspace_scope

pytestmark = pytest.mark.django_db


@pytest.fixture
def workspace(db):
    """One that runs, one signed in February for May, one renewed in March with less, one that gives notice in April."""
    content = {
        "workspace": {"base_currency": "CNY", "timezone": "Asia/Shanghai"},
        "accounts": [{"external_id": key, "name": key.upper()} for key in "abc"],
        "contracts": [
            contract("a1", "a", amount="100", starts="2025-01-01", ends="2025-04-15"),
            contract("a2", "a", amount="80", starts="2025-04-16", renews="a1", signed_on="2025-03-10"),
            contract("b1", "b", amount="10", starts="2025-05-01", signed_on="2025-02-10", currency="USD"),
            contract("b2", "b", amount="7", starts="2025-05-01"),
            contract("c1", "c", amount="40", starts="2025-01-01", ends="2025-06-30", cancelled_on="2025-04-20"),
        ],
        "fx_rates": [{"currency": "USD", "date": "2025-03-01", "rate": "7"}],
        "spend": [],
    }
    workspace, _content = books.open_content(content)
    return workspace


def told(workspace):
    with workspace_scope(workspace):
        rows = committed(workspace, first=books.EVER, last=books.NEVER, interval="month")
    return {row["period"]: tuple(row[key] for key in COMMITTED) for row in rows}


EXPECTED = {
    "2025-01": (140, 0, 0, 140),
    # Signed in dollars, before there is a rate for them.
    "2025-02": (140, 0, 0, 140),
    "2025-03": (140, 150, 100, 190),
    "2025-04": (120, 70, 40, 150),
    "2025-05": (197, 0, 40, 157),
    "2025-06": (197, 0, 40, 157),
    "2025-07": (157, 0, 0, 157),
}


def test_what_is_committed_is_told_from_the_day_it_is_known(workspace):
    books.close(workspace, "2025-07-31")
    assert told(workspace) == {month: tuple(map(Decimal, row)) for month, row in EXPECTED.items()}


def test_closing_day_by_day_finds_the_same(workspace):
    for day in ("2025-02-09", "2025-02-10", "2025-03-09", "2025-03-10", "2025-04-20", "2025-05-17", "2025-07-31"):
        books.close(workspace, day)
    assert told(workspace) == {month: tuple(map(Decimal, row)) for month, row in EXPECTED.items()}


def test_a_signature_entered_late_restates_the_months_in_which_it_was_known(workspace):
    books.close(workspace, "2025-07-31")
    with workspace_scope(workspace):
        row = {"external_id": "b2", "signed_on": "2025-03-20"}
        assert save_contracts(workspace=workspace, rows=[row], by=books.BY)[0].errors == {}
    closed = books.close(workspace, "2025-07-31")
    assert closed.restated_from == dt.date(2025, 3, 20)
    found = told(workspace)
    assert found["2025-02"][1] == 0
    assert (found["2025-03"][1], found["2025-04"][1], found["2025-05"][1]) == (157, 77, 0)
    carried = digest(workspace)
    with workspace_scope(workspace):
        first = Closing.objects.filter(workspace=workspace).earliest("day").day
    books.close(workspace, "2025-07-31", since=first)
    assert digest(workspace) == carried


@settings(max_examples=examples(15), derandomize=True, deadline=None, database=None)
@given(content=random_books(), until=UNTIL)
def test_what_is_committed_is_that_of_the_reference(content, until):
    with undone():
        workspace, content = books.open_content(content)
        books.close(workspace, until)
        expected = Book(content, until)
        with workspace_scope(workspace):
            for row in PeriodFigures.objects.filter(workspace=workspace):
                assert (row.committed_new, row.committed_lost) == expected.committed(row.through), row
