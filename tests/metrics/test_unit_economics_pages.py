"""Unit economics on the page, in its file and through the API: the same numbers, each with its rows, in few queries."""

import csv
import datetime as dt
import io
from decimal import Decimal

from accounts.actions import save_accounts, save_contracts
from leads.actions import save_spend
from metrics.closing import close_through
from tests.api.client import Api, error_of
from tests.metrics.books import after
from workspaces.scope import workspace_scope

CLOSED = dt.date(2026, 2, 10)
CHANNELS = ["search", "fair", None]


def save_book(cast, count: int) -> None:
    """`count` customers from January on, through each of CHANNELS in turn, and what two channels cost."""
    line = {"product": "core", "quantity": 1, "unit_amount": "100", "interval": "month"}
    accounts = [{"external_id": f"A{n}", "name": f"Company {n}", "channel": CHANNELS[n % 3]} for n in range(count)]
    contracts = [
        {"external_id": f"C{n}", "account": f"A{n}", "currency": "CNY", "starts_on": "2026-01-05", "lines": [line]}
        for n in range(count)
    ]
    spend = [
        {"date": "2026-01-02", "channel": "search", "campaign": "=spring", "amount": "300"},
        {"date": "2026-01-03", "channel": "fair", "amount": "900"},
    ]
    with workspace_scope(cast.workspace):
        options = {"workspace": cast.workspace, "by": cast.actor(cast.owner)}
        for save, rows in ((save_accounts, accounts), (save_contracts, contracts), (save_spend, spend)):
            assert not [row.errors for row in save(rows=rows, **options) if row.errors]
    close_through(workspace=cast.workspace, until=CLOSED, at=after(CLOSED))


def test_channel_that_was_paid_for_and_brought_nobody_at_the_rates_of_a_day(cast):
    save_book(cast, 3)
    with workspace_scope(cast.workspace):
        row = {"date": "2026-01-04", "channel": "radio", "amount": "50"}
        save_spend(workspace=cast.workspace, rows=[row], by=cast.actor(cast.owner))
    close_through(workspace=cast.workspace, until=CLOSED, at=after(CLOSED))
    asked = {"interval": "month", "period": "2026-01", "rates_on": "2026-01-31"}
    page = cast.client(cast.member).get(cast.url("unit-economics/"), asked)
    lines = {
        one["name"]: (one["line"].new_customers, one["line"].new, one["line"].spend) for one in page.context["lines"]
    }
    assert lines["radio"] == (0, Decimal("0.00"), Decimal("50.00"))


def test_page_leads_to_the_rows_behind_each_channel(cast, django_assert_max_num_queries):
    browser = cast.client(cast.member)
    assert browser.get(cast.url("unit-economics/")).context.get("told") is None
    assert browser.get(cast.url("unit-economics/rows/")).status_code == 404
    save_book(cast, 9)
    page = browser.get(cast.url("unit-economics/"), {"interval": "month"})
    assert [(one["name"], one["line"].cac) for one in page.context["lines"]] == [
        ("fair", 300),
        ("search", 100),
        ("Not attributable", None),
    ]
    assert page.context["told"].whole.cac == Decimal("133.33")
    tiles = {tile["key"]: tile for tile in page.context["tiles"]}
    assert (tiles["cac"]["full"], tiles["cac"]["note"]) == ("¥133.33", "9 new customers")
    assert tiles["ltv"]["none"] == "no churn in the window"
    for tile in tiles.values():
        assert browser.get(tile["href"]).status_code == 200
    running = browser.get(cast.url("unit-economics/"), {"interval": "month", "period": "2026-02"}).context["tiles"]
    assert [tile["delta"] for tile in running] == [None] * 5, "a month that runs is compared with none"
    assert [one.name for one in page.context["campaigns"]] == ["", "=spring"]
    for one in page.context["lines"]:
        rows = browser.get(one["href"])
        assert len(rows.context["customers"]) == one["line"].new_customers == 3
        assert sum(entry.amount for entry in rows.context["entries"]) == one["line"].cac_spend
    with django_assert_max_num_queries(30) as counted:
        browser.get(cast.url("unit-economics/"), {"interval": "month"})
    save_book(cast, 30)
    with django_assert_max_num_queries(len(counted.captured_queries)):
        browser.get(cast.url("unit-economics/"), {"interval": "month"})
    answer = browser.get(cast.url("unit-economics/"), {"interval": "month", "period": "2026-01", "download": "csv"})
    rows = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert [row["New customers"] for row in rows] == ["10", "10", "10", "30"]


def test_endpoint_tells_channels_campaigns_and_their_total(cast, django_assert_max_num_queries):
    save_book(cast, 3)
    api = Api(cast.api_key(scope="read"))
    api.get("metrics/")  # notes the key's use
    with django_assert_max_num_queries(13):
        answer = api.get("metrics/unit-economics/", period="2026-01").json()
    (row,) = answer["rows"]
    assert (row["period"], row["closed"], row["cac_from"], row["cac_to"]) == (
        "2026-01",
        True,
        "2026-01-01",
        "2026-01-31",
    )
    assert [(one["channel"], one["cac"], one["new_customers"]) for one in row["channels"]] == [
        ("fair", "900.00", 1),
        ("search", "300.00", 1),
        (None, None, 1),
    ]
    assert row["total"]["cac"] == "400.00"
    assert row["campaigns"][1] == {"channel": "search", "campaign": "=spring", "entries": 1, "spend": "300.00"}
    rows = api.get("metrics/unit-economics/", interval="month", **{"from": "2026", "to": "2026"}).json()["rows"]
    assert [(one["period"], one["closed"]) for one in rows] == [("2026-01", True), ("2026-02", False)]
    assert "campaigns" not in rows[0]


def test_endpoint_refuses_what_it_does_not_know(cast):
    api = Api(cast.api_key(scope="read"))
    for words, field in (
        ({"period": "x"}, "period"),
        ({"period": "2026-01-01"}, "period"),
        ({"period": "2026", "from": "2026"}, "from"),
        ({"interval": "day"}, "interval"),
    ):
        error = error_of(api.get("metrics/unit-economics/", **words), 400, "invalid")
        assert field in error["fields"]
    assert api.get("metrics/unit-economics/", period="2026").json()["rows"] == []
