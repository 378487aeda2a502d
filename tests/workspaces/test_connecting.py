"""Connecting an identity with oneself, joining with one, and the password that one may lack."""

from uuid import uuid4

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from allauth.socialaccount.models import SocialAccount
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from jobs.models import Outbox
from tests.cast import PASSWORD, with_password
from tests.workspaces.fake_apps import SECURITY, WANG, come_back, confirmed, connected, is_in, leave, sign_in
from tests.workspaces.test_invitations import invite
from workspaces.actions.identities import connect_identity, disconnect_identity
from workspaces.models import Activity, Membership, User
from workspaces.scope import workspace_scope

ALL = pytest.mark.parametrize("app", WANG)


@pytest.fixture(autouse=True)
def own_limits(settings):
    settings.CACHES = {"default": settings.CACHES["default"] | {"KEY_PREFIX": f"test-{uuid4()}"}}


# Connecting and disconnecting


@ALL
def test_connecting_while_signed_in(cast, apps, app, settings):
    settings.HAS_MAIL_SERVER = True
    apps.people["code-wang"] = WANG[app][0]
    client = confirmed(cast.member)
    _, query = leave(client, f"/sign-in/with/{app}/connect/")
    answer = come_back(client, app, state=query["state"])
    assert (answer.status_code, answer["Location"]) == (302, SECURITY)
    identity = SocialAccount.objects.get()
    assert (identity.user, identity.provider, identity.uid) == (cast.member.user, app, WANG[app][1])
    assert "Disconnect" in client.get(SECURITY).content.decode()
    with workspace_scope(cast.workspace):
        noted = Activity.objects.get(verb="app_connected")
        assert (noted.actor, noted.subject_id, noted.after) == (
            "member@example.com",
            str(cast.member.pk),
            {"work_app": app},
        )
        mail = Outbox.objects.get()
        assert mail.to == "member@example.com"
        assert "You can sign in with" in mail.subject
        assert SECURITY in mail.body
    assert sign_in(Client(), app)["Location"] == "/"
    page = cast.client(cast.owner).get("/w/acme/activity/").content.decode()
    assert "connected with a work app" in page


def test_the_mail_names_the_app_as_its_reader_does(cast, settings):
    settings.HAS_MAIL_SERVER = True
    User.objects.filter(pk=cast.member.user_id).update(language="zh-hans")
    cast.member.user.refresh_from_db()
    connect_identity(user=cast.member.user, app="wecom", uid="x", name="100%s wang")
    with workspace_scope(cast.workspace):
        mail = Outbox.objects.get()
    assert mail.subject == "现在可以用企业微信登录"
    assert "100%s wang" in mail.body
    assert "WeCom" not in mail.subject + mail.body


def test_connecting_asks_for_the_password_first(cast, apps):
    with_password(cast.member)
    client = Client()
    client.post("/sign-in/login/", {"login": "member@example.com", "password": PASSWORD})
    answer = client.post("/sign-in/with/feishu/connect/")
    assert answer["Location"].startswith("/sign-in/reauthenticate/?next=")
    resumed = client.post(answer["Location"], {"password": PASSWORD, "next": "/sign-in/with/feishu/connect/"})
    assert 'http-equiv="refresh"' in resumed.content.decode()
    assert Client().post("/sign-in/with/feishu/connect/")["Location"].startswith("/sign-in/login/")


def test_an_identity_of_somebody_else_is_not_taken(cast, apps):
    connected(cast.manager)
    client = confirmed(cast.member)
    _, query = leave(client, "/sign-in/with/feishu/connect/")
    come_back(client, "feishu", state=query["state"])
    assert "connected with another person" in client.get(SECURITY).content.decode()
    assert SocialAccount.objects.get().user == cast.manager.user


def test_one_who_asked_is_not_another_who_came_back(cast, apps):
    """Two people at one browser: what the first began does not connect the second."""
    client = confirmed(cast.member)
    _, query = leave(client, "/sign-in/with/feishu/connect/")
    session = client.session
    states = session["socialaccount_states"]
    client.force_login(cast.manager.user)
    session = client.session
    session["socialaccount_states"] = states
    session.save()
    assert come_back(client, "feishu", state=query["state"]).status_code == 400
    client.logout()
    assert come_back(client, "feishu", state=query["state"]).status_code == 400
    assert not SocialAccount.objects.exists()


def test_one_identity_of_each_app(cast):
    connected(cast.member)
    with pytest.raises(ValidationError, match="already"):
        connected(cast.member)
    with pytest.raises(ValidationError, match="disconnect it first"):
        connect_identity(user=cast.member.user, app="feishu", uid="on_other", name="x")
    connected(cast.member, "wecom")
    assert SocialAccount.objects.filter(user=cast.member.user).count() == 2


def test_disconnecting(cast, apps, settings):
    settings.HAS_MAIL_SERVER = True
    identity = connected(cast.member)
    theirs = connected(cast.manager, "wecom")
    client = confirmed(cast.member)
    assert client.post(f"/sign-in/security/identities/{theirs.pk}/end/").status_code == 404
    assert client.post(f"/sign-in/security/identities/{identity.pk}/end/")["Location"] == SECURITY
    assert list(SocialAccount.objects.all()) == [theirs]
    assert sign_in(Client()).status_code == 403
    with workspace_scope(cast.workspace):
        assert Activity.objects.filter(verb="app_disconnected", user=cast.member.user_id).count() == 1
        assert Outbox.objects.filter(to="member@example.com", subject__contains="not sign you in").exists()


