"""The lists of accounts, tasks and renewals in groups, on their pages and in views."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actions import save_custom_fields
from tests.accounts import facts
from workspaces.scope import workspace_scope

pytestmark = pytest.mark.usefixtures("on_the_day")


@pytest.fixture
def book(cast):
    with workspace_scope(cast.workspace):
        field = {"key": "plan", "name": "Plan", "kind": "choice", "choices": ["Top", "Basic"]}
        save_custom_fields(workspace=cast.workspace, rows=[field], by=cast.actor(cast.owner))
    day = dt.date(2025, 1, 1)
    for name, industry, owner, plan, cents in (
        ("A", "Retail", "member@example.com", "Basic", 100_00),
        ("B", "Food", "owner@example.com", "Top", 20_00),
        ("C", "Retail", None, None, 0),
        ("D", "", "member@example.com", "Basic", 3_00),
    ):
        figures = {"mrr_cents": cents, "customer_since": day if cents else None}
        row = {"industry": industry, "owner": owner, "custom": {"plan": plan}}
        facts.account(cast.workspace, name, figures=figures, **{key: value for key, value in row.items() if value})


def shown(cast, path="accounts/", person=None, **params):
    page = cast.client(person or cast.viewer).get(cast.url(path), params)
    assert page.status_code == 200
    return page


def groups(page):
    """[(head, count, sum, names)]"""
    found = []
    for row in page.context["list"].rows:
        if row.opens_group:
            head = row.opens_group
            found.append((str(head.label), head.count, head.said, []))
        found[-1][3].append(str(row))
    return found


@pytest.mark.parametrize(
    "group, heads",
    [
        ("owner", [("Member", 2, "¥103", ["A", "D"]), ("Owner", 1, "¥20", ["B"]), ("No owner", 1, "¥0", ["C"])]),
        ("industry", [("Food", 1, "¥20", ["B"]), ("Retail", 2, "¥100", ["A", "C"]), ("Without", 1, "¥3", ["D"])]),
        ("standing", [("Paying", 3, "¥123", ["A", "B", "D"]), ("Prospect", 1, "¥0", ["C"])]),
        ("custom.plan", [("Top", 1, "¥20", ["B"]), ("Basic", 2, "¥103", ["A", "D"]), ("Without", 1, "¥0", ["C"])]),
        ("region", [("Without", 4, "¥123", ["A", "B", "C", "D"])]),
    ],
)
def test_accounts_in_groups(cast, book, group, heads):
    page = shown(cast, group=group)
    assert groups(page) == heads
    assert page.content.decode().count('class="group-head"') == len(heads)
    assert page.context["summary"] == "4 accounts · MRR ¥123"
    for row in page.context["list"].rows:
        head = row.opens_group
        if head and head.href:
            alone = cast.client(cast.viewer).get(head.href)
            assert alone.context["list"].totals.count == head.count
            assert alone.context["list"].grouping is None


def test_groups_go_with_search_filters_sort_and_views(cast, book):
    page = shown(cast, person=cast.member, group="owner", industry="Retail", sort="-name")
    assert groups(page) == [("Member", 1, "¥100", ["A"]), ("No owner", 1, "¥0", ["C"])]
    listed = page.context["list"]
    assert "group=owner" in listed.heads["mrr"].href
    assert "group=owner" in listed.clear_url
    assert [choice.current for choice in listed.group_choices].index(True) == 1
    client = cast.client(cast.member)
    opened = client.get(client.post(page.context["views"].new_url, {"name": "By owner"})["Location"])
    assert opened.context["list"].grouping.key == "owner"
    assert not opened.context["views"].is_changed
    assert shown(cast, group="no-such").context["list"].grouping is None
    assert groups(shown(cast, group="owner", q="zzz")) == []


def test_pages_of_groups_follow_each_other(cast, book):
    with workspace_scope(cast.workspace):
        rows = [{"name": f"Z{n:03}", "industry": "Retail"} for n in range(110)]
        facts.actions.save_accounts(workspace=cast.workspace, rows=rows, by=cast.actor(cast.owner))
    client, names = cast.client(cast.viewer), []
    url = cast.url("accounts/?group=industry")
    while url:
        page = client.get(url)
        names += [row.name for row in page.context["list"].rows]
        last, url = page, page.context["list"].next_url
    assert names == ["B", "A", "C", *(f"Z{n:03}" for n in range(110)), "D"]
    assert last.context["summary"] == "114 accounts · MRR ¥123"
    back = client.get(last.context["list"].previous_url)
    assert groups(back)[0][:2] == ("Retail", 112)
    assert client.get(cast.url("accounts/?group=industry&cursor=nonsense")).context["list"].rows[0].name == "B"


def test_groups_take_a_query_more_however_many_there_are(cast, book):
    client = cast.client(cast.viewer)
    address = cast.url("accounts/?group=industry")
    client.get(address)
    with CaptureQueriesContext(connection) as plain:
        client.get(cast.url("accounts/"))
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    with workspace_scope(cast.workspace):
        rows = [{"name": f"Z{n}", "industry": f"I{n}"} for n in range(40)]
        facts.actions.save_accounts(workspace=cast.workspace, rows=rows, by=cast.actor(cast.owner))
    with CaptureQueriesContext(connection) as many:
        client.get(address)
    assert len(few) == len(many) == len(plain) + 1


def test_tasks_in_groups(cast):
    for title, due_on, assignee in (
        ("Late", "2026-03-30", "member@example.com"),
        ("Now", "2026-03-31", None),
        ("Later", "2026-05-30", "member@example.com"),
        ("Whenever", None, "owner@example.com"),
    ):
        facts.task(cast.workspace, title, due_on=due_on, assignee=assignee)
    by_due = groups(shown(cast, "tasks/", view="open", group="due"))
    assert [(head, names) for head, _count, _said, names in by_due] == [
        ("Overdue", ["Late"]),
        ("Today", ["Now"]),
        ("Later", ["Later"]),
        ("No date", ["Whenever"]),
    ]
    by_person = groups(shown(cast, "tasks/", view="open", group="assignee"))
    assert [(head, count) for head, count, _said, _names in by_person] == [("Member", 2), ("Owner", 1), ("Nobody", 1)]
    assert shown(cast, "tasks/", view="done", group="due").context["list"].grouping is None
