"""Search for words that many accounts hold: the first by name at once, and all of them in every other way."""

import pytest
from django.db import connection

from accounts import lists, search
from accounts.models import Account
from accounts.queries import standing_accounts
from accounts.search import searched_accounts
from accounts.spelling import spelled_account
from tests.cast import AT
from workspaces.lists import show_list
from workspaces.scope import workspace_scope

FIRST = 55
MANY = 70


@pytest.fixture
def book(acme, monkeypatch):
    monkeypatch.setattr(search, "FIRST", FIRST)
    rows = [
        Account(
            workspace=acme.workspace,
            # Written in another order than that of their names.
            name=(name := f"{'Blue' if n % 2 else '蓝'} {(n * 37) % MANY:03} 软件 Soft%ware"),
            **spelled_account({"name": name, "short_name": "", "legal_name": ""}),
            industry="Rare" if n % 10 == 0 else "Common",
            mrr_cents=n * 100,
        )
        for n in range(MANY)
    ]
    rows.append(Account(workspace=acme.workspace, name="Blue 000 软件", voided_at=AT, void_reason="twice"))
    rows.append(Account(workspace=acme.workspace, name="Hardware"))
    Account.objects.bulk_create(rows)
    return acme.workspace


def shown(workspace, **params):
    spec = lists.accounts(workspace, None)
    return show_list(spec, standing_accounts(workspace), params, path="/x/", workspace=workspace)


def names(rows) -> list[str]:
    return [row.name for row in rows]


def walked(workspace, **params) -> list[str]:
    """The names on all pages from the first to the last."""
    page = shown(workspace, **params)
    found = names(page.rows)
    while page.page.next:
        page = shown(workspace, **params, cursor=page.page.next)
        found += names(page.rows)
    return found


@pytest.mark.parametrize("words", ["软件", "SOFT%", "soft%w"])
def test_a_wide_search_is_walked_from_first_to_last(book, words):
    expected = names(Account.objects.filter(voided_at=None, name__contains="软件").order_by("sort_name", "pk"))
    assert len(expected) == MANY
    assert walked(book, q=words) == expected
    assert shown(book, q=words).totals.count == MANY


def test_a_wide_search_is_sorted_and_narrowed_over_all_it_finds(book):
    assert walked(book, q="软件", sort="-mrr")[0] == names(Account.objects.order_by("-mrr_cents"))[0]
    rare = shown(book, q="软件", industry="Rare")
    assert names(rare.rows) == names(Account.objects.filter(industry="Rare").order_by("sort_name", "pk"))
    assert rare.totals.count == MANY // 10


def test_a_list_of_some_accounts_shows_all_of_those_that_match(book):
    """The first by name are others; what the list shows of them must not end with those."""
    last = list(Account.objects.filter(name__contains="软件", voided_at=None).order_by("sort_name", "pk")[FIRST - 1 :])
    some = standing_accounts(book).filter(pk__in=[row.pk for row in last])
    page = show_list(lists.accounts(book, None), some, {"q": "软件"}, path="/x/", workspace=book)
    assert names(page.rows) == names(last)
    assert page.totals.count == len(last) == MANY - FIRST + 1


def test_totals_of_some_accounts_count_all_of_those_that_match(book, monkeypatch):
    monkeypatch.setattr(search, "COUNT_UP_TO", 60)
    monkeypatch.setattr("workspaces.list_totals.COUNT_UP_TO", 60)
    some = standing_accounts(book).exclude(name__endswith="x").filter(mrr_cents__gte=1100)
    page = show_list(lists.accounts(book, None), some, {"q": "软件"}, path="/x/", workspace=book)
    assert (len(page.rows), page.totals.count) == (50, MANY - 11)


def test_a_search_that_finds_few_takes_one_question(book, django_assert_num_queries):
    with django_assert_num_queries(2):
        assert names(searched_accounts(standing_accounts(book), "hardw").first) == ["Hardware"]


def test_the_first_by_name_are_the_workspaces_own(book, cast):
    with workspace_scope(cast.rival), connection.cursor() as cursor:
        cursor.execute("select first_accounts('软件', array['%rUAN%'], 10)")
        assert cursor.fetchall() == []
