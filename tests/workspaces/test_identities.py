"""Signing in by WeCom, DingTalk and Feishu: who comes in, who does not, and what is said of it."""

import html
import re
import time
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from b2bops.work_apps import badly_given, half_given, work_apps
from jobs.models import Outbox
from tests.cast import PASSWORD, with_password
from tests.workspaces.fake_apps import fake_apps
from tests.workspaces.test_invitations import invite
from tests.workspaces.test_two_step import require
from workspaces.actions.identities import connect_identity, disconnect_identity
from workspaces.actions.members import deactivate_member
from workspaces.checks import work_apps_are_whole
from workspaces.identities import wecom
from workspaces.models import Activity, Membership, User
from workspaces.scope import workspace_scope

SECURITY = "/sign-in/security/"
# What each app says of Ms Wang, and the id that she is known by then. The address is a member's, and nobody checked it.
WANG = {
    "wecom": ({"userid": "wang.fang"}, "ww123:wang.fang"),
    "dingtalk": ({"nick": "王芳", "unionId": "ding-union", "openId": "o", "email": "member@example.com"}, "ding-union"),
    "feishu": ({"name": "王芳", "union_id": "on_wang", "open_id": "ou_1", "email": "member@example.com"}, "on_wang"),
}
ALL = pytest.mark.parametrize("app", WANG)


@pytest.fixture(autouse=True)
def own_limits(settings):
    settings.CACHES = {"default": settings.CACHES["default"] | {"KEY_PREFIX": f"test-{uuid4()}"}}


@pytest.fixture
def apps(settings):
    with fake_apps() as found:
        settings.WORK_APPS = found.settings()
        found.people["code-wang"] = WANG["feishu"][0]
        wecom._tokens.clear()
        yield found


def leave(client: Client, path: str, **data) -> tuple[str, dict]:
    """Press a button: the address it leads to, without its query, and the query."""
    answer = client.post(path, data)
    assert answer.status_code == 200, answer
    url = html.unescape(re.search(r'http-equiv="refresh" content="0;url=([^"]+)"', answer.content.decode())[1])
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}{parts.path}", {k: v[0] for k, v in parse_qs(parts.query).items()}


def come_back(client: Client, app: str, *, state: str, code: str = "code-wang", **params):
    name = "authCode" if app == "dingtalk" else "code"
    return client.get(f"/sign-in/with/{app}/back/", {name: code, "state": state, **params})


def sign_in(client: Client, app: str = "feishu", code: str = "code-wang", **data):
    _, query = leave(client, f"/sign-in/with/{app}/", **data)
    return come_back(client, app, state=query["state"], code=code)


def connected(person, app="feishu") -> SocialAccount:
    return connect_identity(user=person.user, app=app, uid=WANG[app][1], name="王芳")


def is_in(client: Client) -> bool:
    return client.get(SECURITY).status_code == 200


def confirmed(person) -> Client:
    """A browser signed in by password, which was just entered once more."""
    with_password(person)
    client = Client()
    client.post("/sign-in/login/", {"login": person.user.email, "password": PASSWORD})
    client.post("/sign-in/reauthenticate/", {"password": PASSWORD})
    return client


# Off and on


def test_without_keys_there_is_no_door_and_no_button(cast, settings):
    assert settings.WORK_APPS == {}
    assert "/sign-in/with/" not in Client().get("/sign-in/login/").content.decode()
    assert "Feishu" not in cast.client(cast.member).get(SECURITY).content.decode()
    for app in WANG:
        assert Client().post(f"/sign-in/with/{app}/").status_code == 404
        assert Client().get(f"/sign-in/with/{app}/back/?code=1&state=2").status_code == 404


def test_only_apps_that_are_on_have_a_button(apps, settings, db):
    del settings.WORK_APPS["dingtalk"]
    page = Client().get("/sign-in/login/?next=/w/acme/start/").content.decode()
    assert re.findall(r'action="/sign-in/with/(\w+)/"', page) == ["wecom", "feishu"]
    assert page.count('name="next" value="/w/acme/start/"') == 3


class _Env(dict):
    def str(self, name, default=""):
        return self.get(name, default)


def test_an_app_is_on_when_all_its_keys_are_given(settings):
    whole = {"FEISHU_APP_ID": "cli", "FEISHU_APP_SECRET": "s", "FEISHU_URL": "https://open.larksuite.com/"}
    env = _Env(whole | {"WECOM_CORP_ID": "ww", "WECOM_SECRET": " "})
    assert list(work_apps(env)) == ["feishu"]
    assert work_apps(env)["feishu"]["addresses"] == {"api": "https://open.larksuite.com"}
    assert half_given(env) == ["WECOM_AGENT_ID", "WECOM_SECRET"]
    assert badly_given(_Env(FEISHU_URL="open.larksuite.com")) == ["FEISHU_URL"]
    settings.WORK_APPS_LACK, settings.WORK_APPS_MISSPELT = ["WECOM_SECRET"], ["FEISHU_URL"]
    assert [problem.id for problem in work_apps_are_whole(None)] == ["workspaces.W002", "workspaces.E003"]


