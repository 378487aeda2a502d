"""Invitations: who can use a link, how often, how long."""

import datetime as dt
import threading
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.cast import AT, PASSWORD, make_cast, make_user
from workspaces.actions.invitations import (
    LIFETIME,
    accept_invitation,
    create_invitation,
    hash_token,
    open_invitation,
    revoke_invitation,
)
from workspaces.front_page import front_page_url
from workspaces.models import Activity, Invitation, Membership, User
from workspaces.scope import workspace_scope


@pytest.fixture(autouse=True)
def own_limits(settings):
    settings.CACHES = {"default": settings.CACHES["default"] | {"KEY_PREFIX": f"test-{uuid4()}"}}


def invite(cast, *, at=None, **values) -> tuple[Invitation, str]:
    values = {"role": "member"} | values
    with workspace_scope(cast.workspace):
        return create_invitation(workspace=cast.workspace, by=cast.actor(cast.owner), at=at or timezone.now(), **values)


def role_of(cast, user) -> str | None:
    with workspace_scope(cast.workspace):
        return Membership.objects.filter(user=user, is_active=True).values_list("role", flat=True).first()


def test_only_the_hash_of_the_token_is_kept(cast):
    invitation, token = invite(cast)
    assert len(token) >= 43
    assert invitation.token_hash == hash_token(token) != token
    with workspace_scope(cast.workspace):
        trail = Activity.objects.filter(subject_type="invitation").get()
        assert token not in str(vars(trail))
        assert trail.after == {"email": None, "role": "member", "team": None}


def test_accepting_makes_a_member_with_the_role(cast):
    _, token = invite(cast, role="manager")
    user = make_user("newcomer")
    member = accept_invitation(token=token, user=user, at=timezone.now())
    assert (member.user, member.role) == (user, "manager")
    with workspace_scope(cast.workspace):
        assert Activity.objects.filter(verb="joined", actor="newcomer@example.com").exists()


def test_a_link_works_once(cast):
    _, token = invite(cast)
    assert accept_invitation(token=token, user=make_user("first"), at=timezone.now())
    second = make_user("second")
    assert accept_invitation(token=token, user=second, at=timezone.now()) is None
    assert role_of(cast, second) is None


def test_a_link_works_for_a_week(cast):
    _, token = invite(cast, at=AT)
    assert open_invitation(token, AT + LIFETIME - dt.timedelta(seconds=1)) is not None
    assert open_invitation(token, AT + LIFETIME) is None
    user = make_user("late")
    assert accept_invitation(token=token, user=user, at=AT + LIFETIME) is None
    assert role_of(cast, user) is None


def test_a_revoked_link_does_not_work(cast):
    invitation, token = invite(cast)
    with workspace_scope(cast.workspace):
        revoke_invitation(workspace=cast.workspace, pk=invitation.pk, by=cast.actor(cast.owner), at=timezone.now())
        with pytest.raises(Invitation.DoesNotExist):
            revoke_invitation(workspace=cast.workspace, pk=invitation.pk, by=cast.actor(cast.owner), at=timezone.now())
    assert accept_invitation(token=token, user=make_user("late"), at=timezone.now()) is None


def test_a_link_for_one_address_is_nobody_elses(cast):
    _, token = invite(cast, email="Right@Example.com")
    assert accept_invitation(token=token, user=make_user("wrong"), at=timezone.now()) is None
    assert accept_invitation(token=token, user=make_user("right"), at=timezone.now()).role == "member"


def test_a_second_invitation_of_somebody_replaces_the_first(cast):
    _, first = invite(cast, email="right@example.com")
    _, open_to_all = invite(cast)
    _, second = invite(cast, email="right@example.com", role="manager")
    assert open_invitation(first, timezone.now()) is None
    assert open_invitation(open_to_all, timezone.now()) is not None
    assert accept_invitation(token=second, user=make_user("right"), at=timezone.now()).role == "manager"


def test_a_member_who_opens_a_link_stays_what_they_are(cast):
    """A viewer must not make themselves an owner with a colleague's link, nor an owner lose their role."""
    _, token = invite(cast, role="owner")
    member = accept_invitation(token=token, user=cast.viewer.user, at=timezone.now())
    assert member.role == "viewer"
    assert open_invitation(token, timezone.now()) is not None


def test_a_former_member_comes_back_with_the_invited_role(cast):
    with workspace_scope(cast.workspace):
        Membership.objects.filter(pk=cast.manager.pk).update(is_active=False)
    _, token = invite(cast, role="viewer")
    accept_invitation(token=token, user=cast.manager.user, at=timezone.now())
    assert role_of(cast, cast.manager.user) == "viewer"


@pytest.mark.parametrize(
    ("field", "value"), [("role", "god"), ("email", "not an email"), ("email", "viewer@example.com")]
)
def test_create_invitation_refuses(cast, field, value):
    with pytest.raises(ValidationError) as refusal:
        invite(cast, **{field: value})
    assert list(refusal.value.message_dict) == [field]
    with workspace_scope(cast.workspace):
        assert not Invitation.objects.exists()


