"""Editing many contacts, contracts and tasks that were picked from their lists, and taking it back (accounts: see
test_account_edits.py).
"""

import datetime as dt

import pytest
from django.contrib.messages import get_messages

from accounts.models import Contact, Contract, Task
from tests.accounts import facts
from workspaces.models import Activity, SavedView
from workspaces.scope import workspace_scope

pytestmark = pytest.mark.usefixtures("on_the_day")


@pytest.fixture
def account(cast):
    return facts.account(cast.workspace)


def post(client, cast, plural, things, **edit):
    return client.post(cast.url(f"{plural}/edits/"), {"picked": [str(one.pk) for one in things]} | edit)


def undo(client, cast, plural):
    token = client.session["undo_edit"]["token"] if "undo_edit" in client.session else "x"
    return client.post(cast.url(f"{plural}/edits/undo/"), {"token": token})


def said(answer):
    return [str(message) for message in get_messages(answer.wsgi_request)]


def values(cast, model, *names):
    with workspace_scope(cast.workspace):
        return list(model.objects.order_by("pk").values_list(*names))


def test_stance_and_roles_of_many_contacts(cast, account):
    people = [
        facts.contact(account, "Wang Lei", roles=["user"], stance="champion"),
        facts.contact(account, "Li Qiang"),
    ]
    before = values(cast, Contact, "stance", "roles")
    client = cast.client(cast.member)
    assert said(post(client, cast, "contacts", people, stance="neutral"))[-1] == "2 contacts changed."
    assert said(undo(client, cast, "contacts"))[-1] == "2 contacts are as they were."
    assert values(cast, Contact, "stance", "roles") == before
    # Beside the roles that somebody has, in the order in which roles stand.
    post(client, cast, "contacts", people, add_role="user")
    post(client, cast, "contacts", people, add_role="signer")
    post(client, cast, "contacts", people, add_role="evaluator")
    assert [roles for _stance, roles in values(cast, Contact, "stance", "roles")] == [
        ["user", "evaluator", "signer"],
        ["user", "evaluator", "signer"],
    ]
    post(client, cast, "contacts", people, remove_role="user")
    assert said(undo(client, cast, "contacts"))[-1] == "2 contacts are as they were."
    # What is none is refused by the shape of the row, as at every other door.
    refused = "Not changed: Li Qiang, Wang Lei. This must be one of: "
    assert said(post(client, cast, "contacts", people, stance="angry"))[-1].startswith(refused)
    assert said(post(client, cast, "contacts", people, add_role="king"))[-1].startswith("Not changed: Li Qiang")
    assert said(post(client, cast, "contacts", [], stance="neutral"))[-1] == "Pick contacts first."


def test_contracts_renew_themselves_and_are_settled_otherwise(cast, account):
    dated = facts.contract(account, number="HT-1")
    endless = facts.contract(account, number="HT-2", ends_on=None)
    client = cast.client(cast.member)
    assert said(post(client, cast, "contracts", [dated, endless], settlement="prepaid"))[-1] == "2 contracts changed."
    post(client, cast, "contracts", [dated, endless], auto_renew="true")
    assert values(cast, Contract, "auto_renew") == [(True,), (True,)]
    assert said(post(client, cast, "contracts", [dated, endless], auto_renew="maybe"))[-1].endswith(
        "This must be true or false."
    )
    undo(client, cast, "contracts")
    assert values(cast, Contract, "auto_renew") == [(False,), (False,)]
    post(client, cast, "contracts", [dated], settlement="none")
    assert values(cast, Contract, "settlement") == [("",), ("prepaid",)]
    assert said(undo(client, cast, "contracts"))[-1] == "1 contract is as it was."
    assert values(cast, Contract, "settlement") == [("prepaid",), ("prepaid",)]


def test_tasks_are_given_away_put_off_done_and_opened_again(cast, account):
    tasks = [
        facts.task(cast.workspace, "Call", account_id=str(account.pk), due_on="2026-04-01"),
        facts.task(cast.workspace, "Write"),
        facts.task(cast.workspace, "Old", done_at="2026-03-01T09:00:00Z"),
    ]
    was_done = tasks[2].done_at
    client = cast.client(cast.member)
    assert said(post(client, cast, "tasks", tasks[:2], assignee=str(cast.manager.pk)))[-1] == "2 tasks changed."
    assert values(cast, Task, "assignee_id")[:2] == [(cast.manager.pk,)] * 2
    assert said(post(client, cast, "tasks", tasks[:2], edit="due_on", due_on="2026-04-30"))[-1] == "2 tasks changed."
    assert values(cast, Task, "due_on")[:2] == [(dt.date(2026, 4, 30),)] * 2
    assert said(undo(client, cast, "tasks"))[-1] == "2 tasks are as they were."
    assert values(cast, Task, "due_on")[:2] == [(dt.date(2026, 4, 1),), (None,)]
    assert said(post(client, cast, "tasks", tasks[:2], edit="due_on", due_on="2026-02-30"))[-1] == (
        "Not changed: Call, Write. There is no such day."
    )
    post(client, cast, "tasks", tasks, priority="high")
    # What was done stays done since then, and is not opened by taking the others back.
    assert said(post(client, cast, "tasks", tasks, edit="done"))[-1] == "2 tasks done."
    assert values(cast, Task, "done_at")[2] == (was_done,)
    assert said(undo(client, cast, "tasks"))[-1] == "2 tasks are as they were."
    assert values(cast, Task, "done_at") == [(None,), (None,), (was_done,)]
    assert said(post(client, cast, "tasks", tasks, edit="reopen"))[-1] == "1 task open again."
    assert said(undo(client, cast, "tasks"))[-1] == "1 task is as it was."
    assert values(cast, Task, "done_at")[2] == (was_done,)
    with workspace_scope(cast.workspace):
        assert Activity.objects.filter(subject_type="task", verb="updated", user=cast.member.user).count() == 15


