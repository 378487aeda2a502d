"""Forms of people, teams and the workspace that somebody else changes while they are open."""

import pytest

from workspaces.actions.members import change_member
from workspaces.actions.settings import update_workspace
from workspaces.actions.teams import save_team
from workspaces.actions.workspaces import workspace_facts
from workspaces.models import Team, Workspace
from workspaces.scope import workspace_scope


def opened(client, url) -> dict:
    """What a browser would send of the form as it stands."""
    context = client.get(url).context
    form = context["form"]
    sent = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in sent.items() if value not in (None, False)} | {"seen": context["seen"]}


def said(response, name) -> str:
    return " ".join(response.context["form"].errors.get(name, []))


def now(cast, row):
    with workspace_scope(cast.workspace):
        return type(row).objects.get(pk=row.pk)


@pytest.fixture
def team(cast) -> Team:
    with workspace_scope(cast.workspace):
        return save_team(workspace=cast.workspace, name="North", manager=None, by=cast.actor(cast.owner))


def change_role(cast, role: str) -> None:
    with workspace_scope(cast.workspace):
        change_member(workspace=cast.workspace, pk=cast.manager.pk, role=role, team=None, by=cast.actor(cast.owner))


def test_a_role_taken_away_meanwhile_is_not_given_back_by_a_form_about_the_team(cast, team):
    client, url = cast.client(cast.owner), cast.url(f"settings/members/{cast.manager.pk}/")
    typed = opened(client, url) | {"team": str(team.pk)}
    change_role(cast, "viewer")
    response = client.post(url, typed, follow=True)
    assert "Saved. What others changed meanwhile stays: Role." in response.content.decode()
    after = now(cast, cast.manager)
    assert (after.role, after.team_id) == ("viewer", team.pk)


def test_a_role_that_two_changed_is_asked_once(cast):
    client, url = cast.client(cast.owner), cast.url(f"settings/members/{cast.manager.pk}/")
    typed = opened(client, url) | {"role": "member"}
    change_role(cast, "viewer")
    refused = client.post(url, typed)
    assert refused.status_code == 422
    assert f"{cast.owner.user} changed this while the form was open." in said(refused, "__all__")
    assert said(refused, "role") == "Changed meanwhile; it says “Viewer”. Save again to replace it."
    assert now(cast, cast.manager).role == "viewer"
    assert client.post(url, typed | {"seen": refused.context["seen"]}).status_code == 302
    assert now(cast, cast.manager).role == "member"


def test_a_team_keeps_the_name_that_it_got_meanwhile(cast, team):
    client, url = cast.client(cast.owner), cast.url(f"settings/teams/{team.pk}/")
    typed = opened(client, url) | {"manager": str(cast.manager.pk)}
    with workspace_scope(cast.workspace):
        save_team(workspace=cast.workspace, pk=team.pk, name="Northwest", manager=None, by=cast.actor(cast.owner))
    response = client.post(url, typed, follow=True)
    assert "Saved. What others changed meanwhile stays: Name." in response.content.decode()
    after = now(cast, team)
    assert (after.name, after.manager_id) == ("Northwest", cast.manager.pk)


def test_public_links_shut_meanwhile_stay_shut(cast):
    client, url = cast.client(cast.owner), cast.url("settings/")
    with workspace_scope(cast.workspace):
        before = workspace_facts(cast.workspace) | {"allows_public_links": True}
        update_workspace(workspace=cast.workspace, by=cast.actor(cast.owner), **before)
    typed = opened(client, url) | {"name": "Acme Ltd"}
    with workspace_scope(cast.workspace):
        closed = before | {"allows_public_links": False}
        update_workspace(workspace=cast.workspace, by=cast.actor(cast.owner), **closed)
    response = client.post(url, typed, follow=True)
    assert "Saved. What others changed meanwhile stays: Public links allowed." in response.content.decode()
    after = Workspace.objects.get(pk=cast.workspace.pk)
    assert (after.name, after.allows_public_links) == ("Acme Ltd", False)
