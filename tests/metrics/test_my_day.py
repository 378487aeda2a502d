"""My day: what wants whom, nobody else's things, few queries, and something useful to read when there is nothing."""

import datetime as dt

import pytest
import time_machine

from accounts.actions import save_accounts, save_contacts, save_contracts
from jobs.imports import actions as imports
from jobs.imports.kinds import import_kinds
from jobs.models import ImportJob, Run
from metrics.closing import close_through
from metrics.models import ClosingFailure
from tests.accounts import facts
from tests.cast import AT
from tests.metrics.books import after
from workspaces.actor import member_actor
from workspaces.models import MetricSettings
from workspaces.scope import workspace_scope

CLOSED = dt.date(2026, 3, 30)
MOST_QUERIES = 32
ME, OTHER = "member@example.com", "manager@example.com"


@pytest.fixture(autouse=True)
def _on_the_day():
    with time_machine.travel(AT, tick=False):
        yield


def write(workspace, by, rows):
    """rows: (name, owner, contacts, day of the last call or None, contract). Saved, and closed through CLOSED."""
    line = {"product": "core", "quantity": 1, "unit_amount": "100", "interval": "month"}
    with workspace_scope(workspace):
        who = {"workspace": workspace, "by": by}
        accounts = [{"external_id": name, "name": name, "owner": owner} for name, owner, *_rest in rows]
        contacts = [
            {"account": name, "name": f"{name} person {n}"} for name, _o, count, *_r in rows for n in range(count)
        ]
        contracts = [
            {"external_id": f"C-{name}", "account": name, "currency": "CNY", "starts_on": "2025-06-01", "lines": [line]}
            | contract
            for name, _owner, _count, _talk, contract in rows
        ]
        for results in (
            save_accounts(rows=accounts, **who),
            save_contacts(rows=contacts, **who),
            save_contracts(rows=contracts, **who),
        ):
            assert not [row.errors for row in results if row.errors]
        found = {one.external_id: one for one in facts.Account.objects.filter(workspace=workspace)}
    for name, _owner, _count, talk, _contract in rows:
        if talk:
            facts.interaction(found[name], happened_on=talk)
    close_through(workspace=workspace, until=CLOSED, at=after(CLOSED))
    return found


SHRANK = {
    "lines": [
        {"product": "core", "quantity": 1, "unit_amount": "100", "interval": "month"},
        {"product": "more", "quantity": 1, "unit_amount": "40", "interval": "month", "ends_on": "2026-03-14"},
    ]
}
BOOK = [
    ("Due soon", ME, 2, "2026-03-20", {"ends_on": "2026-05-31"}),
    ("Due later", ME, 2, "2026-03-20", {"ends_on": "2026-07-31"}),
    ("Silent", ME, 2, "2026-02-01", {}),
    ("Spoken to", ME, 2, "2026-03-02", {}),
    ("Shrank", ME, 2, "2026-03-20", SHRANK),
    ("Ending", ME, 2, "2026-03-20", {"ends_on": "2026-08-31", "cancelled_on": "2026-03-01"}),
    ("Single", ME, 1, "2026-03-20", {}),
    ("Unknown", ME, 0, "2026-03-20", {}),
    ("Not yet", ME, 1, None, {"starts_on": "2026-06-01"}),
    ("Theirs", OTHER, 1, None, {"ends_on": "2026-05-31", "cancelled_on": "2026-03-01"}),
    ("Ownerless", None, 1, None, {"ends_on": "2026-06-01"}),
]


@pytest.fixture
def book(cast):
    write(cast.workspace, cast.actor(cast.owner), BOOK)
    rows = [("Foreign", None, 1, None, {"ends_on": "2026-05-31", "cancelled_on": "2026-03-01"})]
    write(cast.rival, member_actor(cast.stranger), rows)
    return cast


def shown(page) -> dict[str, list[str]]:
    """What stands in each block, by its name."""
    told = {reason["block"].url.split("why=")[1].split("&")[0]: reason for reason in page.context["reasons"]}
    blocks = {name: [one.name for one in reason["block"].rows] for name, reason in told.items()}
    return blocks | {"renewals": [one.account.name for one in page.context["renewals"].rows]}


def whys(page, why: str) -> dict[str, str]:
    rows = next(one["block"].rows for one in page.context["reasons"] if f"why={why}" in one["block"].url)
    return {row.name: row.why for row in rows}


