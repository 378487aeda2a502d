import pytest

from accounts.models import Task
from tests.accounts import facts
from workspaces.scope import workspace_scope

pytestmark = pytest.mark.usefixtures("on_the_day")


def text(response):
    return response.content.decode()


@pytest.fixture
def account(cast):
    return facts.account(cast.workspace)


def tasks(cast):
    with workspace_scope(cast.workspace):
        return list(Task.objects.standing().order_by("pk"))


def titles(client, cast, **params):
    return [task.title for task in client.get(cast.url("tasks/"), params).context["list"].rows]


def test_list_shows_mine_to_do_and_done_by_the_day_they_are_due(cast, account):
    me, other = "member@example.com", "owner@example.com"
    for title, due_on, assignee in (
        ("Late", "2026-03-30", me),
        ("Today", "2026-03-31", me),
        ("Far", "2026-05-01", me),
        ("Whenever", None, me),
        ("Hers", "2026-04-01", other),
        ("Nobody's", "2026-04-02", None),
    ):
        facts.task(cast.workspace, title, due_on=due_on, assignee=assignee)
    facts.task(cast.workspace, "Finished", assignee=me, done_at="2026-03-30T10:00:00Z")
    client = cast.client(cast.member)
    assert titles(client, cast) == ["Late", "Today", "Far", "Whenever"]
    assert titles(client, cast, view="open") == ["Late", "Today", "Hers", "Nobody's", "Far", "Whenever"]
    assert titles(client, cast, view="done") == ["Finished"]
    assert titles(client, cast, due="overdue") == ["Late"]
    assert titles(client, cast, due="week") == ["Today"]
    assert titles(client, cast, due="later") == ["Far"]
    assert titles(client, cast, due="none") == ["Whenever"]
    assert titles(client, cast, view="open", assignee="none") == ["Nobody's"]
    assert titles(client, cast, view="open", assignee=str(cast.owner.pk)) == ["Hers"]
    assert titles(client, cast, q="wheN") == ["Whenever"]
    page = text(client.get(cast.url("tasks/")))
    assert page.count("Overdue</span>") == 1
    assert cast.url("tasks/") in page


def test_a_task_is_entered_from_its_account_done_and_opened_again(cast, account):
    client = cast.client(cast.member)
    answer = client.post(
        cast.url(f"tasks/new/?account={account.pk}"),
        {
            "account": "Lanhai Logistics",
            "title": "Call back",
            "due_on": "2026-04-01",
            "priority": "high",
            "assignee": "owner@example.com",
        },
    )
    account_url = cast.url(f"accounts/{account.pk}/")
    assert answer.url == account_url
    (made,) = tasks(cast)
    assert (made.account_id, made.priority, made.created_by_id) == (account.pk, "high", cast.member.pk)
    assert made.assignee_id == cast.owner.pk
    assert "Call back" in text(client.get(account_url))
    done = client.post(cast.url(f"tasks/{made.pk}/done/"), {"back": account_url})
    assert done.url == account_url
    assert tasks(cast)[0].done_at.isoformat() == "2026-03-31T10:00:00+00:00"
    client.post(cast.url(f"tasks/{made.pk}/done/"))
    page = text(client.get(account_url))
    assert "Nothing to do." in page
    client.post(cast.url(f"tasks/{made.pk}/reopen/"), {"back": "https://elsewhere.example/"})
    assert tasks(cast)[0].done_at is None
    assert client.post(cast.url(f"tasks/{made.pk}/done/"), {"back": "//elsewhere.example"}).url == cast.url("tasks/")


def test_a_task_without_account_is_changed_and_voided(cast):
    client = cast.client(cast.member)
    answer = client.post(cast.url("tasks/new/"), {"title": "Tidy up", "priority": "low", "assignee": ""})
    assert answer.url == cast.url("tasks/")
    (made,) = tasks(cast)
    path = cast.url(f"tasks/{made.pk}/")
    assert client.post(f"{path}edit/", {"title": "", "priority": "low"}).status_code == 422
    client.post(f"{path}edit/", {"title": "Tidy up well", "priority": "normal", "assignee": "member@example.com"})
    assert [(task.title, task.priority, task.assignee_id) for task in tasks(cast)] == [
        ("Tidy up well", "normal", cast.member.pk)
    ]
    client.post(f"{path}void/", {"reason": ""})
    assert len(tasks(cast)) == 1
    client.post(f"{path}void/", {"reason": "Not needed"})
    assert tasks(cast) == []


def test_viewers_are_refused_and_strangers_find_nothing(cast, account):
    made, theirs = facts.task(cast.workspace), facts.task(cast.rival)
    for path in ("new/", f"{made.pk}/edit/", f"{made.pk}/void/", f"{made.pk}/done/", f"{made.pk}/reopen/"):
        assert cast.client(cast.viewer).post(cast.url(f"tasks/{path}"), {"reason": "X"}).status_code == 403
    assert cast.client(cast.owner).get(cast.url(f"tasks/{theirs.pk}/edit/")).status_code == 404
    assert cast.client(cast.owner).post(cast.url(f"tasks/{theirs.pk}/done/")).status_code == 404
    assert titles(cast.client(cast.owner), cast, view="open") == ["Do something"]


def test_queries_do_not_grow_with_tasks(cast, account, django_assert_max_num_queries):
    client = cast.client(cast.viewer)

    def used():
        with django_assert_max_num_queries(25) as counted:
            client.get(cast.url("tasks/"), {"view": "open"})
        return len(counted.captured_queries)

    facts.task(cast.workspace, account_id=str(account.pk), assignee="owner@example.com")
    few = used()
    for n in range(9):
        facts.task(cast.workspace, f"Task {n}", account_id=str(account.pk), assignee="owner@example.com")
    assert used() == few