def test_the_only_way_in_is_not_shut(cast, apps, settings):
    identity = connected(cast.member)
    User.objects.filter(pk=cast.member.user_id).update(password="!")
    cast.member.user.refresh_from_db()
    client = Client()
    sign_in(client)
    client.post(f"/sign-in/security/identities/{identity.pk}/end/")
    assert "set a password first" in client.get(SECURITY).content.decode()
    assert SocialAccount.objects.filter(pk=identity.pk).exists()
    # Another app is a way in only while it is on.
    connected(cast.member, "wecom")
    del settings.WORK_APPS["wecom"]
    with pytest.raises(ValidationError):
        disconnect_identity(user=cast.member.user, pk=identity.pk)
    settings.WORK_APPS = apps.settings()
    disconnect_identity(user=cast.member.user, pk=identity.pk)


def test_an_app_that_was_switched_off_signs_nobody_in_and_can_be_disconnected(cast, apps, settings):
    identity = connected(cast.member)
    settings.WORK_APPS = {}
    client = confirmed(cast.member)
    assert "Switched off on this server" in client.get(SECURITY).content.decode()
    client.post(f"/sign-in/security/identities/{identity.pk}/end/")
    assert not SocialAccount.objects.exists()


# A password, for those who have none


def test_without_a_password_one_sets_one(cast, apps, settings):
    settings.HAS_MAIL_SERVER = True
    connected(cast.member)
    User.objects.filter(pk=cast.member.user_id).update(password="!")
    client = Client()
    sign_in(client)
    assert "Set a password" in client.get(SECURITY).content.decode()
    assert client.get("/sign-in/password/change/")["Location"] == "/sign-in/password/set/"
    weak = client.post("/sign-in/password/set/", {"password1": "short", "password2": "short"})
    assert "too short" in weak.content.decode()
    new = {"password1": "an entirely new sentence", "password2": "an entirely new sentence"}
    assert client.post("/sign-in/password/set/", new).status_code == 302
    assert is_in(client)
    assert client.get("/sign-in/password/set/").status_code == 302
    assert User.objects.get(pk=cast.member.user_id).check_password("an entirely new sentence")
    with workspace_scope(cast.workspace):
        assert Outbox.objects.filter(subject="Your password was changed").exists()


def test_setting_a_password_takes_the_second_step(cast, apps):
    connected(cast.member)
    User.objects.filter(pk=cast.member.user_id).update(password="!")
    client = Client()
    sign_in(client)
    TOTP.activate(cast.member.user, "JBSWY3DPEHPK3PXP")
    assert client.get("/sign-in/password/set/")["Location"].startswith("/sign-in/code/confirm/")


# Joining by an invitation


def test_joining_by_an_app_takes_no_password(cast, apps):
    _, token = invite(cast, role="manager", email="wang@example.com")
    client = Client()
    page = client.get(f"/invitation/{token}/").content.decode()
    assert "Join with Feishu" in page
    answer = sign_in(client, invitation=token)
    assert answer["Location"] == f"/invitation/{token}/"
    page = client.get(f"/invitation/{token}/").content.decode()
    assert "You will sign in with Feishu (王芳)" in page
    assert 'name="password"' not in page
    joined = client.post(f"/invitation/{token}/", {"email": "other@example.com", "name": "王芳"})
    assert joined.status_code == 302
    user = User.objects.get(email="wang@example.com")
    assert not user.has_usable_password()
    assert SocialAccount.objects.get(user=user).uid == "on_wang"
    with workspace_scope(cast.workspace):
        assert Membership.objects.get(user=user).role == "manager"
        assert Activity.objects.filter(verb="app_connected", user=user).count() == 1
    assert "by Feishu" in client.get(SECURITY).content.decode()
    assert sign_in(Client())["Location"] == "/"


def test_an_identity_waits_only_for_the_invitation_it_came_with(cast, apps):
    (_, token), (_, other) = invite(cast), invite(cast)
    client = Client()
    sign_in(client, invitation=token)
    assert 'name="password"' in client.get(f"/invitation/{other}/").content.decode()
    assert 'name="password"' not in client.get(f"/invitation/{token}/").content.decode()
    assert 'name="password"' in client.get(f"/invitation/{token}/?password").content.decode()
    assert 'name="password"' in client.get(f"/invitation/{token}/").content.decode()


def test_somebody_who_is_here_already_joins_as_themselves(cast, apps):
    connected(cast.stranger)
    _, token = invite(cast)
    client = Client()
    sign_in(client, invitation=token)
    assert "You are signed in as stranger@example.com" in client.get(f"/invitation/{token}/").content.decode()
    client.post(f"/invitation/{token}/")
    with workspace_scope(cast.workspace):
        assert Membership.objects.filter(user=cast.stranger.user).exists()


def test_an_invitation_that_is_gone_opens_nothing(cast, apps):
    invitation, token = invite(cast)
    client = Client()
    _, query = leave(client, "/sign-in/with/feishu/", invitation=token)
    with workspace_scope(cast.workspace):
        invitation.revoked_at = timezone.now()
        invitation.save()
    back = come_back(client, "feishu", state=query["state"])
    assert client.get(back["Location"]).status_code == 404
    assert "pending_identity" not in client.session
    assert Client().post("/sign-in/with/feishu/", {"invitation": token})["Location"] == f"/invitation/{token}/"


def test_a_taken_address_is_not_taken_over(cast, apps):
    """The invited type their address themselves; somebody's who is here already gives nothing away."""
    _, token = invite(cast)
    client = Client()
    sign_in(client, invitation=token)
    answer = client.post(f"/invitation/{token}/", {"email": "owner@example.com", "name": "x"})
    assert answer.status_code == 422
    assert not SocialAccount.objects.exists()
    assert not is_in(client)
