"""Lists in groups: every row once and in order, whatever the page size, the sort and the direction; heads that add up."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.db.models import F
from django.db.models.functions import TruncMonth
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Account
from workspaces.grouping import Grouping, by_label, groups_of, page_of_groups
from workspaces.keyset import BadCursor, Order

ORDERS = [
    Order("name", "name"),
    Order("name", "name", descending=True),
    Order("renewal", "renewal_on", nullable=True),
    Order("renewal", "renewal_on", descending=True, nullable=True),
]
BY_INDUSTRY = Grouping("industry", "Industry", F("industry"), by_label({"Retail": "Shops"}, "Without"))
BY_MONTH = Grouping("month", "Month", TruncMonth("renewal_on"), by_label({}, "Never"))


def walk(rows, order, grouping, size, *, backwards=False):
    """All pages; backwards from the last one."""
    groups = groups_of(rows, grouping, ())
    pages = [page_of_groups(rows, order, grouping, groups, size=size)]
    while cursor := pages[-1].next:
        pages.append(page_of_groups(rows, order, grouping, groups, cursor=cursor, size=size))
    if backwards:
        pages = pages[-1:]
        while cursor := pages[0].previous:
            pages.insert(0, page_of_groups(rows, order, grouping, groups, cursor=cursor, size=size))
    return pages


def expected(accounts, order, key):
    """The rows as Python puts them in order."""

    def value(account):
        return getattr(account, order.field)

    filled = [one for one in accounts if value(one) is not None]
    ordered = sorted(filled, key=lambda one: (value(one), one.pk), reverse=order.descending)
    ordered += sorted((one for one in accounts if value(one) is None), key=lambda one: one.pk, reverse=order.descending)
    return [one.pk for one in sorted(ordered, key=key)]


@pytest.mark.parametrize("order", ORDERS, ids=lambda order: order.name)
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(
        st.tuples(
            st.sampled_from("abc"), st.sampled_from(["", "Retail", "Food", "Zoo"]), st.sampled_from([None, 1, 2, 40])
        ),
        max_size=14,
    ),
    size=st.integers(1, 6),
)
def test_pages_hold_every_row_once_in_order(acme, order, rows, size):
    Account.objects.filter(workspace=acme.workspace).delete()
    first = dt.date(2026, 1, 1)
    made = [
        Account(
            workspace=acme.workspace, name=name, industry=industry, renewal_on=days and first + dt.timedelta(days=days)
        )
        for name, industry, days in rows
    ]
    accounts = list(Account.objects.bulk_create(made))
    queryset = Account.objects.filter(workspace=acme.workspace)
    places = {"Retail": 0, "Food": 1, "Zoo": 2, "": 3}
    wanted = expected(accounts, order, lambda one: places[one.industry])
    for backwards in (False, True):
        pages = walk(queryset, order, BY_INDUSTRY, size, backwards=backwards)
        assert [row.pk for page in pages for row in page.rows] == wanted
        assert all(len(page.rows) == size for page in pages[:-1])
        assert pages[0].previous is None
    months = walk(queryset, order, BY_MONTH, size)
    by_month = expected(accounts, order, lambda one: (one.renewal_on is None, one.renewal_on and one.renewal_on.month))
    assert [row.pk for page in months for row in page.rows] == by_month


def test_heads_count_and_add_up_all_rows_of_a_group(acme):
    for name, industry, cents in (("A", "Retail", 100), ("B", "", 20), ("C", "Retail", 3), ("D", "Food", None)):
        Account.objects.create(workspace=acme.workspace, name=name, industry=industry, mrr_cents=cents or 0)
    groups = groups_of(Account.objects.filter(workspace=acme.workspace), BY_INDUSTRY, ("mrr_cents",))
    assert [(one.label, one.count, one.sums["mrr_cents"]) for one in groups] == [
        ("Shops", 2, Decimal(103)),
        ("Food", 1, 0),
        ("Without", 1, 20),
    ]
    assert groups_of(Account.objects.none(), BY_INDUSTRY, ()) == []


def test_a_group_that_is_gone_meanwhile_is_passed_over(acme):
    for number, industry in enumerate(["Retail", "Food", "Food", "Zoo", "Zoo"]):
        Account.objects.create(workspace=acme.workspace, name=f"{number}", industry=industry)
    rows, order = Account.objects.filter(workspace=acme.workspace), ORDERS[0]
    groups = groups_of(rows, BY_INDUSTRY, ())
    first = page_of_groups(rows, order, BY_INDUSTRY, groups, size=2)
    assert [row.name for row in first.rows] == ["0", "1"]
    rows.filter(industry="Food").update(industry="Retail")
    groups = groups_of(rows, BY_INDUSTRY, ())
    then = page_of_groups(rows, order, BY_INDUSTRY, groups, cursor=first.next, size=2)
    assert [row.name for row in then.rows] == ["3", "4"]


@pytest.mark.parametrize(
    "cursor", ["x", "é", "AAAA", "W10", "WyJpbmR1c3RyeS9uYW1lIiwgIj4iLCAiYSIsICJ4IiwgWzEsIDAsICIiXV0"]
)
def test_what_is_no_cursor_is_refused(acme, cursor):
    rows = Account.objects.filter(workspace=acme.workspace)
    with pytest.raises(BadCursor):
        page_of_groups(rows, ORDERS[0], BY_INDUSTRY, [], cursor=cursor)


def test_a_page_is_one_query_and_asks_only_the_groups_that_it_can_hold(acme):
    Account.objects.bulk_create(
        Account(workspace=acme.workspace, name=f"{n:03}", industry=f"I{n // 2:02}") for n in range(60)
    )
    rows = Account.objects.filter(workspace=acme.workspace)
    with CaptureQueriesContext(connection) as queries:
        groups = groups_of(rows, BY_INDUSTRY, ())
        page = page_of_groups(rows, ORDERS[0], BY_INDUSTRY, groups, size=4)
        page_of_groups(rows, ORDERS[0], BY_INDUSTRY, groups, cursor=page.next, size=4)
    assert len(queries) == 3
    assert "I03" not in queries[1]["sql"]
