"""The side panel of lists: the essentials of a row's page, for a script; the page itself without one."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Account
from tests.accounts import facts
from workspaces.scope import workspace_scope

HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def account(cast):
    return facts.account(cast.workspace, "Lanhai", industry="Retail", note="Wants a discount")


def test_an_account_with_what_is_signed_known_and_to_do(cast, account):
    for year in range(2019, 2026):
        facts.contract(account, f"{year}-01-01", f"{year}-12-31", number=f"HT-{year}")
    facts.contact(account, "Wang Lei", roles=["decision_maker"])
    facts.task(cast.workspace, "Call them", account_id=str(account.pk))
    page = cast.client(cast.member).get(cast.url(f"accounts/{account.pk}/panel/"), **HTMX).content.decode()
    assert "<html" not in page
    for text in ("Lanhai", "Retail", "Wants a discount", "HT-2025", "HT-2021", "Wang Lei", "Call them"):
        assert text in page
    # The latest five; the rest is on the page.
    assert "HT-2020" not in page
    assert "All of it on its page" in page
    assert 'data-edit="industry"' in page
    viewed = cast.client(cast.viewer).get(cast.url(f"accounts/{account.pk}/panel/"), **HTMX).content.decode()
    assert "Lanhai" in viewed
    assert "data-edit" not in viewed


def test_a_contact_and_a_contract(cast, account):
    contact = facts.contact(account, "Wang Lei", mobile="13800000000", note="Prefers mornings")
    facts.contact(account, "Zhao Min")
    contract = facts.contract(account, number="HT-1", note="seal is theirs")
    client = cast.client(cast.viewer)
    page = client.get(cast.url(f"contacts/{contact.pk}/panel/"), **HTMX).content.decode()
    for text in ("Wang Lei", "Lanhai", "13800000000", "Prefers mornings", "Zhao Min"):
        assert text in page
    page = client.get(cast.url(f"contracts/{contract.pk}/panel/"), **HTMX).content.decode()
    for text in ("HT-1", "Lanhai", "¥1,000", "¥12,000", "Core", "2026-01-01", "seal is theirs"):
        assert text in page


def test_a_task_with_what_is_around_it(cast, account, on_the_day):
    with workspace_scope(cast.workspace):
        Account.objects.filter(pk=account.pk).update(
            renewal_on="2026-04-30", customer_since="2025-01-01", mrr_cents=70000
        )
    facts.interaction(account, subject="Price talk", next_step="Send an offer")
    facts.interaction(account, subject="Long ago", happened_on="2025-01-01")
    row = {"account_id": str(account.pk), "assignee": "member@example.com", "due_on": "2026-03-30"}
    task = facts.task(cast.workspace, "Send the offer", note="seven percent\nat most", priority="high", **row)
    facts.task(cast.workspace, "Call them", account_id=str(account.pk))
    facts.task(cast.workspace, "Elsewhere")
    path, there = (
        cast.url(f"tasks/{task.pk}/panel/"),
        {"HTTP_HX_CURRENT_URL": "http://testserver/w/acme/tasks/?view=open&open=before"},
    )
    page = cast.client(cast.member).get(path, **HTMX, **there).content.decode()
    assert "<html" not in page
    for text in ("Send the offer", "Lanhai", "Overdue", "30 Mar 2026", "Member", "High", "seven percent<br>at most"):
        assert text in page
    for text in ("30 Apr 2026", "in 30 days", "¥700", "Price talk", "Send an offer", "Call them", "Mark as done"):
        assert text in page
    assert "Long ago" not in page
    assert "Elsewhere" not in page
    # Where the row before may still be named: the panel is asked for before the address says it.
    assert f'name="back" value="/w/acme/tasks/?view=open&amp;open={task.pk}"' in page
    for field in ("title", "due_on", "assignee", "priority", "note"):
        assert f'data-edit="{field}"' in page
    viewed = cast.client(cast.viewer).get(path, **HTMX).content.decode()
    assert "seven percent" in viewed
    assert "data-edit" not in viewed
    assert "<form" not in viewed
    client = cast.client(cast.member)
    client.post(cast.url(f"tasks/{task.pk}/done/"), {"back": cast.url("tasks/")})
    done = client.get(path, **HTMX).content.decode()
    assert "Open again" in done
    assert "Overdue" not in done


def test_a_task_that_is_for_no_account(cast):
    task = facts.task(cast.workspace, "Tidy up")
    page = cast.client(cast.member).get(cast.url(f"tasks/{task.pk}/panel/"), **HTMX).content.decode()
    assert "Tidy up" in page
    assert "Other tasks there" not in page


def test_what_is_edited_in_the_panel_of_a_task_comes_back_for_it(cast):
    task = facts.task(cast.workspace, "Tidy up")
    client, path = cast.client(cast.member), cast.url(f"tasks/{task.pk}/field/?field=")
    for field, value, said in (("title", "Tidy it", "Tidy it"), ("note", "one\ntwo", "one<br>two")):
        seen = client.get(f"{path}{field}", **HTMX).context["seen"]
        answer = client.post(f"{path}{field}", {field: value, "seen": seen}, **HTMX)
        text = answer.content.decode()
        _before, _tag, shown = text.partition(f'data-field="{field}" data-as="property">')
        assert shown.strip().startswith(said)


def test_a_task_without_a_script_leads_to_its_form_or_its_account(cast, account):
    task = facts.task(cast.workspace, "Call them", account_id=str(account.pk))
    loose = facts.task(cast.workspace, "Tidy up")
    for person, one, rest in (
        (cast.member, task, f"tasks/{task.pk}/edit/"),
        (cast.viewer, task, f"accounts/{account.pk}/"),
        (cast.viewer, loose, "tasks/"),
    ):
        assert cast.client(person).get(cast.url(f"tasks/{one.pk}/panel/"))["Location"] == cast.url(rest)


def test_rows_of_tasks_open_their_panel_for_all_who_read_them(cast):
    task = facts.task(cast.workspace, "Tidy up")
    for person, href in ((cast.member, f"tasks/{task.pk}/edit/"), (cast.viewer, f"tasks/{task.pk}/panel/")):
        page = cast.client(person).get(cast.url("tasks/"), {"view": "open"})
        assert f'data-id="{task.pk}" data-href="{cast.url(href)}"' in page.content.decode()
        assert page.context["panel"]["path"].startswith(cast.url("tasks/00000000"))
        board = cast.client(person).get(cast.url("tasks/"), {"view": "open", "layout": "board"})
        assert "side-panel-body" not in board.content.decode()


def test_without_a_script_the_page_itself_answers(cast, account):
    contact, contract = facts.contact(account), facts.contract(account)
    client = cast.client(cast.viewer)
    for rest in (f"accounts/{account.pk}/", f"contacts/{contact.pk}/", f"contracts/{contract.pk}/"):
        assert client.get(cast.url(f"{rest}panel/"))["Location"] == cast.url(rest)


def test_a_list_ignores_which_row_is_open(cast, account):
    """The panel's parameter narrows nothing and is kept in no view."""
    answer = cast.client(cast.viewer).get(cast.url("accounts/"), {"open": str(account.pk)})
    assert [row.name for row in answer.context["list"].rows] == ["Lanhai"]
    assert answer.context["list"].params == {}
    assert "open" not in answer.context["views"].state


def test_a_panel_asks_as_often_for_many_rows_as_for_few(cast, account):
    client = cast.client(cast.viewer)
    counts = []
    for number in range(1, 4):
        for year in range(2019, 2022):
            facts.contract(account, f"{year}-01-01", f"{year}-12-31", number=f"HT-{number}-{year}")
        facts.contact(account, f"Person {number}")
        facts.task(cast.workspace, f"Task {number}", account_id=str(account.pk))
        with CaptureQueriesContext(connection) as queries:
            client.get(cast.url(f"accounts/{account.pk}/panel/"), **HTMX)
        counts.append(len([one for one in queries if "SAVEPOINT" not in one["sql"]]))
    assert counts == [counts[0]] * 3