# Going there


def test_where_each_app_is_asked(apps, db, settings):
    back = f"{settings.PUBLIC_URL}/sign-in/with/%s/back/"
    url, query = leave(Client(), "/sign-in/with/feishu/")
    assert url == f"{apps.url}/open-apis/authen/v1/index"
    assert (query["app_id"], query["redirect_uri"]) == ("cli_123", back % "feishu")
    url, query = leave(Client(), "/sign-in/with/dingtalk/?scope=Contact.User.mobile")
    assert url == "https://ding.example/oauth2/auth"
    assert (query["client_id"], query["redirect_uri"]) == ("ding123", back % "dingtalk")
    assert (query["scope"], query["prompt"]) == ("openid", "consent")
    url, query = leave(Client(), "/sign-in/with/wecom/")
    assert url == "https://wecom.example/wwlogin/sso/login"
    assert query | {"state": ""} == {
        "login_type": "CorpApp",
        "appid": "ww123",
        "agentid": "1000002",
        "redirect_uri": back % "wecom",
        "state": "",
    }
    url, query = leave(Client(HTTP_USER_AGENT="Mozilla/5.0 (iPhone) wxwork/4.1"), "/sign-in/with/wecom/")
    assert (url, query["scope"]) == ("https://inside.example/connect/oauth2/authorize", "snsapi_base")


def test_the_policy_of_pages_stays_as_it_is(apps, db):
    """A form may lead nowhere but here: the page between leads on without being the answer to a form elsewhere."""
    answer = Client().post("/sign-in/with/feishu/")
    assert "form-action 'self';" in answer["Content-Security-Policy"] + ";"
    assert "Location" not in answer
    assert "no-store" in answer["Cache-Control"]
    assert Client(enforce_csrf_checks=True).post("/sign-in/with/feishu/").status_code == 403
    assert Client().get("/sign-in/with/feishu/").status_code == 405


# Coming in


@ALL
def test_whoever_is_connected_comes_in(cast, apps, app):
    apps.people["code-wang"] = WANG[app][0]
    connected(cast.member, app)
    client = Client()
    answer = sign_in(client, app, next="/w/acme/settings/")
    assert (answer.status_code, answer["Location"]) == (302, "/w/acme/settings/")
    assert client.get("/profile/").context["request"].user == cast.member.user
    assert not SocialToken.objects.exists()


@ALL
def test_nobody_gets_in_for_having_an_identity(cast, apps, app):
    """Also not by a mail address that the app says is theirs, and that is a member's."""
    apps.people["code-wang"] = WANG[app][0]
    before = User.objects.count()
    client = Client()
    answer = sign_in(client, app)
    assert answer.status_code == 403
    assert "does not sign you in yet" in answer.content.decode()
    assert not is_in(client)
    assert client.get("/sign-in/signup/").status_code == 200
    assert (User.objects.count(), SocialAccount.objects.count()) == (before, 0)


def test_only_a_name_is_kept_of_what_the_app_tells(cast, apps):
    connected(cast.member)
    sign_in(Client())
    assert SocialAccount.objects.get().extra_data == {"name": "王芳"}


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"]
)
def test_it_does_not_lead_elsewhere(cast, apps, target):
    connected(cast.member)
    assert sign_in(Client(), next=target)["Location"] == "/"


def test_a_state_opens_once_and_only_where_it_was_made(cast, apps):
    connected(cast.member)
    client, other = Client(), Client()
    _, query = leave(client, "/sign-in/with/feishu/")
    _, ding = leave(client, "/sign-in/with/dingtalk/")
    leave(other, "/sign-in/with/feishu/")
    stale = [
        come_back(other, "feishu", state=query["state"]),
        come_back(client, "feishu", state="made-up"),
        come_back(client, "feishu", state=ding["state"]),
        client.get("/sign-in/with/feishu/back/?code=code-wang"),
    ]
    assert [answer.status_code for answer in stale] == [400] * 4
    assert apps.asked == []
    assert come_back(client, "feishu", state=query["state"]).status_code == 302
    again = Client()
    again.cookies = client.cookies
    assert come_back(again, "feishu", state=query["state"]).status_code == 400


@pytest.mark.parametrize(
    "app, params", [("feishu", {"error": "access_denied"}), ("dingtalk", {"error": "access_denied"}), ("wecom", {})]
)
def test_whoever_refuses_there_is_told_that_nothing_happened(cast, apps, app, params):
    client = Client()
    _, query = leave(client, f"/sign-in/with/{app}/", next="/w/acme/start/")
    answer = client.get(f"/sign-in/with/{app}/back/", {"state": query["state"], **params})
    assert answer.status_code == 200
    assert "did not agree" in answer.content.decode()
    assert 'href="/w/acme/start/"' in answer.content.decode()
    assert not is_in(client)
    assert apps.asked == []