def test_my_accounts_stand_there_each_for_its_reason(book):
    page = book.client(book.member).get(book.url("my-day/"))
    told = shown(page)
    assert told["renewals"] == ["Due soon"]
    assert told["silent"] == ["Silent"]
    assert sorted(told["shrinking"]) == ["Ending", "Shrank"]
    assert told["one_contact"] == ["Single"]
    assert whys(page, "silent") == {"Silent": "Last on 1 Feb 2026, 58 days ago"}
    assert whys(page, "one_contact") == {"Single": "Only Single person 0 is known"}
    assert whys(page, "shrinking") == {
        "Shrank": "Shrank: −¥40 on 15 Mar 2026",
        "Ending": "Known: −¥100 after 31 Aug 2026",
    }
    (row,) = page.context["renewals"].rows
    assert (row.standing_label, row.worth) == ("Due", 100)
    body = page.content.decode()
    assert "Theirs" not in body
    assert "Foreign" not in body
    assert page.context["tabs"] == []


def test_everybodys_is_for_managers_and_owners_and_for_nobody_else(book):
    names = ["Due soon", "Theirs", "Ownerless"]
    page = book.client(book.manager).get(book.url("my-day/"))
    assert shown(page)["renewals"] == ["Theirs"]
    for person in (book.manager, book.owner):
        page = book.client(person).get(book.url("my-day/"), {"whose": "all"})
        assert shown(page)["renewals"] == names
        assert sorted(shown(page)["one_contact"]) == ["Ownerless", "Single", "Theirs"]
        assert sorted(shown(page)["silent"]) == ["Ownerless", "Silent", "Theirs"]
        assert whys(page, "silent")["Ownerless"] == "No interaction noted yet"
        assert "Foreign" not in page.content.decode()
    for person in (book.member, book.viewer):
        assert "Theirs" not in book.client(person).get(book.url("my-day/"), {"whose": "all"}).content.decode()
        assert (
            "Theirs"
            not in book.client(person)
            .get(book.url("my-day/accounts/"), {"whose": "all", "why": "one_contact"})
            .content.decode()
        )


def test_an_end_that_is_renewed_is_no_loss(book):
    row = {"account": "Ending", "currency": "CNY", "starts_on": "2026-09-01", "external_id": "N", "renews": "C-Ending"}
    line = {"product": "core", "quantity": 1, "unit_amount": "90", "interval": "month"}
    for amount, expected in (("90", {"Ending": "Known: −¥10 after 31 Aug 2026"}), ("100", {})):
        with workspace_scope(book.workspace):
            rows = [row | {"lines": [line | {"unit_amount": amount}], "signed_on": "2026-03-05"}]
            (saved,) = save_contracts(workspace=book.workspace, rows=rows, by=book.actor(book.owner))
            assert not saved.errors
        close_through(workspace=book.workspace, until=CLOSED, at=after(CLOSED))
        page = book.client(book.member).get(book.url("my-day/"))
        found = whys(page, "shrinking")
        found.pop("Shrank")
        assert found == expected


def test_each_block_leads_to_all_of_its_rows(book):
    client = book.client(book.member)
    page = client.get(book.url("my-day/"))
    renewals = client.get(page.context["renewals"].url)
    assert [row.account.name for row in renewals.context["list"].rows] == ["Due soon"]
    for reason in page.context["reasons"]:
        whole = client.get(reason["block"].url)
        assert [row.name for row in whole.context["list"].rows] == [row.name for row in reason["block"].rows]
        assert reason["title"] == whole.context["title"]
    found = client.get(book.url("my-day/accounts/"), {"why": "shrinking", "q": "Endin", "sort": "name"})
    assert [row.name for row in found.context["list"].rows] == ["Ending"]
    found = client.get(book.url("my-day/accounts/"), {"why": "shrinking", "sort": "name"})
    assert [row.name for row in found.context["list"].rows] == ["Ending", "Shrank"]
    assert found.context["summary"] == "2 accounts"


def test_tasks_that_are_due_are_grouped_and_done_with_one_click(cast):
    account = facts.account(cast.workspace)
    for title, due_on, assignee in (
        ("Late", "2026-03-30", ME),
        ("Now", "2026-03-31", ME),
        ("In a week", "2026-04-07", ME),
        ("Much later", "2026-04-08", ME),
        ("Whenever", None, ME),
        ("Hers", "2026-03-31", OTHER),
    ):
        facts.task(cast.workspace, title, due_on=due_on, assignee=assignee, account_id=str(account.pk))
    facts.task(cast.workspace, "Finished", assignee=ME, due_on="2026-03-30", done_at="2026-03-30T10:00:00Z")
    facts.task(cast.rival, "Foreign", due_on="2026-03-31")
    client = cast.client(cast.member)

    def groups(client, **params):
        found = client.get(cast.url("my-day/"), params).context["task_groups"]
        return [(label, [task.title for task in tasks]) for label, tasks in found]

    assert groups(client) == [("Overdue", ["Late"]), ("Today", ["Now"]), ("Next 7 days", ["In a week"])]
    assert ("Today", ["Now", "Hers"]) in groups(cast.client(cast.owner), whose="all")
    assert groups(cast.client(cast.owner)) == []
    (late,) = client.get(cast.url("my-day/")).context["task_groups"][0][1]
    done = client.post(cast.url(f"tasks/{late.pk}/done/"), {"back": cast.url("my-day/")})
    assert done.url == cast.url("my-day/")
    assert [label for label, _tasks in groups(client)] == ["Today", "Next 7 days"]
    page = cast.client(cast.viewer).get(cast.url("my-day/"))
    assert f"tasks/{late.pk}" not in page.content.decode()


