"""Renewals on pages and through the API: the same rows and sums, in few queries, and a file of them."""

import csv
import datetime as dt
import io
from decimal import Decimal

import pytest
from django.test import Client

from accounts.actions import save_accounts, save_contracts
from metrics.closing import close_through
from tests.api.client import Api, error_of
from tests.metrics.books import after
from workspaces.actions.members import change_member
from workspaces.actions.teams import save_team
from workspaces.scope import workspace_scope

CLOSED = dt.date(2026, 3, 10)
MOST_PAGE_QUERIES = 26
MOST_API_QUERIES = 9
PAGES = [
    "renewals/",
    "renewals/list/?saved=none",
    "renewals/rates/",
    "renewals/forecast/",
    "renewals/forecast/accounts/",
]
ENDPOINTS = ["renewals", "renewal-rates", "forecast"]


def save_book(cast, count: int) -> None:
    """`count` customers for a year each: every third renewed on time, the first one before its owner left it to another.

    A third of them ended in February, the others end in May.
    """
    line = {"product": "core", "quantity": 1, "unit_amount": "100", "interval": "month"}
    accounts = [
        {"external_id": f"A{n:03}", "name": f"=Company {n:03}", "owner": "member@example.com"} for n in range(count)
    ]
    contracts = []
    for n in range(count):
        ends = "2026-02-28" if n % 3 == 0 else "2026-05-31"
        row = {"account": f"A{n:03}", "currency": "CNY", "lines": [line]}
        contracts.append(row | {"external_id": f"C{n:03}", "starts_on": "2025-06-01", "ends_on": ends})
        if n % 3 == 0:
            contracts.append(row | {"external_id": f"R{n:03}", "starts_on": "2026-03-01", "renews": f"C{n:03}"})
    with workspace_scope(cast.workspace):
        options = {"workspace": cast.workspace, "by": cast.actor(cast.owner)}
        assert not [row.errors for row in save_accounts(rows=accounts, **options) if row.errors]
        assert not [row.errors for row in save_contracts(rows=contracts, **options) if row.errors]
    close_through(workspace=cast.workspace, until=CLOSED, at=after(CLOSED))


@pytest.fixture
def book(cast):
    save_book(cast, 90)
    with workspace_scope(cast.workspace):
        # As of the term ends of February the first account was the member's.
        rows = [{"external_id": "A000", "owner": "manager@example.com"}]
        save_accounts(workspace=cast.workspace, rows=rows, by=cast.actor(cast.owner))
    return cast


@pytest.fixture
def browser(book) -> Client:
    return book.client(book.member)


def test_list_filters_sums_and_pages_on(book, browser):
    page = browser.get(book.url("renewals/list/"), {"quarter": "2026-Q2", "standing": "due"})
    assert page.context["summary"] == "60 renewals · worth ¥6,000 a month"
    first = [row.account.name for row in page.context["list"].rows]
    following = browser.get(page.context["list"].next_url)
    rest = [row.account.name for row in following.context["list"].rows]
    assert len(first) == 50
    assert sorted(first + rest) == sorted(set(first + rest))
    assert len(first + rest) == 60
    renewed = browser.get(book.url("renewals/list/"), {"from": "2026-02-28", "to": "2026-02-28"})
    assert renewed.context["summary"] == "30 renewals · worth ¥3,000 a month · renewed ¥3,000"
    owned = browser.get(book.url("renewals/list/"), {"quarter": "2026-Q1", "owner": str(book.member.pk)})
    assert owned.context["summary"].startswith("30 renewals")


def test_accounts_of_the_list_are_found_and_ordered_by_their_spelling(book, browser):
    with workspace_scope(book.workspace):
        rows = [{"external_id": "A001", "name": "云帆科技"}, {"external_id": "A002", "name": "阿里山食品"}]
        done = save_accounts(rows=rows, workspace=book.workspace, by=book.actor(book.owner))
    assert [row.errors for row in done] == [{}, {}]
    asked = {"quarter": "2026-Q2", "standing": "due"}
    for words in ("yunfan", "云帆", "yf"):
        page = browser.get(book.url("renewals/list/"), asked | {"q": words})
        assert [row.account.name for row in page.context["list"].rows] == ["云帆科技"], words
    last = browser.get(book.url("renewals/list/"), asked | {"sort": "-account"}).context["list"].rows[:2]
    assert [row.account.name for row in last] == ["云帆科技", "阿里山食品"]


