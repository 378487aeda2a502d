"""The bell: who is told of what, once, in their own language; what they read of it, and what they do not want to hear."""

import datetime as dt

import pytest
from django.utils import timezone, translation

from accounts.actions import (
    hand_over_accounts,
    merge_accounts,
    save_accounts,
    save_tasks,
    split_accounts,
    void_account,
    void_task,
)
from jobs.imports.actions import start_import
from jobs.models import Outbox
from jobs.runs import claim_one, execute
from jobs.tasks import drop_old_notifications
from metrics.actions import request_closing
from tests.accounts import facts
from tests.cast import AT, DAY, make_member, make_user
from tests.jobs.imports.test_actions import check, receive
from workspaces.actions.invitations import accept_invitation, create_invitation
from workspaces.actions.members import deactivate_member
from workspaces.actions.notifications import choose_ways, notify, ways_of
from workspaces.models import Activity, Membership, Notification, NotificationChoice
from workspaces.notifications import KINDS, Shown, address_of
from workspaces.scope import workspace_scope


def told(member: Membership) -> list[str]:
    """What a member was told, in the language in force, the earliest first."""
    return [Shown.of(row).text for row in Notification.objects.filter(member=member).order_by("pk")]


def give_task(cast, title, to, *, by=None, **row):
    rows = [{"title": title, "assignee": f"{to}@example.com"} | row]
    (result,) = save_tasks(workspace=cast.workspace, rows=rows, by=cast.actor(by or cast.manager))
    return result.id


def test_a_task_is_told_to_whom_it_is_given_and_leads_to_it(acme):
    task = give_task(acme, "Call Lanhai", "member")
    give_task(acme, "My own", "manager")
    give_task(acme, "Done already", "viewer", done_at="2026-03-01T10:00:00Z")
    (row,) = Notification.objects.all()
    assert (row.member, row.read_at) == (acme.member, None)
    assert told(acme.member) == ["Manager gave you a task: Call Lanhai"]
    assert address_of(row, "acme") == f"/w/acme/tasks/{task}/edit/"
    with translation.override("zh-hans"):
        assert told(acme.member) == ["Manager 给您安排了任务：Call Lanhai"]
    # Changing it tells nobody again; giving it to somebody else tells them.
    save_tasks(
        workspace=acme.workspace, rows=[{"id": str(task), "note": "soon"}], by=acme.actor(acme.manager), mode="update"
    )
    row = {"id": str(task), "assignee": "viewer@example.com"}
    save_tasks(workspace=acme.workspace, rows=[row], by=acme.actor(acme.member), mode="update")
    assert told(acme.member) == ["Manager gave you a task: Call Lanhai"]
    assert told(acme.viewer) == ["Member gave you a task: Call Lanhai"]


def test_what_the_same_one_gives_within_minutes_is_one_thing(acme):
    for title in ("One", "Two"):
        give_task(acme, title, "member")
    give_task(acme, "Hers", "member", by=acme.owner)
    assert told(acme.member) == ["Manager gave you 2 tasks", "Owner gave you a task: Hers"]
    first = Notification.objects.order_by("pk").first()
    assert address_of(first, "acme") == "/w/acme/tasks/"
    Notification.objects.update(created_at=timezone.now() - dt.timedelta(hours=1))
    give_task(acme, "Later", "member")
    assert told(acme.member)[-1] == "Manager gave you a task: Later"


def test_accounts_are_told_by_the_batch(acme):
    rows = [{"external_id": key, "name": key, "owner": "member@example.com"} for key in ("A", "B")]
    rows.append({"external_id": "C", "name": "C", "owner": "viewer@example.com"})
    save_accounts(workspace=acme.workspace, rows=rows, by=acme.actor(acme.manager))
    assert told(acme.member) == ["Manager handed 2 accounts over to you"]
    assert told(acme.viewer) == ["Manager handed C over to you"]
    row = Notification.objects.get(member=acme.member)
    assert address_of(row, "acme") == f"/w/acme/accounts/?owner={acme.member.pk}"
    save_accounts(workspace=acme.workspace, rows=rows, by=acme.actor(acme.manager), is_demo=True)
    save_accounts(workspace=acme.workspace, rows=[rows[0] | {"owner": None}], by=acme.actor(acme.manager), dry_run=True)
    assert Notification.objects.count() == 2
    deactivate_member(workspace=acme.workspace, pk=acme.member.pk, revoke_keys=False, by=acme.actor(acme.owner))
    acme.member.refresh_from_db()
    hand_over_accounts(
        workspace=acme.workspace, giver=acme.member, taker=acme.manager, by=acme.actor(acme.owner), day=DAY
    )
    assert told(acme.manager) == ["Owner handed 2 accounts over to you"]


