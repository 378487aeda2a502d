"""How a request comes into a workspace's scope, and when it does not."""

import re

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.utils import timezone

from workspaces.actions.members import deactivate_member
from workspaces.middleware.scope import ScopeMiddleware
from workspaces.models import Activity, Team
from workspaces.scope import ScopeMissing, current_workspace_id, workspace_scope


def ask(view, person=None, path="/w/acme/x/", **headers):
    """The answer of `view` behind the middleware, asked by `person` (None: a visitor)."""
    request = RequestFactory().get(path, **headers)
    request.user = person.user if person else AnonymousUser()
    return ScopeMiddleware(view)(request)


def seen(request) -> HttpResponse:
    return HttpResponse(f"{request.workspace.slug} {request.member.role} {current_workspace_id()}")


def write_and_answer(status: int):
    def view(request):
        Team.objects.create(workspace=request.workspace, name="Half done")
        return HttpResponse(status=status)

    return view


def teams(cast) -> int:
    with workspace_scope(cast.workspace):
        return Team.objects.filter(workspace=cast.workspace).count()


@pytest.mark.parametrize("role", ["owner", "manager", "member", "viewer"])
def test_member_comes_in_with_their_role(cast, role):
    response = ask(seen, cast.people[role])
    assert response.content.decode() == f"acme {role} {cast.workspace.pk}"
    assert "no-store" in response["Cache-Control"]


def without_tokens(response) -> str:
    return re.sub(r'="[^"]{32,}"', "", response.content.decode())


def test_stranger_and_unknown_workspace_get_the_same_answer(cast):
    def never(request):
        raise AssertionError("the view must not be reached")

    stranger = ask(never, cast.stranger)
    unknown = ask(never, cast.stranger, path="/w/nowhere/x/")
    assert stranger.status_code == unknown.status_code == 404
    assert without_tokens(stranger) == without_tokens(unknown).replace("nowhere", "acme")


def test_visitor_is_sent_to_sign_in(cast):
    response = ask(seen, None, path="/w/acme/x/?y=1")
    assert (response.status_code, response["Location"]) == (302, "/sign-in/login/?next=/w/acme/x/%3Fy%3D1")


@pytest.mark.parametrize(
    ("referer", "back"),
    [
        ("http://testserver/w/acme/settings/teams/?page=2", "/w/acme/settings/teams/%3Fpage%3D2"),
        ("http://elsewhere.example/w/acme/x/", "/w/acme/"),
        ("", "/w/acme/"),
    ],
)
def test_visitor_who_sent_a_form_comes_back_to_its_page(cast, referer, back):
    """The form's own address takes no GET: after signing in they would stand before an empty page."""
    answer = Client(headers={"Referer": referer}).post("/w/acme/settings/data/export/")
    assert (answer.status_code, answer["Location"]) == (302, f"/sign-in/login/?next={back}")


def test_address_of_a_form_shows_a_page_when_it_is_opened(cast):
    answer = cast.client(cast.owner).get("/w/acme/settings/data/export/")
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert "Page not found" in answer.content.decode()


def test_part_of_a_page_sends_its_visitor_to_sign_in(cast):
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/w/acme/accounts/?q=a"}
    answer = Client(headers=headers).get("/w/acme/accounts/?q=ab")
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer["HX-Redirect"] == "/sign-in/login/?next=/w/acme/accounts/%3Fq%3Da"


def test_deactivated_member_is_out_from_the_next_request_on(cast):
    client = cast.client(cast.viewer)
    assert client.get("/w/acme/start/").status_code == 200
    with workspace_scope(cast.workspace):
        deactivate_member(workspace=cast.workspace, pk=cast.viewer.pk, revoke_keys=False, by=cast.actor(cast.owner))
    assert client.get("/w/acme/start/").status_code == 404
    assert client.get("/w/acme/api/v1/accounts/").status_code == 404


def test_what_answers_well_is_kept(cast):
    ask(write_and_answer(200), cast.owner)
    assert teams(cast) == 1


@pytest.mark.parametrize("status", [500, 502, 503])
def test_what_answers_with_a_server_error_is_rolled_back(cast, status):
    assert ask(write_and_answer(status), cast.owner).status_code == status
    assert teams(cast) == 0


def test_what_raises_is_rolled_back(cast):
    def view(request):
        write_and_answer(200)(request)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        ask(view, cast.owner)
    assert teams(cast) == 0
    with pytest.raises(ScopeMissing):
        current_workspace_id()


def test_outside_workspaces_there_is_no_scope(cast):
    def view(request):
        assert request.workspace is None
        with pytest.raises(ScopeMissing):
            current_workspace_id()
        return HttpResponse(str(Activity.objects.count()))

    assert ask(view, cast.owner, path="/profile/").content == b"0"


def test_api_key_sets_the_scope_of_its_own_workspace(cast):
    secret = cast.api_key(workspace=cast.rival)

    def view(request):
        return HttpResponse(f"{request.workspace.slug} {request.actor.door} {current_workspace_id()}")

    response = ask(view, path="/api/v1/x/", HTTP_AUTHORIZATION=f"Bearer {secret}")
    assert response.content.decode() == f"rival api {cast.rival.pk}"


def test_times_are_shown_in_the_workspaces_own_zone(cast):
    def view(request):
        return HttpResponse(timezone.get_current_timezone_name())

    assert ask(view, cast.owner).content == b"Asia/Shanghai"
    assert timezone.get_current_timezone_name() == "UTC"
