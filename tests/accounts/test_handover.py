"""A leaver's accounts, in one step."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from accounts.actions import hand_over_accounts, save_accounts, save_tasks, void_account
from accounts.models import Account, Task
from workspaces.actions.members import deactivate_member
from workspaces.models import Activity
from workspaces.scope import workspace_scope


def make_accounts(cast) -> None:
    """Two standing accounts and a voided one of the member, one of the manager, one of nobody."""
    owners = {"a": "member", "b": "member", "gone": "member", "c": "manager", "d": None}
    rows = [{"external_id": key, "name": key, "owner": role and f"{role}@example.com"} for key, role in owners.items()]
    results = save_accounts(workspace=cast.workspace, rows=rows, by=cast.actor(cast.owner))
    void_account(workspace=cast.workspace, pk=results[2].id, reason="double", by=cast.actor(cast.owner))


def owners() -> dict[str, str | None]:
    return dict(Account.objects.order_by("name").values_list("name", "owner__user__email"))


BEFORE = {
    "a": "member@example.com",
    "b": "member@example.com",
    "c": "manager@example.com",
    "d": None,
    "gone": "member@example.com",
}


def test_hand_over_gives_the_standing_accounts(acme):
    make_accounts(acme)
    rows = [{"title": title, "assignee": "member@example.com"} for title in ("Call", "Write", "Done")]
    rows[2]["done_at"] = "2026-03-01T09:00:00+08:00"
    assert {result.status for result in save_tasks(workspace=acme.workspace, rows=rows, by=acme.actor(acme.owner))} == {
        "created"
    }
    deactivate_member(workspace=acme.workspace, pk=acme.member.pk, revoke_keys=False, by=acme.actor(acme.owner))
    counts = hand_over_accounts(
        workspace=acme.workspace, giver=acme.member, taker=acme.manager, by=acme.actor(acme.owner)
    )
    assert counts == (2, 2)
    assert dict(Task.objects.values_list("title", "assignee__user__email")) == {
        "Call": "manager@example.com",
        "Write": "manager@example.com",
        "Done": "member@example.com",
    }
    told = Activity.objects.filter(subject_type="task", verb="updated")
    assert {(row.subject_label, row.after["assignee"]) for row in told} == {
        ("Call", "manager@example.com"),
        ("Write", "manager@example.com"),
    }
    assert owners() == BEFORE | {"a": "manager@example.com", "b": "manager@example.com"}
    trail = Activity.objects.filter(subject_type="account", verb="updated")
    assert {(row.subject_label, row.before["owner"], row.after["owner"]) for row in trail} == {
        ("a", "member@example.com", "manager@example.com"),
        ("b", "member@example.com", "manager@example.com"),
    }


def test_hand_over_refuses_who_cannot_take(acme):
    make_accounts(acme)
    by = acme.actor(acme.owner)
    deactivate_member(workspace=acme.workspace, pk=acme.viewer.pk, revoke_keys=False, by=by)
    acme.viewer.refresh_from_db()
    for taker in (acme.viewer, acme.stranger, acme.member):
        with pytest.raises(ValidationError):
            hand_over_accounts(workspace=acme.workspace, giver=acme.member, taker=taker, by=by)
    assert owners() == BEFORE


@pytest.mark.parametrize("role", ["manager", "member", "viewer"])
def test_hand_over_is_for_owners(acme, role):
    make_accounts(acme)
    with pytest.raises(PermissionDenied):
        hand_over_accounts(
            workspace=acme.workspace, giver=acme.member, taker=acme.manager, by=acme.actor(acme.people[role])
        )
    assert owners() == BEFORE
    assert (
        acme.client(acme.people[role]).get(reverse("accounts:hand_over", args=["acme", acme.member.pk])).status_code
        == 403
    )


def test_hand_over_page(cast):
    with workspace_scope(cast.workspace):
        make_accounts(cast)
    client = cast.client(cast.owner)
    url = reverse("accounts:hand_over", args=["acme", cast.member.pk])
    assert "owns 2 accounts" in client.get(url).content.decode()
    part = client.get(url, HTTP_HX_REQUEST="true").content.decode()
    assert "owns 2 accounts" in part
    assert "<html" not in part
    # By name, not by mail address.
    cast.owner.user.name = "王磊"
    cast.owner.user.save()
    choices = client.get(url).context["form"].fields["taker"].choices
    assert [label for _value, label in choices] == ["Manager", "Viewer", "王磊"]
    assert client.post(url, {"taker": cast.stranger.pk}).status_code == 422
    assert client.post(url, {"taker": cast.member.pk}).status_code == 422
    assert client.post(url, {"taker": cast.manager.pk}).status_code == 302
    with workspace_scope(cast.workspace):
        assert owners()["a"] == "manager@example.com"
    assert url in client.get(reverse("workspaces:member", args=["acme", cast.member.pk])).content.decode()