def test_nobody_is_told_who_may_not_or_will_not_hear(acme):
    by = acme.actor(acme.owner)
    everybody = [person.pk for person in acme.people.values()]

    def tell(kind: str) -> int:
        return notify(workspace=acme.workspace, kind=kind, members=everybody, by=by, subject_type="run", subject_id="x")

    assert tell("mentioned") == 3, "not whoever did it"
    assert tell("closing_failed") == 2, "those who may close days, also whoever did it"
    assert tell("member_joined") == 0
    choose_ways(workspace=acme.workspace, member=acme.viewer, ways={"mentioned": "off"}, by=acme.actor(acme.viewer))
    assert tell("mentioned") == 2
    Membership.objects.filter(pk=acme.member.pk).update(is_active=False)
    assert tell("mentioned") == 1
    assert notify(workspace=acme.workspace, kind="mentioned", members=[], by=by, subject_type="run") == 0
    assert (
        notify(workspace=acme.workspace, kind="mentioned", members=[acme.stranger.pk], by=by, subject_type="run") == 0
    )
    assert not Activity.objects.filter(subject_type="notification").exists()


def test_by_mail_at_once_when_it_is_wanted(acme, settings):
    settings.HAS_MAIL_SERVER = True
    choose_ways(workspace=acme.workspace, member=acme.member, ways={"assigned": "mail"}, by=acme.actor(acme.member))
    acme.member.user.language = "zh-hans"
    acme.member.user.save()
    give_task(acme, "Call\nLanhai"[:4] + " Lanhai", "member")
    give_task(acme, "Not by mail", "viewer")
    mail = Outbox.objects.get()
    row = Notification.objects.get(member=acme.member)
    assert (mail.to, mail.subject) == ("member@example.com", "Manager 给您安排了任务：Call Lanhai (Acme)")
    assert f"/w/acme/notifications/{row.pk}/" in mail.body
    assert "/w/acme/notifications/choices/" in mail.body


@pytest.mark.django_db(transaction=True)
def test_whose_import_ended_and_whose_closing_failed(cast):
    with workspace_scope(cast.workspace):
        job = start_import(
            job=check(cast, receive(cast, "spend", "date,channel,amount", "2026-01-01,Search,10")),
            by=cast.actor(cast.manager),
        )
    assert claim_one(job.run)
    execute(job.run_id, cast.workspace.pk)
    with workspace_scope(cast.workspace):
        (row,) = Notification.objects.filter(kind="import_ended")
        shown = Shown.of(row)
        assert (row.member, row.subject_id) == (cast.manager, str(job.pk))
        assert (shown.text, shown.note) == (f"{job.name} is imported", "1 created")
        assert address_of(row, "acme") == f"/w/acme/imports/{job.pk}/"
        run = request_closing(
            workspace=cast.workspace, by=cast.actor(cast.manager), at=AT, until=AT.date().replace(day=1)
        )
        facts.account(cast.workspace)
        cast.manager.role = "viewer"
        cast.manager.save()
    assert claim_one(run)
    execute(run.pk, run.workspace_id)
    with workspace_scope(cast.workspace):
        (row,) = Notification.objects.filter(kind="closing_failed")
        assert row.member == cast.owner, "the manager may not close days any more"
        assert Shown.of(row).note == "Whoever asked for this may not do it any more."
        assert address_of(row, "acme") == f"/w/acme/closings/{run.pk}/"


def test_owners_are_told_who_joined(cast):
    with workspace_scope(cast.workspace):
        _invitation, token = create_invitation(
            workspace=cast.workspace, role="viewer", by=cast.actor(cast.owner), at=timezone.now()
        )
    member = accept_invitation(token=token, user=make_user("nova"), at=timezone.now())
    with workspace_scope(cast.workspace):
        (row,) = Notification.objects.all()
        assert (row.member, Shown.of(row).text, Shown.of(row).note) == (
            cast.owner,
            "Nova joined the workspace",
            "Viewer",
        )
        assert address_of(row, "acme") == f"/w/acme/settings/members/{member.pk}/"


