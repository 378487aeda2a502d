"""Public links to dashboards of tables: the figures of the page, nothing that leads on, and no names."""

import datetime as dt

import pytest
from django.test import Client

from accounts.actions import save_accounts, save_contracts
from accounts.models import Account
from leads.actions import save_spend
from metrics.closing import close_through
from metrics.views.shared_boards import lettered
from tests.metrics.books import after
from tests.metrics.test_shared_links import _no_limits, links, share  # noqa: F401
from tests.metrics.test_team_slices import north  # noqa: F401
from workspaces.scope import workspace_scope

CLOSED = dt.date(2026, 4, 10)
PAGES = {
    "cohorts": ("cohorts/", "by=month"),
    "unit_economics": ("unit-economics/", "interval=month&period=2026-01"),
    "renewal_rates": ("renewals/rates/", "interval=month"),
    "renewal_forecast": ("renewals/forecast/", ""),
}
MOST_QUERIES = {"cohorts": 20, "unit_economics": 26, "renewal_rates": 20, "renewal_forecast": 22}


@pytest.fixture
def board(cast):
    """Six customers of two owners by two channels or none; half of their contracts ended in February, one was renewed."""
    line = {"product": "core", "quantity": 1, "unit_amount": "100", "interval": "month"}
    owners, channels = ("member@example.com", "manager@example.com"), ("Hanhai Partners", "Lanting Fair", None)
    accounts = [
        {"external_id": f"A{n}", "name": f"Customer-{n}", "owner": owners[n % 2], "channel": channels[n % 3]}
        for n in range(6)
    ]
    contracts = [
        {"external_id": f"C{n}", "account": f"A{n}", "currency": "CNY", "starts_on": "2026-01-05", "lines": [line]}
        | {"ends_on": "2026-02-28" if n % 2 else "2026-06-30"}
        for n in range(6)
    ]
    contracts.append(contracts[1] | {"external_id": "R1", "starts_on": "2026-03-01", "renews": "C1", "ends_on": None})
    spend = [{"date": "2026-01-02", "channel": "Hanhai Partners", "campaign": "Dinner for Qiming", "amount": "900"}]
    with workspace_scope(cast.workspace):
        options = {"workspace": cast.workspace, "by": cast.actor(cast.owner)}
        for save, rows in ((save_accounts, accounts), (save_contracts, contracts), (save_spend, spend)):
            assert not [row.errors for row in save(rows=rows, **options) if row.errors]
    close_through(workspace=cast.workspace, until=CLOSED, at=after(CLOSED))
    return cast


@pytest.mark.parametrize("page", PAGES)
def test_a_stranger_sees_the_figures_and_nothing_leads_on(board, page, django_assert_max_num_queries):
    path, query = PAGES[page]
    inside = board.client(board.member).get(board.url(f"{path}?{query}"))
    text = inside.content.decode()
    offered = inside.context["share_query"].replace("&", "&amp;")
    assert f"settings/public-links/new/?{offered}" in text
    _answer, link = share(board, query=inside.context["share_query"])
    visitor = Client()
    with django_assert_max_num_queries(MOST_QUERIES[page]):
        answer = visitor.get(link)
    shared = answer.content.decode()
    assert answer.status_code == 200
    assert "<table" in shared
    assert "How we stand" in shared
    assert "/w/acme" not in shared, "no link leads into the workspace"
    assert shared.count("<a ") == 0
    assert "data-href" not in shared
    with workspace_scope(board.workspace):
        names = [
            *Account.objects.values_list("name", flat=True),
            *Account.objects.values_list("external_id", flat=True),
        ]
        people = [str(person.user) for person in (board.member, board.manager)]
    assert len(names) == 12
    secrets = [*names[:6], *people, "Hanhai", "Lanting", "Qiming", "@example.com"]
    assert not [name for name in secrets if name in shared]


