import base64
import datetime as dt
import json
from itertools import pairwise
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Account, Contract, Task
from metrics.models import TermEnd
from workspaces.keyset import BadCursor, Order, page_of

BY_NAME = Order("name", "name")
BY_RENEWAL = Order("renewal", "renewal_on", nullable=True)
BY_RENEWAL_DOWN = Order("renewal", "renewal_on", descending=True, nullable=True)


@pytest.fixture
def accounts(acme):
    """Twelve accounts: three without a renewal date, and days that repeat."""
    days = [None if n % 4 == 3 else dt.date(2026, 1, 1 + n // 2) for n in range(12)]
    Account.objects.bulk_create(
        Account(workspace=acme.workspace, name=f"客户 {n % 5}", renewal_on=day) for n, day in enumerate(days)
    )
    return Account.objects.filter(workspace=acme.workspace)


def walk(queryset, order, size):
    """All pages forwards."""
    pages, cursor = [], ""
    while True:
        page = page_of(queryset, order, cursor=cursor, size=size)
        pages.append(page)
        if page.next is None:
            return pages
        cursor = page.next


def expected(queryset, order):
    rows = sorted(queryset, key=lambda row: row.pk, reverse=order.descending)
    value = lambda row: getattr(row, order.field)  # noqa: E731
    filled = sorted((row for row in rows if value(row) is not None), key=value, reverse=order.descending)
    return [row.pk for row in filled] + [row.pk for row in rows if value(row) is None]


@pytest.mark.parametrize("order", [BY_NAME, Order("name", "name", descending=True), BY_RENEWAL, BY_RENEWAL_DOWN])
@pytest.mark.parametrize("size", [1, 3, 5, 12, 50])
def test_pages_forwards_and_back_show_every_row_once(accounts, order, size):
    want = expected(accounts, order)
    pages = walk(accounts, order, size)
    assert [row.pk for page in pages for row in page.rows] == want
    assert pages[0].previous is None
    for before, page in pairwise(pages):
        back = page_of(accounts, order, cursor=page.previous, size=size)
        assert [row.pk for row in back.rows] == [row.pk for row in before.rows]
        assert page_of(accounts, order, cursor=back.next, size=size).rows == page.rows


@pytest.mark.parametrize("order", [Order("day", "day"), Order("day", "day", descending=True)])
def test_pages_over_a_key_of_several_columns_show_every_row_once(acme, order):
    account = Account.objects.create(workspace=acme.workspace, name="客户")
    days = [dt.date(2026, 1, 1 + n // 3) for n in range(9)]
    contracts = [
        Contract.objects.create(workspace=acme.workspace, account=account, currency="CNY", starts_on=days[0])
        for _n in range(2)
    ]
    TermEnd.objects.bulk_create(
        TermEnd(
            workspace=acme.workspace,
            account=account,
            contract=contracts[n % 2],
            number=n,
            day=day,
            grace_ends_on=day,
            outcome="undecided",
        )
        for n, day in enumerate(days)
    )
    rows = TermEnd.objects.filter(workspace=acme.workspace)
    pages = walk(rows, order, 2)
    assert [row.pk for page in pages for row in page.rows] == expected(rows, order)
    for before, page in pairwise(pages):
        assert page_of(rows, order, cursor=page.previous, size=2).rows == before.rows
    for key in ("x", ["x"], [str(account.workspace_id), str(account.pk), "one"]):
        raw = json.dumps([order.name, ">", "2026-01-01", key]).encode()
        with pytest.raises(BadCursor):
            page_of(rows, order, cursor=base64.urlsafe_b64encode(raw).decode())


def test_a_row_that_arrives_meanwhile_neither_repeats_nor_hides_another(acme, accounts):
    first = page_of(accounts, BY_NAME, size=4)
    Account.objects.create(workspace=acme.workspace, name="客户 0")
    second = page_of(accounts, BY_NAME, cursor=first.next, size=20)
    assert not {row.pk for row in first.rows} & {row.pk for row in second.rows}
    assert len(second.rows) >= 8


def test_fewer_rows_before_a_place_than_a_page_give_the_first_page_whole(accounts):
    second = page_of(accounts, BY_NAME, cursor=page_of(accounts, BY_NAME, size=2).next, size=5)
    back = page_of(accounts, BY_NAME, cursor=second.previous, size=5)
    assert [row.pk for row in back.rows] == expected(accounts, BY_NAME)[:5]
    assert back.previous is None


@pytest.mark.parametrize(
    "cursor", ["nonsense", "e30", "WyJuYW1lIiwgIj4iLCAiYSIsICJub3QtYS11dWlkIl0", "ünïcode", "====", "W10"]
)
def test_a_cursor_that_is_none_is_refused(accounts, cursor):
    with pytest.raises(BadCursor):
        page_of(accounts, BY_NAME, cursor=cursor)


@pytest.mark.parametrize(
    "order, value",
    [
        (BY_NAME, "a\x00b"),
        (BY_NAME, "\ud800"),
        (BY_RENEWAL, "2026-13-45"),
        (BY_RENEWAL, 7),
        (Order("mrr", "mrr_cents"), 10**40),
        (Order("mrr", "mrr_cents"), float("inf")),
        (Order("mrr", "mrr_cents"), [1]),
        (Order("id", "id"), {"a": 1}),
    ],
)
def test_a_cursor_with_a_value_that_no_row_can_have_is_refused(accounts, order, value):
    raw = json.dumps([order.name, ">", value, str(uuid4())]).encode()
    with pytest.raises(BadCursor):
        page_of(accounts, order, cursor=base64.urlsafe_b64encode(raw).decode())


def test_a_cursor_of_another_order_is_refused(accounts):
    cursor = page_of(accounts, BY_NAME, size=2).next
    with pytest.raises(BadCursor):
        page_of(accounts, BY_RENEWAL, cursor=cursor)
    with pytest.raises(BadCursor):
        page_of(accounts, Order("name", "name", descending=True), cursor=cursor)


def test_a_page_in_the_middle_is_one_query_without_offset(accounts):
    cursor = page_of(accounts, BY_NAME, size=3).next
    with CaptureQueriesContext(connection) as queries:
        page_of(accounts, BY_NAME, cursor=cursor, size=3)
    assert len(queries) == 1
    assert "OFFSET" not in queries[0]["sql"].upper()


def test_rows_do_not_fetch_relations_one_by_one(accounts):
    row = page_of(accounts, BY_NAME, size=3).rows[0]
    with pytest.raises(Exception, match="workspace"):
        row.workspace  # noqa: B018


@pytest.mark.parametrize("descending", [False, True])
def test_rows_of_one_instant_to_the_microsecond_are_all_shown(acme, descending):
    at = dt.datetime(2026, 3, 30, 10, 0, 0, 123456, tzinfo=dt.UTC)
    instants = [at, at, at, at + dt.timedelta(microseconds=300), at - dt.timedelta(microseconds=300)]
    Task.objects.bulk_create(
        Task(workspace=acme.workspace, title=f"{n}", done_at=instant) for n, instant in enumerate(instants)
    )
    rows, order = Task.objects.filter(workspace=acme.workspace), Order("done", "done_at", descending, nullable=True)
    pages = walk(rows, order, 2)
    assert [row.pk for page in pages for row in page.rows] == expected(rows, order)
    assert page_of(rows, order, cursor=pages[1].previous, size=2).rows == pages[0].rows