@pytest.mark.parametrize("role", ["manager", "member", "viewer"])
def test_only_owners_invite(acme, role):
    with pytest.raises(PermissionDenied):
        create_invitation(workspace=acme.workspace, role="viewer", by=acme.actor(acme.people[role]), at=AT)
    assert not Invitation.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_people_with_one_link_at_once():
    """Exactly one of them becomes a member."""
    cast = make_cast()
    _, token = invite(cast)
    people = [make_user("left"), make_user("right")]
    start, joined = threading.Barrier(2), []

    def join(user):
        start.wait()
        joined.append(accept_invitation(token=token, user=user, at=timezone.now()))
        connection.close()

    threads = [threading.Thread(target=join, args=[user]) for user in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(joined) == 2
    assert sum(member is not None for member in joined) == 1
    assert sorted(role_of(cast, user) is None for user in people) == [False, True]


# The pages


def test_inviting_shows_the_link_once(cast, settings):
    client = cast.client(cast.owner)
    response = client.post(reverse("workspaces:invitation_new", args=["acme"]), {"email": "", "role": "viewer"})
    page = response.content.decode()
    link = page.split('id="invitation-link">')[1].split("<")[0]
    assert link.startswith(f"{settings.PUBLIC_URL}/invitation/")
    token = link.rstrip("/").rsplit("/", 1)[1]
    assert open_invitation(token, timezone.now()).role == "viewer"
    assert "no-store" in response["Cache-Control"]
    members = client.get(reverse("workspaces:members", args=["acme"])).content.decode()
    assert "Whoever holds the link" in members
    assert token not in members


def test_newcomer_sets_name_and_password_and_is_in(cast):
    _, token = invite(cast, role="viewer")
    client = Client()
    url = reverse("invitation", args=[token])
    assert "Join Acme" in client.get(url).content.decode()
    data = {"email": "Nova@Example.com", "name": "Nova", "password": PASSWORD}
    response = client.post(url, data)
    assert (response.status_code, response["Location"]) == (302, front_page_url("acme"))
    user = User.objects.get(email="nova@example.com")
    assert (user.name, user.check_password(PASSWORD), role_of(cast, user)) == ("Nova", True, "viewer")
    assert client.get("/w/acme/start/").status_code == 200
    assert Client().get(url).status_code == 404


@pytest.mark.parametrize(
    ("field", "value"),
    [("password", "too short"), ("password", "password1234"), ("email", "owner@example.com"), ("name", "")],
)
def test_newcomer_is_told_what_is_wrong(cast, field, value):
    _, token = invite(cast)
    before = User.objects.count()
    data = {"email": "nova@example.com", "name": "Nova", "password": PASSWORD} | {field: value}
    response = Client().post(reverse("invitation", args=[token]), data)
    assert response.status_code == 422
    assert 'aria-invalid="true"' in response.content.decode()
    assert User.objects.count() == before
    assert open_invitation(token, timezone.now()) is not None


def test_newcomer_cannot_take_another_address_than_the_invited_one(cast):
    _, token = invite(cast, email="nova@example.com")
    data = {"email": "other@example.com", "name": "Nova", "password": PASSWORD}
    Client().post(reverse("invitation", args=[token]), data)
    assert User.objects.filter(email="nova@example.com").exists()
    assert not User.objects.filter(email="other@example.com").exists()


def test_signed_in_person_joins_with_one_click(cast):
    _, token = invite(cast)
    client = cast.client(cast.stranger)
    url = reverse("invitation", args=[token])
    assert client.get(url).status_code == 200
    assert role_of(cast, cast.stranger.user) is None
    assert client.post(url).status_code == 302
    assert role_of(cast, cast.stranger.user) == "member"


def test_all_links_that_do_not_work_look_alike(cast):
    _, used_token = invite(cast)
    accept_invitation(token=used_token, user=make_user("first"), at=timezone.now())
    _, old_token = invite(cast, at=timezone.now() - LIFETIME)
    revoked, revoked_token = invite(cast)
    with workspace_scope(cast.workspace):
        revoke_invitation(workspace=cast.workspace, pk=revoked.pk, by=cast.actor(cast.owner), at=timezone.now())
    _, private_token = invite(cast, email="somebody@else.example")
    client = cast.client(cast.stranger)
    pages = set()
    for token in (used_token, old_token, revoked_token, private_token, "unknown"):
        response = client.get(reverse("invitation", args=[token]))
        assert response.status_code == 404, token
        page = response.content.decode().replace(token, "…")
        pages.add(page.split("<main")[1].split("</main")[0])
    assert len(pages) == 1


def test_guessing_tokens_is_slowed_down(cast):
    client = Client()
    statuses = [client.get(f"/invitation/guess-{n}/").status_code for n in range(31)]
    assert statuses == [404] * 30 + [429]
    # A client's own header does not make it another client.
    assert client.get("/invitation/guess/", HTTP_X_FORWARDED_FOR="203.0.113.9").status_code == 429
    assert Client(REMOTE_ADDR="198.51.100.7").get("/invitation/guess/").status_code == 404


def test_revoking_on_the_page(cast):
    invitation, token = invite(cast)
    client = cast.client(cast.owner)
    assert client.post(reverse("workspaces:invitation_revoke", args=["acme", invitation.pk])).status_code == 302
    assert open_invitation(token, timezone.now()) is None
    assert client.post(reverse("workspaces:invitation_revoke", args=["acme", invitation.pk])).status_code == 404