def test_the_figures_are_those_of_the_page(board):
    def both(page):
        path, query = PAGES[page]
        inside = board.client(board.member).get(board.url(f"{path}?{query}")).context
        _answer, link = share(board, query=f"page={page}&{query}")
        return inside, Client().get(link).context

    inside, shared = both("cohorts")
    cells = [[cell and cell["text"] for row in side["triangle"] for cell in row["cells"]] for side in (inside, shared)]
    assert cells[0] == cells[1]
    assert cells[0] == ["100", "100", "67"]
    inside, shared = both("unit_economics")
    assert [one["line"] for one in shared["lines"]] == [one["line"] for one in inside["lines"]]
    assert [one["name"] for one in shared["lines"]] == ["A", "B", "Not attributable"]
    assert shared["charts"]["bars"]["x"] == ["A", "B"]
    assert [(tile["value"], tile["href"]) for tile in shared["tiles"]] == [(t["value"], "") for t in inside["tiles"]]
    inside, shared = both("renewal_rates")
    assert [line["row"] for line in shared["lines"]] == [line["row"] for line in inside["lines"]]
    assert {owner["name"] for owner in inside["owners"]} == {str(board.manager.user)}
    assert {owner["name"] for owner in shared["owners"]} == {"A"}
    inside, shared = both("renewal_forecast")
    assert shared["forecast"] == inside["forecast"]
    assert [card["rows"] for card in shared["quarters"]] == [{}] * len(inside["quarters"])


@pytest.mark.parametrize(
    ("page", "names"),
    [("unit_economics", ["Hanhai Partners", "Lanting Fair", "Dinner for Qiming"]), ("renewal_rates", ["Manager"])],
)
def test_names_are_shown_when_ticked_and_accounts_never(board, page, names):
    _answer, link = share(board, query=f"page={page}&{PAGES[page][1]}", shows_names="on")
    text = Client().get(link).content.decode()
    assert not [name for name in names if name not in text]
    assert "/w/acme" not in text
    assert "Customer-" not in text


@pytest.mark.parametrize("page", PAGES)
def test_the_address_behind_a_link_changes_nothing(board, page):
    _answer, link = share(board, query=f"page={page}&{PAGES[page][1]}&team=all")
    plain = Client().get(link)
    asked = "?interval=year&by=year&measure=net_mrr&period=2026&owner=&export=csv&download=csv&team=x"
    other = Client().get(link + asked)
    assert other["Content-Type"] == plain["Content-Type"]
    assert other.content.decode().count("<tr") == plain.content.decode().count("<tr")
    assert links(board)[0].query == f"{PAGES[page][1]}&team=all".lstrip("&")


@pytest.mark.parametrize("page", PAGES)
def test_a_team_is_frozen_and_its_name_kept_back(cast, north, page):  # noqa: F811
    for shows_names in (False, True):
        _answer, link = share(
            cast, query=f"page={page}&team={north.pk}", **({"shows_names": "on"} if shows_names else {})
        )
        answer = Client().get(link + "?team=all")
        assert answer.status_code == 200
        assert ("North" in answer.content.decode()) is shows_names
        assert answer.context["is_narrowed"]


@pytest.mark.parametrize("page", PAGES)
def test_a_password_and_revoking_hold_here_too(board, page):
    _answer, link = share(board, query=f"page={page}", password="over the phone")
    visitor = Client()
    assert b"<table" not in visitor.get(link).content
    assert visitor.post(link, {"password": "over the phone"}).status_code == 302
    assert b"<table" in visitor.get(link).content
    board.client(board.member).post(board.url(f"settings/public-links/{links(board)[0].pk}/revoke/"))
    assert visitor.get(link).status_code == 404


@pytest.mark.parametrize("page", PAGES)
def test_without_figures_there_are_none(cast, page):
    _answer, link = share(cast, query=f"page={page}")
    answer = Client().get(link)
    assert (answer.status_code, b"No figures yet" in answer.content, b"<table" in answer.content) == (200, True, False)


def test_only_who_may_export_sees_the_list_or_is_offered_a_link(board):
    assert board.client(board.member).get(board.url("settings/public-links/")).status_code == 200
    viewer = board.client(board.viewer)
    assert viewer.get(board.url("settings/public-links/")).status_code == 403
    assert viewer.get(board.url("settings/public-links/?export=csv")).status_code == 403
    for path, _query in PAGES.values():
        assert b"public-links/new" not in viewer.get(board.url(path)).content


def test_letters_go_on_after_z():
    assert [lettered(place) for place in (0, 25, 26, 51, 52, 701, 702)] == ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]