def test_an_undo_belongs_to_its_list(cast, account):
    person, task = facts.contact(account), facts.task(cast.workspace)
    client = cast.client(cast.member)
    post(client, cast, "contacts", [person], stance="neutral")
    assert said(undo(client, cast, "tasks"))[-1] == "This can no longer be taken back."
    assert said(undo(client, cast, "contacts"))[-1] == "1 contact is as it was."
    post(client, cast, "tasks", [task], priority="high")
    assert said(undo(client, cast, "tasks"))[-1] == "1 task is as it was."


@pytest.mark.parametrize("plural", ["contacts", "contracts", "tasks"])
def test_bars_are_for_those_who_write(cast, account, plural):
    facts.contact(account)
    facts.contract(account)
    facts.task(cast.workspace, assignee=cast.viewer.user.email)
    viewer = cast.client(cast.viewer).get(cast.url(f"{plural}/?view=open"))
    assert viewer.context["picks"] is None
    assert 'name="picked"' not in viewer.content.decode()
    member = cast.client(cast.member).get(cast.url(f"{plural}/?view=open"))
    assert member.content.decode().count('name="picked"') == 1
    assert cast.client(cast.viewer).post(cast.url(f"{plural}/edits/"), {"picked": ["x"]}).status_code == 403
    assert cast.client(cast.viewer).post(cast.url(f"{plural}/edits/undo/")).status_code == 403


def test_all_tasks_that_match_are_those_of_the_tab_and_view_that_is_open(cast, account):
    with workspace_scope(cast.workspace):
        mine = SavedView.objects.create(
            workspace=cast.workspace, of_list="tasks", name="Urgent", owner_id=cast.member.pk, state={}
        )
    for number in range(60):
        facts.task(cast.workspace, f"Open {number:02}", priority="high" if number < 55 else "low")
    facts.task(cast.workspace, "Done", priority="high", done_at="2026-03-01T09:00:00Z")
    client = cast.client(cast.member)
    page = client.get(cast.url("tasks/"), {"view": "open", "priority": "high", "saved": str(mine.pk)})
    picks = page.context["picks"]
    assert picks.matching == 55
    answer = client.post(cast.url("tasks/edits/"), {"all": "1", "state": picks.state, "priority": "normal"})
    assert said(answer) == ["55 tasks changed."]
    assert [priority for (priority,) in values(cast, Task, "priority")].count("high") == 1


@pytest.mark.parametrize("plural", ["accounts", "contacts", "contracts", "tasks"])
def test_what_is_picked_is_taken_along_in_the_order_of_the_list(cast, account, plural):
    made = {
        "accounts": [facts.account(cast.workspace, name) for name in "abc"],
        "contacts": [facts.contact(account, name) for name in "abc"],
        "contracts": [facts.contract(account, number=name) for name in "abc"],
        "tasks": [facts.task(cast.workspace, name, due_on=f"2026-04-0{n}") for n, name in enumerate("abc", start=1)],
    }[plural]
    client = cast.client(cast.member)
    state = "view=open" if plural == "tasks" else ""
    answer = post(client, cast, plural, [made[2], made[0]], download="csv", state=state)
    lines = b"".join(answer.streaming_content).decode().splitlines()
    order = [name for line in lines[1:] for name in "abc" if name in line.split(",")]
    assert order == (["c", "a"] if plural == "contracts" else ["a", "c"])
    assert post(client, cast, plural, made, download="pdf").status_code == 404
    with workspace_scope(cast.workspace):
        assert Activity.objects.filter(verb="exported", user=cast.member.user).count() == 1
        type(cast.member).objects.filter(pk=cast.member.pk).update(may_export=False)
    withheld = cast.client(cast.member)
    assert post(withheld, cast, plural, made, download="csv").status_code == 403
    page = withheld.get(cast.url(f"{plural}/?view=open"))
    assert "download" not in [pick.key for pick in page.context["picks"].edits]
