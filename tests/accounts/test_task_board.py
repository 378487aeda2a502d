"""Tasks as a board: columns by when they are due, moves and their undo."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Task
from tests.accounts import facts
from workspaces.scope import workspace_scope

pytestmark = pytest.mark.usefixtures("on_the_day")
TODAY = "2026-03-31"
ME = "member@example.com"


@pytest.fixture
def book(cast):
    account = facts.account(cast.workspace)
    made = {
        "Late": {"due_on": "2026-03-30"},
        "Now": {"due_on": TODAY, "account_id": str(account.pk), "priority": "high"},
        "Soon": {"due_on": "2026-04-07"},
        "Far": {"due_on": "2026-04-08"},
        "Whenever": {},
        "Finished": {"due_on": "2026-03-01", "done_at": "2026-03-30T10:00:00Z"},
        "Long ago": {"done_at": "2026-03-01T10:00:00Z"},
    }
    return {name: facts.task(cast.workspace, name, assignee=ME, **row) for name, row in made.items()}


def stands(cast, person=None, **params):
    page = cast.client(person or cast.member).get(cast.url("tasks/"), {"layout": "board"} | params)
    columns = page.context["board"]["columns"]
    assert [shown.count for shown in columns] == [len(shown.cards) for shown in columns]
    return {shown.column.key: [card.title for card in shown.cards] for shown in columns}


def move(cast, person, text, field="move", **extra):
    return cast.client(person).post(cast.url("tasks/move/?layout=board"), {field: text} | extra)


def test_board_has_a_column_for_each_time(cast, book):
    assert stands(cast) == {
        "overdue": ["Late"],
        "today": ["Now"],
        "week": ["Soon"],
        "later": ["Far"],
        "none": ["Whenever"],
        "done": ["Finished"],
    }
    assert not any(stands(cast, cast.owner).values())
    assert stands(cast, cast.viewer, view="open", q="no") == {
        "overdue": [], "today": ["Now"], "week": [], "later": [], "none": [], "done": [],
    }  # fmt: skip
    client = cast.client(cast.member)
    page = client.get(cast.url("tasks/?layout=board"))
    assert [layout["active"] for layout in page.context["layouts"]] == [False, True]
    assert "layout=board" in page.context["views"].tabs[1].href
    # Kept as a view, it opens as a board.
    kept = client.post(page.context["views"].new_url, {"name": "My board"})
    assert client.get(kept["Location"]).context["board"]
    assert client.get(cast.url("tasks/?view=done&layout=board")).context["board"] is None


@pytest.mark.parametrize(
    "column, due_on, is_done",
    [
        ("today", TODAY, False),
        ("week", "2026-04-07", False),
        ("later", "2026-04-14", False),
        ("none", None, False),
        ("done", "2026-03-30", True),
    ],
)
def test_a_move_says_when_a_task_is_due_and_is_taken_back(cast, book, column, due_on, is_done):
    late = book["Late"]
    client = cast.client(cast.member)
    answer = client.post(
        cast.url("tasks/move/?layout=board"), {"move": f"{late.pk}:{column}"}, headers={"HX-Request": "true"}
    )
    html = answer.content.decode()
    assert html.count("data-moved") == 1
    with workspace_scope(cast.workspace):
        late.refresh_from_db()
    assert (late.due_on, late.is_done) == (due_on and dt.date.fromisoformat(due_on), is_done)
    token = html.partition('name="token" value="')[2].partition('"')[0].replace("&#x27;", "'")
    back = cast.url("tasks/?layout=board")
    assert move(cast, cast.member, token, "token", back=back)["Location"] == back
    with workspace_scope(cast.workspace):
        late.refresh_from_db()
    assert (late.due_on, late.done_at) == (dt.date(2026, 3, 30), None)
    # A second time there is nothing to take back.
    move(cast, cast.member, f"{late.pk}:today")
    move(cast, cast.member, token, "token")
    with workspace_scope(cast.workspace):
        late.refresh_from_db()
    assert late.due_on == dt.date.fromisoformat(TODAY)


def test_a_done_task_is_opened_again_and_back(cast, book):
    done = book["Finished"]
    answer = cast.client(cast.member).post(
        cast.url("tasks/move/?layout=board"), {"move": f"{done.pk}:today"}, headers={"HX-Request": "true"}
    )
    assert stands(cast)["today"] == ["Now", "Finished"]
    token = answer.content.decode().partition('name="token" value="')[2].partition('"')[0]
    move(cast, cast.member, token, "token")
    with workspace_scope(cast.workspace):
        again = Task.objects.get(pk=done.pk)
    assert (again.due_on, again.done_at) == (dt.date(2026, 3, 1), done.done_at)


def test_moves_are_refused_to_viewers_and_other_workspaces(cast, book):
    late, secret = book["Late"], facts.task(cast.rival, "Secret")
    assert move(cast, cast.viewer, f"{late.pk}:today").status_code == 403
    texts = [f"{secret.pk}:today", f"{late.pk}:overdue", f"{late.pk}:", "x:today", "", f"{late.pk}:nowhere"]
    for text in texts:
        assert move(cast, cast.member, text).status_code == 404, text
    for token in ("", "a|b", f"{secret.pk}||||", f"{secret.pk}|||2026-03-31T00:00:00Z", f"{late.pk}|2026-99-99||x"):
        assert move(cast, cast.member, token, "token").status_code == 404, token
    with workspace_scope(cast.workspace):
        seen = Task.objects.get(pk=late.pk).updated_at.isoformat()
    assert move(cast, cast.member, f"{late.pk}|9999-01-01||{seen}", "token").status_code == 404
    # What was changed since stays.
    assert move(cast, cast.member, f"{late.pk}|2026-01-01||2026-03-31T00:00:00Z", "token").status_code == 302
    with workspace_scope(cast.workspace):
        late.refresh_from_db()
    assert late.due_on == dt.date(2026, 3, 30)


def test_a_board_takes_as_many_queries_however_many_tasks(cast, book):
    client, address = cast.client(cast.member), cast.url("tasks/?layout=board")
    client.get(address)
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    with workspace_scope(cast.workspace):
        rows = [{"title": f"More {n:02}", "due_on": "2026-03-29", "assignee": ME} for n in range(35)]
        facts.actions.save_tasks(workspace=cast.workspace, rows=rows, by=cast.actor(cast.owner))
    with CaptureQueriesContext(connection) as many:
        page = client.get(address)
    assert len(few) == len(many) <= 16
    overdue = page.context["board"]["columns"][0]
    assert (overdue.count, len(overdue.cards)) == (36, 30)
    assert cast.client(cast.member).get(overdue.more_url).context["list"].totals.count == 36