def test_page_opens_marks_and_counts(cast):
    with workspace_scope(cast.workspace):
        task = give_task(cast, "Call", "member")
        give_task(cast, "Write", "member", by=cast.owner)
        first, second = Notification.objects.order_by("pk")
    client, url = cast.client(cast.member), cast.url("notifications/")
    page = client.get(url)
    assert page.context["member"].unread == 2
    assert 'aria-label="Notifications, 2 unread"' in page.content.decode()
    assert [shown.text for _day, rows in page.context["days"] for shown in rows] == [
        "Owner gave you a task: Write",
        "Manager gave you a task: Call",
    ]
    answer = client.get(f"{url}{first.pk}/")
    assert (answer.status_code, answer["Location"]) == (302, f"/w/acme/tasks/{task}/edit/")
    assert client.get(url).context["member"].unread == 1
    assert len(client.get(url, {"view": "unread"}).context["days"][0][1]) == 1
    client.post(f"{url}{first.pk}/mark/")
    assert client.get(url).context["member"].unread == 2
    client.post(f"{url}{second.pk}/mark/", {"read": "1"})
    assert client.get(url).context["member"].unread == 1
    answer = client.post(f"{url}read/", {"view": "unread"})
    assert answer["Location"] == f"{url}?view=unread"
    assert "All read" in client.get(url, {"view": "unread"}).content.decode()
    # They are nobody else's, and of no other workspace.
    for other in (cast.owner, cast.viewer):
        assert cast.client(other).get(f"{url}{first.pk}/").status_code == 404
        assert cast.client(other).post(f"{url}{first.pk}/mark/").status_code == 404
    assert "Nothing yet" in cast.client(cast.viewer).get(url).content.decode()


def test_what_is_gone_says_what_became_of_it(cast):
    with workspace_scope(cast.workspace):
        by = {"workspace": cast.workspace, "by": cast.actor(cast.manager)}
        account = facts.account(cast.workspace, "Lanhai")
        task = give_task(cast, "Call Lanhai", "member", account_id=str(account.pk))
        merged = facts.account(cast.workspace, "Lanhai Ltd")
        voided = facts.account(cast.workspace, "Mistake")
        rows = [{"id": str(one.pk), "owner": "member@example.com"} for one in (merged, voided)]
        for row in rows:
            save_accounts(rows=[row], mode="update", **by)
            Notification.objects.filter(kind="handed_over").update(created_at=timezone.now() - dt.timedelta(hours=1))
        void_task(pk=task, reason="Called already", **by)
        void_account(pk=voided.pk, reason="Entered twice", **by)
        merge = merge_accounts(winner=account, loser=merged, take={}, **by)
        of = {row.subject_label: row.pk for row in Notification.objects.all()}

    def opened(label, **asked):
        return cast.client(cast.member).get(cast.url(f"notifications/{of[label]}/"), **asked)

    shown = opened("Call Lanhai").content.decode()
    assert "“Call Lanhai” is not there any more" in shown
    assert "Voided by Manager" in shown
    assert "Called already" in shown
    assert cast.url(f"accounts/{account.pk}/") in shown
    shown = opened("Mistake").content.decode()
    assert "Entered twice" in shown
    assert opened("Lanhai Ltd")["Location"] == cast.url(f"accounts/{account.pk}/")
    with workspace_scope(cast.workspace):
        split_accounts(merge=merge, **by)
    assert opened("Lanhai Ltd")["Location"] == cast.url(f"accounts/{merged.pk}/")


def test_the_bell_costs_no_query(cast, django_assert_num_queries):
    client = cast.client(cast.viewer)
    client.get(cast.url("notifications/"))
    # Session, user, workspace, scope, member with what is unread; the list, how many; workspaces of the switcher, scope.
    with django_assert_num_queries(QUERIES):
        client.get(cast.url("notifications/"))


QUERIES = 9


def test_choices_are_ones_own_and_by_role(cast):
    client, url = cast.client(cast.member), cast.url("notifications/choices/")
    page = client.get(url)
    assert [row["kind"].key for row in page.context["rows"]] == [
        "assigned",
        "mentioned",
        "handed_over",
        "import_ended",
        "export_ready",
    ]
    assert "no mail server" in page.content.decode()
    client.post(url, {"assigned": "off", "mentioned": "sideways", "member_joined": "mail"})
    with workspace_scope(cast.workspace):
        assert list(NotificationChoice.objects.values_list("member", "kind", "way")) == [
            (cast.member.pk, "assigned", "off")
        ]
        assert ways_of(cast.workspace, cast.member)["assigned"] == "off"
        give_task(cast, "Call", "member")
        assert not Notification.objects.exists()
    assert [row["kind"].key for row in cast.client(cast.owner).get(url).context["rows"]] == list(KINDS)


def test_old_ones_are_let_go(cast):
    with workspace_scope(cast.workspace):
        give_task(cast, "Old", "member")
        Notification.objects.update(created_at=timezone.now() - dt.timedelta(days=91))
        give_task(cast, "New", "member", by=cast.owner)
    drop_old_notifications()
    with workspace_scope(cast.workspace):
        assert told(cast.member) == ["Owner gave you a task: New"]


def test_leaves_with_the_member(acme):
    other = make_member(acme.workspace, make_user("nova"), "member")
    give_task(acme, "Call", "nova")
    assert Notification.objects.filter(member=other).count() == 1
    other.delete()
    assert not Notification.objects.exists()