def test_imports_that_wait_are_those_of_who_brought_them(cast):
    def bring(workspace, by, name):
        with workspace_scope(workspace):
            return imports.receive_file(
                workspace=workspace,
                kind=import_kinds()["accounts"],
                name=name,
                content=b"Name\nLanhai\n",
                language="en",
                by=by,
                at=AT,
            )

    mine = bring(cast.workspace, cast.actor(cast.member), "mine.csv")
    bring(cast.workspace, cast.actor(cast.manager), "hers.csv")
    bring(cast.rival, member_actor(cast.stranger), "foreign.csv")
    done = bring(cast.workspace, cast.actor(cast.member), "done.csv")
    failed = bring(cast.workspace, cast.actor(cast.member), "failed.csv")
    with workspace_scope(cast.workspace):
        ImportJob.objects.filter(pk=done.pk).update(state=ImportJob.DONE)
        run = Run.objects.create(
            workspace=cast.workspace, kind="import", key="k", state=Run.FAILED, error={"code": "x", "message": "No"}
        )
        ImportJob.objects.filter(pk=failed.pk).update(state=ImportJob.WRITING, run=run)

    def names(person, **params):
        block = cast.client(person).get(cast.url("my-day/"), params).context["imports"]
        return sorted(job.name for job in block.rows) if block else block

    assert names(cast.member) == ["failed.csv", "mine.csv"]
    assert names(cast.manager) == ["hers.csv"]
    assert names(cast.manager, whose="all") == ["failed.csv", "hers.csv", "mine.csv"]
    assert names(cast.viewer) is None
    page = cast.client(cast.member).get(cast.url("my-day/")).content.decode()
    assert cast.url(f"imports/{mine.pk}/") in page


def test_a_failed_closing_is_told_to_those_who_may_close(cast):
    with workspace_scope(cast.workspace):
        ClosingFailure.objects.create(workspace=cast.workspace, failed_at=AT, code="missing_rate")
    assert "The last closing stopped" in cast.client(cast.manager).get(cast.url("my-day/")).content.decode()
    assert "The last closing stopped" not in cast.client(cast.member).get(cast.url("my-day/")).content.decode()
    with workspace_scope(cast.workspace):
        error = {"code": "missing_rate", "message": "There is no rate.", "currency": "USD", "day": "2026-01-01"}
        run = Run.objects.create(
            workspace=cast.workspace,
            kind="closing",
            key="k",
            state=Run.FAILED,
            params={"until": "2026-03-30"},
            error=error,
        )
    page = cast.client(cast.owner).get(cast.url("my-day/")).content.decode()
    assert "There is no rate." in page
    assert cast.url(f"closings/{run.pk}/") in page


def test_the_page_says_something_useful_when_there_is_nothing(cast):
    page = cast.client(cast.member).get(cast.url("my-day/")).content.decode()
    assert "No account is yours yet" in page
    assert "Nothing is due within 7 days" in page
    page = cast.client(cast.owner).get(cast.url("my-day/"), {"whose": "all"}).content.decode()
    assert "No day is closed yet" in page
    assert cast.client(cast.owner).get(cast.url("my-day/accounts/")).status_code == 200
    write(cast.workspace, cast.actor(cast.owner), [("Well", ME, 2, "2026-03-20", {})])
    page = cast.client(cast.member).get(cast.url("my-day/")).content.decode()
    assert page.count("No account</h2>") == 3
    assert "No term ends in the next 90 days" in page


