"""Unit economics per channel: the channels and what is not attributable are the whole, to the cent."""

import datetime as dt
from decimal import Decimal

import pytest

from accounts.actions import save_accounts
from metrics.unit_economics import RATIOS, SUMS, campaigns, new_customers, spend_entries, unit_economics
from tests.metrics import books
from tests.metrics.test_closing import contract
from workspaces.scope import workspace_scope

pytestmark = pytest.mark.django_db
YEAR = {"first": dt.date(2025, 1, 1), "last": dt.date(2025, 12, 31)}


def assert_channels_are_the_whole(workspace, interval: str) -> None:
    """And one channel alone would have the registry's ratios."""
    for told in unit_economics(workspace, interval=interval, first=books.EVER, last=books.NEVER):
        for name in SUMS:
            assert sum(getattr(line, name) for line in told.channels) == getattr(told.whole, name), (told.period, name)
        if len(told.channels) == 1:
            (line,) = told.channels
            # What nobody named a channel for has no cost that is known.
            names = RATIOS if line.channel else ("asp", "arpa", "ltv")
            assert [getattr(line, name) for name in names] == [getattr(told.whole, name) for name in names]


@pytest.fixture
def workspace(db):
    """Two channels and an account without one; one leaves after half a year; spend counts a month later."""
    content = {
        "workspace": {"base_currency": "CNY", "timezone": "Asia/Shanghai", "cac_lag_months": 1},
        "accounts": [
            {"external_id": key, "name": key.upper(), "channel": channel}
            for key, channel in {"a": "search", "b": "search", "c": "fair", "d": None, "e": "partner"}.items()
        ],
        "contracts": [
            contract("a1", "a", amount="100", starts="2025-02-10"),
            contract("b1", "b", amount="300", starts="2025-02-20", ends="2025-03-31"),
            contract("c1", "c", amount="10", starts="2025-02-01", currency="USD"),
            contract("d1", "d", amount="70.07", starts="2025-02-05"),
            contract("e1", "e", amount="50", starts="2025-05-05"),
        ],
        "fx_rates": [{"currency": "USD", "date": "2025-01-01", "rate": "7.005"}],
        "spend": [
            {"date": "2025-01-10", "channel": "search", "campaign": "spring", "amount": "600"},
            {"date": "2025-01-12", "channel": "search", "amount": "200.50"},
            {"date": "2025-02-12", "channel": "fair", "campaign": "Hangzhou", "amount": "900"},
        ],
    }
    workspace, _content = books.open_content(content)
    books.close(workspace, "2025-06-15")
    return workspace


def test_each_channel_has_its_own_cost_and_worth(workspace, django_assert_max_num_queries):
    with workspace_scope(workspace):
        with django_assert_max_num_queries(7):
            told = unit_economics(workspace, interval="month", **YEAR)
        february, march = told[0], told[1]
    assert (february.cac_first, february.cac_last) == (dt.date(2025, 1, 1), dt.date(2025, 1, 31))
    found = {line.channel: line for line in february.channels}
    assert list(found) == ["search", "fair", ""]
    search = found["search"]
    assert (search.spend, search.cac_spend, search.new_customers, search.new) == (0, Decimal("800.50"), 2, 400)
    # 400.25 ÷ (200 × 80 %)
    assert (search.cac, search.asp, search.cac_payback_months) == (
        Decimal("400.25"),
        Decimal("200.00"),
        Decimal("2.501563"),
    )
    assert (found["fair"].spend, found["fair"].cac, found["fair"].mrr) == (900, 0, Decimal("70.05"))
    assert (found[""].new, found[""].spend) == (Decimal("70.07"), 0)
    assert february.whole.cac == Decimal("200.13")
    fair = next(line for line in march.channels if line.channel == "fair")
    assert (fair.cac_spend, fair.new_customers, fair.cac) == (900, 0, None)


def test_lifetime_value_rests_on_the_channels_own_churn(workspace):
    with workspace_scope(workspace):
        april = unit_economics(workspace, interval="month", first=dt.date(2025, 4, 1), last=dt.date(2025, 4, 30))[0]
    found = {line.channel: line for line in april.channels}
    # Search: none of 2 in March, 1 of 2 in April, so that a quarter leaves a month: 100 × 80 % ÷ 0.25.
    assert found["search"].ltv == Decimal("320.00")
    assert found["fair"].ltv is None


def test_channels_and_the_remainder_are_the_whole(workspace):
    with workspace_scope(workspace):
        for interval in ("month", "quarter", "year"):
            assert_channels_are_the_whole(workspace, interval)
        # From March on c is the partner's; what it was before stays.
        save_accounts(workspace=workspace, rows=[{"external_id": "c", "channel": "partner"}], by=books.BY)
        for interval in ("month", "quarter", "year"):
            assert_channels_are_the_whole(workspace, interval)
        february = unit_economics(workspace, interval="month", **YEAR)[0]
        assert "partner" not in {line.channel for line in february.channels}


def test_rows_behind_a_channel_add_up_to_it(workspace):
    with workspace_scope(workspace):
        for told in unit_economics(workspace, interval="quarter", **YEAR):
            for line in told.channels:
                rows = new_customers(workspace, first=told.period.starts_on, through=told.through, channel=line.channel)
                assert (len(rows), sum(row.amount for row in rows)) == (line.new_customers, line.new)
                entries = spend_entries(workspace, first=told.cac_first, last=told.cac_last, channel=line.channel)
                assert sum(row.amount for row in entries) == line.cac_spend
        found = campaigns(workspace, **YEAR)
        assert [(one.channel, one.name, one.entries, one.spend) for one in found] == [
            ("fair", "Hangzhou", 1, Decimal("900.00")),
            ("search", "spring", 1, Decimal("600.00")),
            ("search", "", 1, Decimal("200.50")),
        ]


def test_a_golden_book_without_channels_is_all_one_remainder():
    workspace, content = books.open_book("book-8")
    books.close(workspace, content["until"])
    with workspace_scope(workspace):
        told = unit_economics(workspace, interval="month", first=books.EVER, last=books.NEVER)
        for interval in ("month", "year"):
            assert_channels_are_the_whole(workspace, interval)
    expected = {row["period"]: row for row in books.as_decimals(content["expected"]["months"])}
    for one in told:
        remainder = [line for line in one.channels if line.channel == ""]
        whole = expected[one.period.name]
        assert sum(line.new_customers for line in remainder) == whole["new_customers"]
        assert sum((line.mrr for line in remainder), Decimal(0)) == whole["mrr_end"]
        # The remainder has the company's lifetime value, because all churn is its own.
        assert [line.ltv for line in remainder] in ([whole["ltv"]], [])