def test_download_holds_every_row_and_no_formula(book, browser):
    answer = browser.get(book.url("renewals/list/"), {"quarter": "2026-Q2", "download": "csv"})
    rows = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert len(rows) == 60
    assert {row["Account"][:9] for row in rows} == {"'=Company"}
    assert sum(Decimal(row["Worth a month, CNY"]) for row in rows) == 6000
    assert {row["Standing"] for row in rows} == {"Due"}
    sheet = browser.get(book.url("renewals/list/"), {"download": "xlsx"})
    assert b"".join(sheet.streaming_content).startswith(b"PK")
    assert browser.get(book.url("renewals/list/"), {"download": "exe"}).status_code == 404


def test_calendar_shows_the_largest_of_a_day_and_leads_to_the_rest(book, browser):
    page = browser.get(book.url("renewals/"), {"month": "2026-02"})
    cell = page.context["weeks"][-1][5]
    assert (cell.day, cell.due.count, cell.due.worth, cell.more) == (dt.date(2026, 2, 28), 30, Decimal("3000.00"), 27)
    rows = browser.get(cell.href)
    assert rows.context["summary"].startswith("30 renewals")
    assert page.context["count"] == sum(one["count"] for one in page.context["tallies"]) == 30
    narrowed = browser.get(book.url("renewals/"), {"month": "2026-02", "standing": "lost"})
    assert narrowed.context["count"] == 0


def test_a_manager_starts_the_calendar_on_their_own_team(book):
    with workspace_scope(book.workspace):
        by = {"workspace": book.workspace, "by": book.actor(book.owner)}
        team = save_team(name="North", manager=book.manager, **by)
    client, address = book.client(book.manager), book.url("renewals/")

    def calendar(**asked):
        return client.get(address, {"month": "2026-02"} | asked).context

    # Nobody is in it yet, and everything is the member's.
    nothing, whole = calendar(), calendar(team="all")
    assert (nothing["count"], whole["count"]) == (0, 30)
    assert [sum(card["quarter"].due for card in one["quarters"]) for one in (nothing, whole)] == [0, 60]
    assert "team=all" in whole["later"]
    with workspace_scope(book.workspace):
        change_member(pk=book.member.pk, role="member", team=team, **by)
    own = calendar()
    assert (own["count"], own["team_picker"]["value"]) == (30, str(team.pk))
    rows = client.get(own["weeks"][-1][5].href)
    assert rows.context["summary"].startswith("30 renewals")
    assert [chip.value for chip in rows.context["list"].chosen] == [str(team.pk)]
    assert calendar(standing="lost")["count"] == 0
    assert book.client(book.viewer).get(address, {"month": "2026-02"}).context["count"] == 30


def test_rates_of_owners_are_those_of_the_day_and_lead_to_their_rows(book, browser):
    page = browser.get(book.url("renewals/rates/"))
    (line,) = page.context["lines"]
    assert (line["row"].due, line["row"].renewed, line["row"].rate) == (30, 30, Decimal("1.000000"))
    (owner,) = page.context["owners"]
    assert owner["name"] == "Member"
    assert browser.get(owner["href"]).context["summary"].startswith("30 renewals")


def test_the_list_opens_on_the_coming_quarter_or_as_its_reader_wants_it(book, browser):
    address = book.url("renewals/list/")
    opened = browser.get(browser.get(address)["Location"])
    assert [one.value for one in opened.context["list"].chosen] == ["2026-Q1"]
    assert opened.context["summary"].startswith("30 renewals")
    everything = browser.get(opened.context["views"].tabs[0].href)
    assert everything.context["summary"].startswith("90 renewals")
    soon = browser.get(address, {"within": "90", "columns": "grace,owner", "saved": "none"})
    assert soon.context["summary"].startswith("60 renewals")
    assert {row.day for row in soon.context["list"].rows} == {dt.date(2026, 5, 31)}
    assert browser.get(address, {"within": "30", "saved": "none"}).context["summary"].startswith("0 renewals")
    kept = browser.post(soon.context["views"].new_url, {"name": "Soon", "is_default": "on"})
    assert browser.get(address)["Location"] == kept["Location"]
    assert browser.get(kept["Location"]).context["summary"].startswith("60 renewals")


