"""Members and teams: who may change them, and what can never be left behind."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from tests.cast import Cast, make_member, make_user
from workspaces.actions.api_keys import create_api_key
from workspaces.actions.members import add_member, change_member, deactivate_member, reactivate_member
from workspaces.actions.teams import remove_team, save_team
from workspaces.models import Activity, ApiKey, Membership, Team
from workspaces.scope import workspace_scope


def facts(cast: Cast) -> list[tuple]:
    return list(Membership.objects.order_by("user__email").values_list("user__email", "role", "team", "is_active"))


def last_activity(verb: str) -> Activity:
    return Activity.objects.filter(verb=verb).latest("id")


def test_change_member_gives_role_and_team(acme):
    team = save_team(workspace=acme.workspace, name="North", manager=None, by=acme.actor(acme.owner))
    change_member(workspace=acme.workspace, pk=acme.viewer.pk, role="manager", team=team, by=acme.actor(acme.owner))
    changed = Membership.objects.get(pk=acme.viewer.pk)
    assert (changed.role, changed.team) == ("manager", team)
    trail = last_activity("updated")
    assert (trail.subject_type, trail.subject_label, trail.actor) == ("membership", "Viewer", "owner@example.com")
    assert (trail.before, trail.after) == ({"role": "viewer", "team": None}, {"role": "manager", "team": "North"})


def test_changing_nothing_leaves_no_trace(acme):
    before = Activity.objects.count()
    change_member(workspace=acme.workspace, pk=acme.viewer.pk, role="viewer", team=None, by=acme.actor(acme.owner))
    assert Activity.objects.count() == before


@pytest.mark.parametrize("role", ["manager", "member", "viewer"])
def test_only_owners_manage_people(acme, role):
    by = acme.actor(acme.people[role])
    before, trail = facts(acme), Activity.objects.count()
    newcomer = make_user("newcomer")
    for action in (
        lambda: add_member(workspace=acme.workspace, user=newcomer, role="viewer", by=by),
        lambda: change_member(workspace=acme.workspace, pk=acme.people[role].pk, role="owner", team=None, by=by),
        lambda: deactivate_member(workspace=acme.workspace, pk=acme.owner.pk, revoke_keys=False, by=by),
        lambda: reactivate_member(workspace=acme.workspace, pk=acme.viewer.pk, by=by),
        lambda: save_team(workspace=acme.workspace, name="Mine", manager=None, by=by),
    ):
        with pytest.raises(PermissionDenied):
            action()
    assert (facts(acme), Activity.objects.count()) == (before, trail)


def test_last_owner_stays(acme):
    before = facts(acme)
    by = acme.actor(acme.owner)
    with pytest.raises(ValidationError, match="needs an owner"):
        change_member(workspace=acme.workspace, pk=acme.owner.pk, role="manager", team=None, by=by)
    with pytest.raises(ValidationError, match="needs an owner"):
        deactivate_member(workspace=acme.workspace, pk=acme.owner.pk, revoke_keys=True, by=by)
    assert facts(acme) == before
    change_member(workspace=acme.workspace, pk=acme.manager.pk, role="owner", team=None, by=by)
    deactivate_member(workspace=acme.workspace, pk=acme.owner.pk, revoke_keys=True, by=by)
    # An owner who was shut out does not count as one.
    with pytest.raises(ValidationError, match="needs an owner"):
        deactivate_member(workspace=acme.workspace, pk=acme.manager.pk, revoke_keys=False, by=by)


def test_a_role_that_does_not_exist(acme):
    with pytest.raises(ValidationError) as refusal:
        change_member(workspace=acme.workspace, pk=acme.viewer.pk, role="god", team=None, by=acme.actor(acme.owner))
    assert list(refusal.value.message_dict) == ["role"]


def test_members_and_teams_of_another_workspace_are_unknown(acme):
    by = acme.actor(acme.owner)
    with pytest.raises(Membership.DoesNotExist):
        change_member(workspace=acme.workspace, pk=acme.stranger.pk, role="viewer", team=None, by=by)
    with workspace_scope(acme.rival):
        theirs = save_team(workspace=acme.rival, name="Theirs", manager=None, by=acme.actor(acme.stranger))
    with pytest.raises(ValidationError, match="No such team"):
        change_member(workspace=acme.workspace, pk=acme.viewer.pk, role="viewer", team=theirs, by=by)
    with pytest.raises(ValidationError, match="No such member"):
        save_team(workspace=acme.workspace, name="North", manager=acme.stranger, by=by)
    with pytest.raises(Team.DoesNotExist):
        remove_team(workspace=acme.workspace, pk=theirs.pk, by=by)


@pytest.mark.parametrize("revoke_keys", [True, False])
def test_deactivate_member_shuts_out_and_may_revoke_their_keys(acme, revoke_keys):
    make_member(acme.workspace, second := make_user("second"), "owner")
    by_second = acme.actor(Membership.objects.select_related("user").get(user=second))
    theirs, _ = create_api_key(workspace=acme.workspace, name="Theirs", scope="read", by=by_second)
    ours, _ = create_api_key(workspace=acme.workspace, name="Ours", scope="read", by=acme.actor(acme.owner))
    pk = Membership.objects.get(user=second).pk
    team = save_team(
        workspace=acme.workspace, name="North", manager=Membership.objects.get(pk=pk), by=acme.actor(acme.owner)
    )
    deactivate_member(workspace=acme.workspace, pk=pk, revoke_keys=revoke_keys, by=acme.actor(acme.owner))
    assert not Membership.objects.get(pk=pk).is_active
    assert Team.objects.get(pk=team.pk).manager is None
    assert (ApiKey.objects.get(pk=theirs.pk).revoked_at is not None) is revoke_keys
    assert ApiKey.objects.get(pk=ours.pk).revoked_at is None
    assert last_activity("deactivated").after == {"is_active": False}


def test_a_former_member_comes_back_as_they_were(acme):
    by = acme.actor(acme.owner)
    deactivate_member(workspace=acme.workspace, pk=acme.member.pk, revoke_keys=False, by=by)
    reactivate_member(workspace=acme.workspace, pk=acme.member.pk, by=by)
    assert ("member@example.com", "member", None, True) in facts(acme)


def test_teams_are_named_once_and_dissolve_without_losing_people(acme):
    by = acme.actor(acme.owner)
    north = save_team(workspace=acme.workspace, name=" North ", manager=acme.manager, by=by)
    assert north.name == "North"
    with pytest.raises(ValidationError, match="this name already"):
        save_team(workspace=acme.workspace, name="North", manager=None, by=by)
    change_member(workspace=acme.workspace, pk=acme.member.pk, role="member", team=north, by=by)
    save_team(workspace=acme.workspace, pk=north.pk, name="East", manager=None, by=by)
    assert last_activity("updated").after == {"name": "East", "manager": None}
    remove_team(workspace=acme.workspace, pk=north.pk, by=by)
    assert not Team.objects.exists()
    assert ("member@example.com", "member", None, True) in facts(acme)


def test_member_page_changes_and_shuts_out(cast):
    client = cast.client(cast.owner)
    client.post(reverse("workspaces:member", args=["acme", cast.viewer.pk]), {"role": "manager"})
    client.post(reverse("workspaces:member_deactivate", args=["acme", cast.member.pk]))
    with workspace_scope(cast.workspace):
        assert Membership.objects.get(pk=cast.viewer.pk).role == "manager"
        assert not Membership.objects.get(pk=cast.member.pk).is_active
    page = client.get(reverse("workspaces:members", args=["acme"])).content.decode()
    assert "Former members" in page
    client.post(reverse("workspaces:member_reactivate", args=["acme", cast.member.pk]))
    with workspace_scope(cast.workspace):
        assert Membership.objects.get(pk=cast.member.pk).is_active


def test_member_page_refuses_the_last_owners_exit(cast):
    client = cast.client(cast.owner)
    url = reverse("workspaces:member", args=["acme", cast.owner.pk])
    response = client.post(url, {"role": "viewer"})
    assert response.status_code == 422
    assert "needs an owner" in response.content.decode()
    response = client.post(reverse("workspaces:member_deactivate", args=["acme", cast.owner.pk]), follow=True)
    assert "needs an owner" in response.content.decode()
    with workspace_scope(cast.workspace):
        assert facts(cast)[2] == ("owner@example.com", "owner", None, True)


@pytest.mark.parametrize("role", ["manager", "member", "viewer"])
def test_member_pages_are_for_owners(cast, role):
    client = cast.client(cast.people[role])
    for name in ("member", "member_deactivate", "member_reactivate"):
        response = client.post(reverse(f"workspaces:{name}", args=["acme", cast.owner.pk]), {"role": "viewer"})
        assert response.status_code == 403, name
    with workspace_scope(cast.workspace):
        assert facts(cast)[2] == ("owner@example.com", "owner", None, True)


def test_team_pages(cast):
    client = cast.client(cast.owner)
    # Whom it may have as a manager, by name.
    cast.member.user.name = "王磊"
    cast.member.user.save()
    form = client.get(reverse("workspaces:team_new", args=["acme"])).context["form"]
    assert [label for _value, label in form.fields["manager"].choices] == [
        "Nobody",
        "Manager",
        "Owner",
        "Viewer",
        "王磊",
    ]
    client.post(reverse("workspaces:team_new", args=["acme"]), {"name": "North", "manager": cast.manager.pk})
    with workspace_scope(cast.workspace):
        team = Team.objects.get()
        assert (team.name, team.manager_id) == ("North", cast.manager.pk)
    again = client.post(reverse("workspaces:team_new", args=["acme"]), {"name": "North"})
    assert again.status_code == 422
    client.post(reverse("workspaces:team_edit", args=["acme", team.pk]), {"name": "South"})
    assert "South" in client.get(reverse("workspaces:teams", args=["acme"])).content.decode()
    client.post(reverse("workspaces:team_remove", args=["acme", team.pk]))
    with workspace_scope(cast.workspace):
        assert not Team.objects.exists()
