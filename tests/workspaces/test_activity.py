"""The trail: what it keeps, and how its page tells it."""

import pytest
from django.urls import reverse

from tests.accounts.test_grouped_lists import heads
from tests.accounts.test_grouped_lists import shown as shown_list
from workspaces.actions.members import change_member
from workspaces.actions.settings import update_metric_settings
from workspaces.actions.teams import save_team
from workspaces.activity import difference, record
from workspaces.models import Activity
from workspaces.scope import workspace_scope
from workspaces.trail import Entry, shown


@pytest.mark.parametrize(
    ("before", "after", "changed"),
    [
        ({"a": 1, "b": 2}, {"a": 1, "b": 3}, ({"b": 2}, {"b": 3})),
        ({"a": 1}, {"a": 1}, ({}, {})),
        ({}, {"a": None, "b": 0}, ({"b": None}, {"b": 0})),
    ],
)
def test_difference(before, after, changed):
    assert difference(before, after) == changed


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        ("", ""),
        ([], ""),
        (0, "0"),
        (False, "no"),
        (True, "yes"),
        ("x" * 200, "x" * 160 + "…"),
        (["a", "b"], "a, b"),
        ([{"a": 1}], "1 entry"),
        ([{"a": 1}, {"a": 2}], "2 entries"),
        ({"code": "missing_rate", "currency": "USD"}, "code: missing_rate, currency: USD"),
    ],
)
def test_shown(value, text):
    assert shown(value) == text


def test_entry_of_a_change(acme):
    change_member(workspace=acme.workspace, pk=acme.viewer.pk, role="member", team=None, by=acme.actor(acme.owner))
    entry = Entry.of(Activity.objects.latest("id"), "acme")
    assert (entry.who, str(entry.verb), str(entry.kind), entry.label, str(entry.door)) == (
        "Owner", "changed", "Member", "Viewer", "Page",
    )  # fmt: skip
    assert entry.changes == [{"label": "role", "before": "Viewer", "after": "Member"}]
    assert entry.url == f"/w/acme/settings/members/{acme.viewer.pk}/"


def test_entry_of_things_it_does_not_know(acme):
    record(
        workspace=acme.workspace,
        by=acme.actor(acme.owner, door="pigeon"),
        verb="sung",
        subject=acme.owner,
        subject_type="song",
        after={"tune": "high"},
    )
    entry = Entry.of(Activity.objects.latest("id"), "acme")
    assert (entry.verb, entry.kind, entry.door, entry.url) == ("sung", "song", "pigeon", "")
    assert entry.changes == [{"label": "tune", "before": "", "after": "high"}]


def test_entry_leaves_out_keys_of_rows(acme):
    after = {"amount": "5.00", "channel_id": "01a202d5-8455-7728-b2f0-46afb144cd98", "external_id": "S-1"}
    record(workspace=acme.workspace, by=acme.actor(acme.owner), verb="created", subject=acme.workspace, after=after)
    entry = Entry.of(Activity.objects.latest("id"), "acme")
    assert [str(change["label"]) for change in entry.changes] == ["amount", "external id"]


def test_entry_calls_a_run_by_its_kind(acme):
    job = "01a202ef-551a-7775-89d9-34c2a35bcbb3"
    record(
        workspace=acme.workspace,
        by=acme.actor(acme.owner),
        verb="succeeded",
        subject=acme.workspace,
        subject_type="run",
        after={"job": job, "state": "succeeded"},
    )
    Activity.objects.filter(subject_type="run").update(subject_label=f"import write:{job}")
    entry = Entry.of(Activity.objects.latest("id"), "acme")
    assert str(entry.label) == "Import"
    assert entry.changes == [{"label": "state", "before": "", "after": "finished"}]


def page(cast, query="") -> str:
    return cast.client(cast.manager).get(reverse("workspaces:activity", args=["acme"]) + query).content.decode()


def test_page_tells_and_filters(cast):
    with workspace_scope(cast.workspace):
        save_team(workspace=cast.workspace, name="Northern team", manager=None, by=cast.actor(cast.owner))
    assert "Northern team" in page(cast)
    assert "Northern team" in page(cast, "?kind=team&door=page")
    assert "Northern team" in page(cast, f"?person={cast.owner.user_id}")
    assert "Northern team" not in page(cast, "?kind=account")
    assert "Northern team" not in page(cast, "?door=api")
    assert "Northern team" not in page(cast, f"?person={cast.viewer.user_id}")
    assert "No activity matches" in page(cast, "?kind=account")


