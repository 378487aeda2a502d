"""The forecast: only what contracts say, each number with the rows that add up to it."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.models import Account
from metrics import queries
from metrics.forecast import forecast, known_changes
from metrics.models import UNSETTLED, AccountDay
from metrics.renewals import term_ends
from tests.effort import examples
from tests.metrics import books
from tests.metrics.random_books import START
from tests.metrics.random_books import books as random_books
from tests.metrics.test_closing import contract
from tests.metrics.test_properties import undone
from workspaces.scope import workspace_scope

pytestmark = pytest.mark.django_db
CLOSED = dt.date(2025, 6, 30)


@pytest.fixture
def workspace(db):
    """A year in which one of two due was renewed; then: one rolls on, one may end, one leaves, one begins."""
    content = {
        "workspace": {"base_currency": "CNY", "timezone": "Asia/Shanghai"},
        "accounts": [{"external_id": key, "name": key.upper()} for key in "abcd"],
        "contracts": [
            contract("old", "a", amount="100", starts="2024-07-01", ends="2024-12-31"),
            contract("old+", "a", amount="100", starts="2025-01-01", ends="2025-08-14", renews="old"),
            contract("lost", "b", amount="300", starts="2024-07-01", ends="2025-03-31"),
            contract("rolls", "c", amount="40", starts="2025-01-01", ends="2025-07-31", auto_renew=True),
            contract("leaves", "c", amount="60", starts="2024-11-01", ends="2025-10-31", cancelled_on="2025-06-01"),
            contract("begins", "d", amount="10", starts="2025-09-01", currency="USD", signed_on="2025-06-20"),
        ],
        "fx_rates": [
            {"currency": "USD", "date": "2025-01-01", "rate": "7"},
            {"currency": "USD", "date": "2025-08-01", "rate": "6"},
        ],
        "spend": [],
    }
    workspace, _content = books.open_content(content)
    books.close(workspace, CLOSED)
    return workspace


def test_forecast_says_what_is_known_due_and_at_risk(workspace, django_assert_max_num_queries):
    with workspace_scope(workspace), django_assert_max_num_queries(6):
        told = forecast(workspace, closed=CLOSED)
    assert (told.mrr, told.open) == (Decimal("200.00"), 0)
    rate = told.rate
    assert (rate.first, rate.last, rate.due, rate.renewed) == ("2024-Q3", "2025-Q2", 2, 1)
    assert (rate.value_due, rate.value_renewed) == (Decimal("400.00"), Decimal("100.00"))
    assert [(month.ends_on.month, month.known, month.all_renewed, month.expected) for month in told.months] == [
        (7, Decimal("200.00"), Decimal("200.00"), Decimal("170.00")),
        (8, Decimal("100.00"), Decimal("200.00"), Decimal("95.00")),
        (9, Decimal("170.00"), Decimal("270.00"), Decimal("165.00")),
        (10, Decimal("170.00"), Decimal("270.00"), Decimal("165.00")),
        (11, Decimal("110.00"), Decimal("210.00"), Decimal("105.00")),
        (12, Decimal("110.00"), Decimal("210.00"), Decimal("105.00")),
    ]
    third, fourth = told.quarters
    assert (third.period.name, third.due, third.value_due) == ("2025-Q3", 2, Decimal("140.00"))
    assert (third.unsettled, third.value_unsettled) == (2, Decimal("140.00"))
    assert (third.expected, third.at_risk) == (Decimal("35.00"), Decimal("105.00"))
    assert (fourth.due, fourth.given_up, fourth.value_given_up) == (1, 1, Decimal("60.00"))
    assert (fourth.unsettled, fourth.at_risk) == (0, Decimal("0.00"))


def test_a_part_has_its_own_rate_once_enough_of_its_renewals_fell_due(workspace, monkeypatch):
    with workspace_scope(workspace):
        everybody = Account.objects.filter(workspace=workspace).values("pk")
        lost = everybody.filter(external_id="b")
        whole, few = (forecast(workspace, closed=CLOSED, among=among).rate for among in (None, lost))
        assert (few.part_due, few.is_of_part, few.rate, few.due) == (1, False, whole.rate, whole.due)
        monkeypatch.setattr("metrics.forecast.LEAST_OF_PART", 1)
        own = forecast(workspace, closed=CLOSED, among=lost).rate
        assert (own.part_due, own.is_of_part, own.due, own.renewed) == (1, True, 1, 0)
        assert (own.value_due, own.value_renewed, own.rate) == (Decimal("300.00"), Decimal("0.00"), 0)
        told = forecast(workspace, closed=CLOSED, among=everybody)
    assert (told.rate.is_of_part, told.rate.due, told.rate.renewed) == (True, whole.due, whole.renewed)
    assert (told.rate.value_due, told.rate.value_renewed) == (whole.value_due, whole.value_renewed)
    assert told.quarters[0].at_risk == Decimal("105.00")


@settings(max_examples=examples(12), derandomize=True, deadline=None, database=None)
@given(content=random_books(), offset=st.integers(0, 480))
def test_numbers_of_a_forecast_are_the_sums_of_their_rows(content, offset):
    """And what is known of a day is what closing it finds, where nothing else happens and no rate moves."""
    closed = START + dt.timedelta(days=offset)
    content = content | {"fx_rates": [row for row in content["fx_rates"] if row["date"] < str(START)]}
    with undone():
        workspace, content = books.open_content(content)
        books.close(workspace, closed)
        with workspace_scope(workspace):
            told = forecast(workspace, closed=closed)
            rows = term_ends(workspace, closed=closed)
            for month in told.months:
                changes = known_changes(workspace, closed=closed, day=month.ends_on)
                assert month.known == told.mrr + sum((row.change for row in changes), Decimal(0))
                assert month.accounts == len(changes)
            for quarter in told.quarters:
                due = rows.filter(day__range=(quarter.first, quarter.period.ends_on))
                assert quarter.due == due.count()
                unsettled = due.filter(standing__in=UNSETTLED).values_list("worth", flat=True)
                assert (quarter.unsettled, quarter.value_unsettled) == (len(unsettled), sum(unsettled))
        last = told.months[-1].ends_on
        books.close(workspace, last)
        with workspace_scope(workspace):
            window = {"first": closed + dt.timedelta(days=1), "last": last}
            if AccountDay.objects.filter(workspace=workspace).exists():
                found = {
                    row["period"]: row["mrr"] for row in queries.series(workspace=workspace, keys=["mrr"], **window)
                }
                known = {f"{month.ends_on:%Y-%m}": month.known for month in told.months}
                assert {name: known[name] for name in found} == found