def test_blocks_are_short_and_take_as_many_queries_for_many_rows(cast, django_assert_max_num_queries):
    def rows(first, last):
        ends = {"ends_on": "2026-05-31", "cancelled_on": "2026-03-01"}
        return [(f"Company {n:02}", OTHER if n % 2 else ME, 1, None, ends) for n in range(first, last)]

    found = write(cast.workspace, cast.actor(cast.owner), rows(0, 3))
    facts.task(cast.workspace, "One", due_on="2026-03-31", account_id=str(found["Company 00"].pk), assignee=ME)
    client, asked = cast.client(cast.owner), {"whose": "all"}
    with django_assert_max_num_queries(MOST_QUERIES) as counted:
        client.get(cast.url("my-day/"), asked)
    write(cast.workspace, cast.actor(cast.owner), rows(3, 14))
    for n in range(12):
        facts.task(cast.workspace, f"T{n}", due_on="2026-03-31", account_id=str(found["Company 00"].pk), assignee=OTHER)
    with django_assert_max_num_queries(len(counted.captured_queries)):
        page = client.get(cast.url("my-day/"), asked)
    for block in (
        page.context["tasks"],
        page.context["renewals"],
        *(one["block"] for one in page.context["reasons"]),
    ):
        assert (len(block.rows), block.count) == (10, "10+")
    for why in ("silent", "shrinking", "one_contact"):
        with django_assert_max_num_queries(MOST_QUERIES):
            whole = client.get(cast.url("my-day/accounts/"), {"why": why, **asked})
        assert len(whole.context["list"].rows) == 14


def test_the_next_closing_and_terms_in_grace_are_told(cast):
    with workspace_scope(cast.workspace):
        MetricSettings.objects.filter(workspace=cast.workspace).update(renewal_grace_days=30)
    found = write(
        cast.workspace,
        cast.actor(cast.owner),
        [
            ("Begins", ME, 2, "2026-03-20", {"starts_on": "2026-03-31"}),
            ("Begins later", ME, 2, "2026-03-20", {"starts_on": "2026-04-01"}),
            ("Leaves", ME, 2, "2026-03-20", {"ends_on": "2026-03-30", "cancelled_on": "2026-03-01"}),
            ("In grace", ME, 2, "2026-03-20", {"ends_on": "2026-03-10"}),
            ("Theirs", OTHER, 2, "2026-03-20", {"starts_on": "2026-03-31"}),
        ],
    )
    client = cast.client(cast.member)
    page = client.get(cast.url("my-day/"))
    assert page.context["pending"] == "Next closing: ¥0 MRR (1 contract begins, 1 contract ends)"
    grace = page.context["grace"]
    assert [row.account.name for row in grace.rows] == ["In grace"]
    assert "In grace" in client.get(grace.url).content.decode()
    assert page.context["renewals"].rows == []
    assert "grace until 2026-04-09" in page.content.decode()
    everybody = cast.client(cast.manager).get(cast.url("my-day/"), {"whose": "all"})
    assert everybody.context["pending"] == "Next closing: +¥100 MRR (2 contracts begin, 1 contract ends)"
    # What somebody changes in between is not reckoned, but told.
    facts.contract(found["Leaves"], starts_on="2026-03-01")
    text = client.get(cast.url("my-day/")).context["pending"]
    assert text.endswith("· 1 account changed since; what that adds is known after the closing")


def test_a_new_customer_is_silent_only_after_a_while(cast):
    write(
        cast.workspace,
        cast.actor(cast.owner),
        [
            ("New", ME, 2, None, {"starts_on": "2026-03-10"}),
            ("Long ago", ME, 2, None, {"starts_on": "2026-02-28"}),
        ],
    )
    reasons = cast.client(cast.member).get(cast.url("my-day/")).context["reasons"]
    assert [account.name for account in reasons[0]["block"].rows] == ["Long ago"]


def test_terms_are_those_of_accounts_that_one_has_now_and_so_is_their_list(cast):
    with workspace_scope(cast.workspace):
        MetricSettings.objects.filter(workspace=cast.workspace).update(renewal_grace_days=30)
    write(
        cast.workspace,
        cast.actor(cast.owner),
        [
            ("Mine", ME, 2, "2026-03-20", {"ends_on": "2026-03-10"}),
            ("Handed over to me", OTHER, 2, "2026-03-20", {"ends_on": "2026-03-12"}),
            ("Given away", ME, 2, "2026-03-20", {"ends_on": "2026-03-14"}),
        ],
    )
    with workspace_scope(cast.workspace):
        rows = [{"external_id": "Handed over to me", "owner": ME}, {"external_id": "Given away", "owner": OTHER}]
        save_accounts(workspace=cast.workspace, rows=rows, by=cast.actor(cast.owner), mode="update")
    client = cast.client(cast.member)
    grace = client.get(cast.url("my-day/")).context["grace"]
    mine = ["Mine", "Handed over to me"]
    assert [row.account.name for row in grace.rows] == mine
    listed = client.get(grace.url).context["list"]
    assert [row.account.name for row in listed.rows] == mine
    assert [chip.label for chip in listed.chosen] == ["Standing", "Owner today"]