@pytest.mark.parametrize("path", PAGES)
def test_pages_take_few_queries_and_say_when_there_is_nothing(cast, path, django_assert_max_num_queries):
    browser = cast.client(cast.member)
    assert browser.get(cast.url(path)).status_code == 200
    save_book(cast, 6)
    with django_assert_max_num_queries(MOST_PAGE_QUERIES) as counted:
        assert browser.get(cast.url(path)).status_code == 200
    save_book(cast, 30)
    with django_assert_max_num_queries(len(counted.captured_queries)):
        browser.get(cast.url(path))


def test_endpoints_agree_and_take_few_queries(book, django_assert_max_num_queries):
    api = Api(book.api_key(scope="read"))
    api.get("metrics/")  # notes the key's use
    answers = {}
    for name in ENDPOINTS:
        with django_assert_max_num_queries(MOST_API_QUERIES + 6 * (name == "forecast")):
            answers[name] = api.get(f"metrics/{name}/").json()
    rows = api.get("metrics/renewals/", **{"from": "2026-Q1", "to": "2026-Q1", "owner": "member@example.com"})
    found = rows.json()["results"]
    assert len(found) == 30
    assert found[0] == found[0] | {
        "contract": "C000",
        "account": "A000",
        "due_on": "2026-02-28",
        "standing": "renewed_on_time",
        "value": "100.00",
        "value_renewed": "100.00",
        "owner": "member@example.com",
        "successor_starts_on": "2026-03-01",
        "successor_signed_on": None,
    }
    (rate,) = api.get("metrics/renewal-rates/", interval="quarter", group_by="owner").json()["rows"]
    assert (rate["owner"], rate["due"], rate["renewed_on_time"]) == ("member@example.com", 30, 30)
    (month,) = answers["renewal-rates"]["rows"]
    assert (month["period"], month["due"], month["value_renewed"]) == ("2026-02", 30, "3000.00")
    forecast = answers["forecast"]
    (first, second, _third) = forecast["quarters"]
    assert (first["from"], first["period"], second["unsettled"]) == ("2026-03-11", "2026-Q1", 60)
    # Nobody has a whole quarter with a renewal in it yet.
    assert (second["at_risk"], forecast["rate"]["renewal_rate_value"]) == (None, None)
    june = next(month for month in forecast["months"] if month["period"] == "2026-06")
    changes = []
    answer = api.get("metrics/forecast/accounts/", at=june["ends_on"], limit=50).json()
    while True:
        changes += answer["results"]
        if answer["next"] is None:
            break
        answer = api.get(answer["next"].partition("testserver")[2]).json()
    assert len(changes) == june["accounts"] == 60
    told = Decimal(forecast["mrr"]) + sum(Decimal(row["change"]) for row in changes)
    assert Decimal(june["known"]) == told == 3000


def test_endpoints_refuse_what_they_do_not_know(cast):
    api = Api(cast.api_key(scope="read"))
    assert "standing" in error_of(api.get("metrics/renewals/", standing="x"), 400, "invalid")["fields"]
    assert "group_by" in error_of(api.get("metrics/renewal-rates/", group_by="x"), 400, "invalid")["fields"]
    assert "at" in error_of(api.get("metrics/forecast/accounts/"), 400, "invalid")["fields"]
    assert (
        "after" in error_of(api.get("metrics/forecast/accounts/", at="2026-01-01", after="x"), 400, "invalid")["fields"]
    )
    assert api.get("metrics/forecast/").json()["closed_through"] is None
    assert api.get("metrics/renewals/").json()["results"] == []