BROKEN = [(500, "{}"), (200, "no json"), (200, "[]"), (200, "{}"), (200, '"text"'), (200, "null"), (302, "")]


@ALL
@pytest.mark.parametrize("answer", BROKEN, ids=str)
def test_an_app_that_is_broken_is_said_to_be(cast, apps, app, answer):
    connected(cast.member, app)
    apps.broken = answer
    client = Client()
    page = sign_in(client, app)
    assert page.status_code == 502
    assert "cannot be reached" in page.content.decode()
    assert not is_in(client)


@ALL
def test_an_app_that_is_away_or_knows_no_such_code(cast, apps, settings, app):
    connected(cast.member, app)
    assert sign_in(Client(), app, code="unknown").status_code == 502
    addresses = settings.WORK_APPS[app]["addresses"]
    addresses["api"] = "http://127.0.0.1:1"
    page = sign_in(Client(), app)
    assert page.status_code == 502
    assert "secret" not in page.content.decode()


@pytest.mark.parametrize(
    "app, person",
    [("feishu", {"name": "x"}), ("feishu", {"union_id": 7}), ("dingtalk", {"unionId": ""}), ("wecom", {"openid": "o"})],
)
def test_an_answer_without_an_id_is_nobody(cast, apps, app, person):
    """Of WeCom, somebody outside the corporation is."""
    apps.people["code-wang"] = person
    assert sign_in(Client(), app).status_code == 502


def test_the_corporations_token_is_kept_and_renewed(cast, apps):
    apps.people["code-wang"] = WANG["wecom"][0]
    connected(cast.member, "wecom")
    for _ in range(2):
        assert sign_in(Client(), "wecom").status_code == 302
    assert [path for path, _ in apps.asked].count("/cgi-bin/gettoken") == 1
    apps.wecom_token = "corp-token-2"
    assert sign_in(Client(), "wecom").status_code == 302
    assert [path for path, _ in apps.asked].count("/cgi-bin/gettoken") == 2


def test_the_same_id_in_another_corporation_is_somebody_else(cast, apps, settings):
    apps.people["code-wang"] = WANG["wecom"][0]
    connect_identity(user=cast.member.user, app="wecom", uid="ww999:wang.fang", name="wang.fang")
    assert sign_in(Client(), "wecom").status_code == 403


def test_a_disabled_user_stays_outside(cast, apps):
    connected(cast.member)
    User.objects.filter(pk=cast.member.user_id).update(is_active=False)
    client = Client()
    assert sign_in(client)["Location"] == "/sign-in/inactive/"
    assert not is_in(client)


def test_a_former_member_finds_no_workspace(cast, apps):
    connected(cast.member)
    with workspace_scope(cast.workspace):
        deactivate_member(workspace=cast.workspace, pk=cast.member.pk, revoke_keys=False, by=cast.actor(cast.owner))
    client = Client()
    assert sign_in(client).status_code == 302
    assert client.get("/w/acme/start/").status_code == 404


def test_the_second_step_is_asked_for_all_the_same(cast, apps):
    connected(cast.member)
    secret = "JBSWY3DPEHPK3PXP"
    TOTP.activate(cast.member.user, secret)
    client = Client()
    assert sign_in(client, next="/profile/")["Location"] == "/sign-in/code/"
    assert not is_in(client)
    code = format_hotp_value(hotp_value(secret, int(time.time()) // 30))
    assert client.post("/sign-in/code/", {"code": code})["Location"] == "/profile/"
    assert is_in(client)


def test_a_workspace_that_asks_for_two_steps_lets_no_app_replace_them(cast, apps):
    connected(cast.member)
    TOTP.activate(cast.owner.user, "JBSWY3DPEHPK3PXP")
    require(cast)
    client = Client()
    sign_in(client)
    assert client.get("/w/acme/settings/")["Location"] == "/sign-in/two-step/"
    # Somebody without a password sets it up: there is nothing that could be asked before.
    assert 'id="two-step-secret"' in client.get("/sign-in/two-step/").content.decode()
    assert not Authenticator.objects.filter(user=cast.member.user).exists()


def test_the_list_of_devices_says_by_which_app(cast, apps):
    connected(cast.member)
    client = Client()
    sign_in(client)
    assert "by Feishu" in client.get(SECURITY).content.decode()
    assert "by Feishu" not in confirmed(cast.owner).get(SECURITY).content.decode()


def test_thirty_a_minute_are_enough_for_one_address(apps, db):
    client = Client()
    statuses = [client.post("/sign-in/with/feishu/").status_code for _ in range(31)]
    assert statuses == [200] * 30 + [429]


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