def test_page_goes_on_by_keyset(cast):
    with workspace_scope(cast.workspace):
        for number in range(60):
            save_team(workspace=cast.workspace, name=f"Team {number:02}", manager=None, by=cast.actor(cast.owner))
    client = cast.client(cast.manager)
    first = client.get(reverse("workspaces:activity", args=["acme"]))
    assert "Team 59" in first.content.decode()
    assert "Team 09" not in first.content.decode()
    following = client.get(first.context["list"].next_url)
    assert "Team 09" in following.content.decode()
    assert "Team 59" not in following.content.decode()


def test_page_asks_the_database_no_more_for_more_rows(cast, django_assert_max_num_queries):
    with workspace_scope(cast.workspace):
        for number in range(40):
            save_team(workspace=cast.workspace, name=f"Team {number:02}", manager=None, by=cast.actor(cast.owner))
    client = cast.client(cast.manager)
    with django_assert_max_num_queries(15):
        client.get(reverse("workspaces:activity", args=["acme"]))


def test_another_workspaces_trail_is_not_shown(cast):
    with workspace_scope(cast.rival):
        save_team(workspace=cast.rival, name="Secret team", manager=None, by=cast.actor(cast.stranger))
    assert "Secret team" not in page(cast)


def test_metric_settings_are_named_once(acme):
    update_metric_settings(workspace=acme.workspace, by=acme.actor(acme.owner), renewal_grace_days=30)
    entry = Entry.of(Activity.objects.latest("id"), "acme")
    assert (entry.kind, entry.label) == ("Metric settings", "")


def test_escapes_what_people_wrote(cast):
    with workspace_scope(cast.workspace):
        save_team(workspace=cast.workspace, name="<script>alert(1)</script>", manager=None, by=cast.actor(cast.owner))
    assert "<script>alert(1)" not in page(cast)


@pytest.fixture
def trail(cast):
    """Of two days in Shanghai, though one in UTC, by a member, somebody who left and a key."""
    with workspace_scope(cast.workspace):
        rows = [
            ("2026-03-30T15:59:00Z", cast.member.user, "member@example.com", "account"),
            ("2026-03-30T16:01:00Z", cast.viewer.user, "viewer@example.com", "account"),
            ("2026-03-31T02:00:00Z", None, "billing key", "contract"),
            ("2026-03-31T03:00:00Z", cast.member.user, "member@example.com", "pigeonhole"),
        ]
        Activity.objects.filter(workspace=cast.workspace).delete()
        for number, (at, user, actor, kind) in enumerate(rows):
            Activity.objects.create(
                workspace=cast.workspace,
                at=at,
                user=user,
                actor=actor,
                door="page",
                verb="updated",
                subject_type=kind,
                subject_id=str(number),
                subject_label=f"Thing {number}",
            )
        type(cast.viewer).objects.filter(pk=cast.viewer.pk).update(is_active=False)
    return cast


@pytest.mark.parametrize(
    "group, wanted, led",
    [
        ("day", [("31 Mar 2026", 3), ("30 Mar 2026", 1)], 2),
        ("person", [("Member", 2), ("Viewer", 1), ("billing key", 1)], 2),
        ("kind", [("Account", 2), ("Contract", 1), ("pigeonhole", 1)], 2),
    ],
)
def test_the_trail_in_groups(trail, group, wanted, led):
    page = shown_list(trail, "activity/", person=trail.owner, group=group)
    assert [head[:2] for head in heads(page)] == wanted
    assert len([head for head in page.context["list"].groups if head.href]) == led
    sections = page.context["sections"]
    assert [(str(one["group"].label), len(one["entries"])) for one in sections] == wanted
    text = page.content.decode()
    assert text.count("Thing ") == 4
    plain = shown_list(trail, "activity/", person=trail.owner).context["sections"]
    assert [(one["day"].day, len(one["entries"])) for one in plain] == [(31, 3), (30, 1)]


def test_days_of_the_trail_turn_with_its_order(trail):
    page = shown_list(trail, "activity/", person=trail.owner, group="day", sort="at")
    assert [head[0] for head in heads(page)] == ["30 Mar 2026", "31 Mar 2026"]


def test_the_page_counts_in_the_reader_s_figures(cast):
    with workspace_scope(cast.workspace):
        record(workspace=cast.workspace, by=cast.actor(cast.owner), verb="updated", subject=cast.workspace)
        one = Activity.objects.latest("id")
        before = Activity.objects.count()
        told = {field.attname: getattr(one, field.attname) for field in Activity._meta.concrete_fields}
        del told["id"]
        Activity.objects.bulk_create(Activity(**told) for _one in range(1200 - before))
    assert "1,200 activities" in cast.client(cast.owner).get(cast.url("activity/")).content.decode()
