"""Months around Spring Festival against the days as far from it a year before."""

import datetime as dt
from decimal import Decimal
from itertools import pairwise

import pytest
from django.test import Client

from accounts.actions import save_accounts, save_contracts
from metrics import queries
from metrics.aligned_rows import KEYS, aligned_row
from metrics.closing import close_through
from metrics.slices.slice import WHOLE
from metrics.spring_festival import FESTIVALS, aligned_days
from tests.metrics.books import after
from tests.metrics.test_overview_page import contract, overview, tile
from tests.metrics.test_shared_links import _no_limits, share  # noqa: F401
from workspaces.scope import workspace_scope

ZONE = "Asia/Shanghai"
UNTIL = dt.date(2026, 2, 28)
DAY = dt.date.fromisoformat


def test_festivals_are_whole_lunar_months_apart():
    assert len(FESTIVALS) == 31
    for before, festival in pairwise(FESTIVALS.values()):
        months = (festival - before).days / 29.530588
        assert abs(months - round(months)) < 0.04, festival
        assert round(months) in (12, 13)
        assert (1, 21) <= (festival.month, festival.day) <= (2, 20)


@pytest.mark.parametrize(
    ("month", "through", "first", "last"),
    [
        ("2026-02-01", "2026-02-28", "2025-01-13", "2025-02-09"),
        ("2026-02-01", "2026-02-05", "2025-01-13", "2025-01-17"),
        ("2026-01-01", "2026-01-31", "2024-12-13", "2025-01-12"),
        ("2025-02-01", "2025-02-28", "2024-02-13", "2024-03-11"),
    ],
)
def test_days_keep_their_distance_from_the_festival(month, through, first, last):
    days = aligned_days(DAY(month), DAY(through), zone=ZONE)
    assert (days.first, days.last) == (DAY(first), DAY(last))
    assert days.last - days.festival_then == DAY(through) - days.festival


@pytest.mark.parametrize(
    ("month", "zone"),
    [("2026-03-01", ZONE), ("2022-01-01", ZONE), ("2026-02-01", "Europe/Berlin"), ("2010-02-01", ZONE)],
)
def test_other_months_and_places_have_no_such_days(month, zone):
    assert aligned_days(DAY(month), DAY(month), zone=zone) is None


@pytest.fixture
def book(cast):
    """13 January to 9 February 2025: 100 at its start, 43 new, 5 more on its last day, 3 lost; and 7 new after it."""
    with workspace_scope(cast.workspace):
        options = {"workspace": cast.workspace, "by": cast.actor(cast.owner)}
        names = ("Alpha", "Beta", "Gamma", "Delta", "Zeta")
        save_accounts(rows=[{"external_id": name, "name": name} for name in names], **options)
        rows = [
            contract("A", "Alpha", "2024-12-01", "100"),
            contract("B", "Beta", "2025-01-20", "40"),
            contract("C", "Gamma", "2025-02-10", "7"),
            contract("D", "Alpha", "2025-02-09", "5"),
            contract("E", "Delta", "2025-01-13", "3", ends_on="2025-02-01", cancelled_on="2025-01-15"),
            contract("F", "Zeta", "2026-02-10", "60"),
        ]
        assert all(result.status == "created" for result in save_contracts(rows=rows, **options))
    close_through(workspace=cast.workspace, until=UNTIL, at=after(UNTIL))
    return cast


def test_overview_compares_what_days_have_and_says_with_which(book):
    page = overview(book, period="2026-02", compare="festival")
    told = {row["label"]: (row["now"], row["then"], row["change"]) for row in page.context["around"]["rows"]}
    assert told["MRR at start"] == (Decimal(152), Decimal(100), Decimal(52))
    assert told["New"] == (Decimal(60), Decimal(43), Decimal(17))
    assert told["Expansion"][1] == 5
    assert told["Churn"] == (Decimal(0), Decimal(-3), Decimal(3))
    assert told["MRR at end"] == (Decimal(212), Decimal(145), Decimal(67))
    mrr = tile(page, "mrr")
    assert (mrr["delta"].text, mrr["against"]) == ("+46.2\N{NO-BREAK SPACE}%", "vs 13 Jan – 9 Feb 2025")
    assert tile(page, "customers")["delta"].text == "+2"
    for key in ("customer_churn_rate", "nrr", "ltv", "renewal_rate"):
        assert tile(page, key)["delta"] is None, "defined by whole months alone"
    text = page.content.decode()
    assert 'title="Days are counted from Spring Festival' in text
    assert "Spring Festival: 17 Feb 2026 and 29 Jan 2025." in text
    _answer, path = share(book, query="page=overview&period=2026-02&compare=festival")
    shared = Client().get(path)
    assert shared.context["tiles"][0]["against"] == mrr["against"]
    assert "Spring Festival: 17 Feb 2026 and 29 Jan 2025." in shared.content.decode()


def test_it_is_offered_where_it_is_meant(book):
    def offered(**query):
        page = overview(book, **query)
        values = [one["value"] for one in page.context["comparisons"]]
        return "festival" in values, page.context["compare"], "around" in page.context

    assert offered(period="2026-02") == (True, "previous", False)
    assert offered(period="2026-01", compare="festival") == (True, "festival", True)
    assert offered(period="2025-12", compare="festival") == (False, "previous", False)
    early = overview(book, period="2025-01", compare="festival")
    assert early.context["around"]["rows"] == [], "the book begins later"
    assert tile(early, "mrr")["delta"] is None


def test_a_stretch_that_is_a_month_has_the_figures_of_the_month(book, monkeypatch):
    same = {year: dt.date(year, 2, 10) for year in (2025, 2026)}
    monkeypatch.setattr("metrics.spring_festival.FESTIVALS", same)
    days = aligned_days(DAY("2026-02-01"), UNTIL, zone=ZONE)
    assert (days.first, days.last) == (DAY("2025-02-01"), DAY("2025-02-28"))
    month = {"workspace": book.workspace, "first": days.first, "last": days.last}
    with workspace_scope(book.workspace):
        row = aligned_row(book.workspace, WHOLE, days)
        (bridge,), (figures,) = queries.bridge(**month), queries.series(keys=KEYS, **month)
    skipped = {"churned_customers", "new_customers"}
    assert {key: row[key] for key in bridge if key in row and key not in skipped} == {
        key: bridge[key] for key in bridge if key in row and key not in skipped
    }
    assert {"mrr_start", "new", "churn", "fx", "mrr_end"} <= set(row)
    assert {key: row[key] for key in KEYS} == {key: figures[key] for key in KEYS}
