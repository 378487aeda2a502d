"""The lists of accounts, tasks and renewals in groups, on their pages and in views."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actions import save_custom_fields
from accounts.models import Account, Task
from accounts.queries import MOST_CHOICES
from tests.accounts import facts
from tests.cast import DAY, make_member, make_user
from workspaces.actions.members import deactivate_member
from workspaces.models import User
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


def heads(page):
    """[(label, count, what its sum says)] of all groups; the page of each head holds as many rows as it says."""
    found = page.context["list"].groups
    for head in found:
        if head.href:
            alone = page.client.get(head.href).context["list"]
            assert (alone.totals.count, alone.grouping, alone.refused) == (head.count, None, [])
            assert alone.is_narrowed
    return [(str(head.label), head.count, head.said) for head in found]


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


def test_groups_of_people_of_one_name_are_two_and_lose_no_row(cast):
    people = [make_user("wang"), make_user("lei")]
    User.objects.filter(pk__in=[user.pk for user in people]).update(name="王磊")
    for user in people:
        make_member(cast.workspace, user, "member")
    with workspace_scope(cast.workspace):
        rows = [{"name": f"{user.email} {n:02}", "owner": user.email} for user in people for n in range(60)]
        facts.actions.save_accounts(workspace=cast.workspace, rows=rows, by=cast.actor(cast.owner))
    client, names, pages = cast.client(cast.viewer), [], []
    url = cast.url("accounts/?group=owner")
    while url:
        listed = client.get(url).context["list"]
        pages.append([row.name for row in listed.rows])
        names, last, url = names + pages[-1], listed, listed.next_url
    assert [(head.label, head.count) for head in last.groups] == [("王磊", 60), ("王磊", 60)]
    assert sorted(names) == sorted(row["name"] for row in rows)
    # One after the other, not mixed.
    assert {len({name.split()[0] for name in half}) for half in (names[:60], names[60:])} == {1}
    assert [row.name for row in client.get(last.previous_url).context["list"].rows] == pages[-2]


def test_a_group_leads_to_its_own_rows_also_where_no_menu_offers_it(cast, book):
    """Of somebody who left, and of a choice that is no longer offered: everything would stand there otherwise."""
    with workspace_scope(cast.workspace):
        deactivate_member(workspace=cast.workspace, pk=cast.member.pk, revoke_keys=False, by=cast.actor(cast.owner))
        field = {"key": "plan", "name": "Plan", "kind": "choice", "choices": ["Top"]}
        save_custom_fields(workspace=cast.workspace, rows=[field], by=cast.actor(cast.owner))
        facts.actions.save_tasks(
            workspace=cast.workspace,
            rows=[{"title": "old", "assignee": "owner@example.com"}, {"title": "loose"}],
            by=cast.actor(cast.owner),
        )
        Task.objects.filter(title="old").update(assignee=cast.member)
    client = cast.client(cast.owner)
    for path in ("accounts/?group=owner", "accounts/?group=custom.plan", "tasks/?view=open&group=assignee"):
        heads = [head for head in client.get(cast.url(path)).context["list"].groups if head.href]
        assert len(heads) > 1
        for head in heads:
            alone = client.get(head.href).context["list"]
            said = str(head.label) if head.text else "is empty" if "plan" in path else "No owner"
            said = "Nobody" if not head.text and "assignee" in path else said
            assert (alone.totals.count, str(alone.chosen[-1].value_label)) == (head.count, said)


@pytest.mark.parametrize("days, when", [(-1, "overdue"), (0, "today"), (1, "next"), (7, "next"), (8, "later")])
def test_groups_and_columns_of_tasks_lead_to_the_tasks_in_them(cast, days, when):
    for other in (-3, 0, 3, 20):
        facts.task(cast.workspace, "Other", due_on=(DAY + dt.timedelta(days=other)).isoformat())
    facts.task(cast.workspace, "This", due_on=(DAY + dt.timedelta(days=days)).isoformat())
    client = cast.client(cast.owner)
    groups_there = client.get(cast.url("tasks/?view=open&group=due")).context["list"].groups
    (head,) = [one for one in groups_there if one.count == 2]
    assert head.href.endswith(f"due={when}")
    found = client.get(head.href).context["list"]
    assert len(found.rows) == 2
    assert "This" in [task.title for task in found.rows]


def test_tags_beyond_the_menu_narrow_all_the_same(cast):
    with workspace_scope(cast.workspace):
        rows = [{"name": f"A{n:03}", "tags": [f"t{n:03}"], "industry": f"i{n:03}"} for n in range(MOST_CHOICES + 5)]
        facts.actions.save_accounts(workspace=cast.workspace, rows=rows, by=cast.actor(cast.owner))
    for name in ("tag", "industry"):
        listed = shown(cast, **{name: f"{name[0]}204"}).context["list"]
        assert [row.name for row in listed.rows] == ["A204"]
        assert [chip.value_label for chip in listed.chosen] == [f"{name[0]}204"]
    # What nobody has is passed over, as ever.
    assert len(shown(cast, tag="gone").context["list"].rows) == 50


@pytest.mark.parametrize(
    "group, wanted",
    [
        ("owner", [("Member", 2), ("Owner", 1), ("No owner", 1)]),
        ("stance", [("Champion", 1), ("Opponent", 1), ("Unknown", 2)]),
        ("industry", [("Food", 1), ("Retail", 2), ("Without", 1)]),
        ("region", [("Without", 4)]),
    ],
)
def test_contacts_in_groups(cast, book, group, wanted):
    with workspace_scope(cast.workspace):
        accounts = list(Account.objects.order_by("name"))
    for account, stance in zip(accounts, ("opponent", "champion", "unknown", "unknown"), strict=True):
        facts.contact(account, f"Of {account.name}", stance=stance)
    page = shown(cast, "contacts/", group=group)
    assert [head[:2] for head in heads(page)] == wanted
    assert page.content.decode().count('class="group-head"') == len(wanted)
    assert all(head.href for head in page.context["list"].groups)
    if group == "industry":
        assert [str(row) for row in page.context["list"].rows] == ["Of B", "Of A", "Of C", "Of D"]
        narrowed = shown(cast, "contacts/", group=group, stance="unknown", where="name:has:Of|name:is:zzz")
        assert [head[:2] for head in heads(narrowed)] == [("Retail", 1), ("Without", 1)]


@pytest.mark.parametrize(
    "group, wanted",
    [
        ("currency", [("CNY", 4), ("USD", 1)]),
        ("kind", [("Subscription", 4), ("Usage", 1)]),
        ("owner", [("Member", 2), ("Owner", 3)]),
        ("end", [("December 2026", 2), ("February 2026", 1), ("January 2026", 1), ("Open-ended", 1)]),
        ("state", [("Running", 3), ("Ended", 1), ("Starts later", 1)]),
    ],
)
def test_contracts_in_groups(cast, book, group, wanted):
    facts.fx_rate(cast.workspace, date="2025-01-01")
    with workspace_scope(cast.workspace):
        a, b = Account.objects.filter(name__in="AB").order_by("name")
    facts.contract(a, number="1", ends_on="2026-12-01")
    facts.contract(a, number="2", starts_on="2026-05-01", ends_on=None, kind="usage")
    facts.contract(b, number="3", currency="USD")
    facts.contract(b, number="4", starts_on="2025-02-01", ends_on="2026-01-31")
    # Renews itself, so that it runs beyond its written end.
    facts.contract(b, number="5", starts_on="2025-03-01", ends_on="2026-02-28", auto_renew=True)
    page = shown(cast, "contracts/", group=group)
    assert [head[:2] for head in heads(page)] == wanted
    assert page.content.decode().count('class="group-head"') == len(wanted)
    assert all(head.href for head in page.context["list"].groups)
    if group == "end":
        assert [row.number for row in page.context["list"].rows] == ["3", "1", "5", "4", "2"]
        turned = shown(cast, "contracts/", group="end", sort="end").context["list"]
        assert [str(head.label) for head in turned.groups] == [
            "January 2026",
            "February 2026",
            "December 2026",
            "Open-ended",
        ]
        assert [row.number for row in turned.rows] == ["4", "5", "1", "3", "2"]


def test_pages_of_contacts_and_contracts_run_through_the_groups(cast, book):
    with workspace_scope(cast.workspace):
        a, b = Account.objects.filter(name__in="AB").order_by("name")
    for number in range(60):
        facts.contact(b if number % 2 else a, f"P{number:02}")
    page = shown(cast, "contacts/", group="owner")
    names = [row.name for row in page.context["list"].rows]
    following = page.client.get(page.context["list"].next_url).context["list"]
    names += [row.name for row in following.rows]
    assert names == [*(f"P{n:02}" for n in range(0, 60, 2)), *(f"P{n:02}" for n in range(1, 60, 2))]
    assert page.context["summary"] == "60 contacts"
    assert following.rows[0].opens_group.label == "Owner"


@pytest.mark.parametrize("path, group", [("contacts/", "owner"), ("contracts/", "end"), ("contracts/", "state")])
def test_groups_of_contacts_and_contracts_cost_one_query_and_their_people(cast, book, path, group):
    with workspace_scope(cast.workspace):
        account = Account.objects.get(name="A")
    facts.contact(account)
    facts.contract(account)
    client = cast.client(cast.viewer)
    client.get(cast.url(path))
    with CaptureQueriesContext(connection) as plain:
        client.get(cast.url(path))
    with CaptureQueriesContext(connection) as grouped:
        client.get(cast.url(path), {"group": group})
    assert len(grouped) == len(plain) + 1 + (group == "owner")


def test_a_view_of_contracts_keeps_its_groups_and_a_file_its_rows(cast, book):
    with workspace_scope(cast.workspace):
        account = Account.objects.get(name="A")
    facts.contract(account, number="1")
    facts.contract(account, number="2", starts_on="2026-05-01")
    client = cast.client(cast.member)
    page = client.get(cast.url("contracts/"), {"group": "state", "kind": "subscription"})
    opened = client.get(client.post(page.context["views"].new_url, {"name": "By state"})["Location"])
    assert opened.context["list"].grouping.key == "state"
    assert not opened.context["views"].is_changed
    file = client.get(page.context["files"][0]["href"])
    assert b"".join(file.streaming_content).decode().count("\n") == 3
