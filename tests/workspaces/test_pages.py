"""Every page of this app, for everybody: who may see it, and that it renders."""

import pytest
from django.urls import reverse

from workspaces.actions.teams import save_team

# page → the roles that may see it
PAGES = {
    "roles": "owner manager member viewer",
    "settings": "owner manager member viewer",
    "members": "owner manager member viewer",
    "teams": "owner manager member viewer",
    "team_new": "owner",
    "invitation_new": "owner",
    "api_keys": "owner",
    "api_key_new": "owner",
    "activity": "owner manager",
}


@pytest.mark.parametrize("role", ["owner", "manager", "member", "viewer"])
@pytest.mark.parametrize("page", PAGES)
def test_page_opens_for_its_roles(cast, page, role):
    response = cast.client(cast.people[role]).get(reverse(f"workspaces:{page}", args=["acme"]))
    assert response.status_code == (200 if role in PAGES[page].split() else 403)
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize("page", PAGES)
def test_page_is_not_there_for_a_stranger(cast, page):
    url = reverse(f"workspaces:{page}", args=["acme"])
    assert cast.client(cast.stranger).get(url).status_code == 404
    assert cast.client(None).get(url).status_code == 302


def test_member_and_team_pages(acme):
    team = save_team(workspace=acme.workspace, name="North", manager=acme.manager, by=acme.actor(acme.owner))
    client = acme.client(acme.owner)
    for url in (
        reverse("workspaces:member", args=["acme", acme.viewer.pk]),
        reverse("workspaces:team_edit", args=["acme", team.pk]),
    ):
        assert client.get(url).status_code == 200
        assert acme.client(acme.manager).get(url).status_code == 403
