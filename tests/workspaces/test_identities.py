"""Signing in by WeCom, DingTalk and Feishu: who comes in, who does not, and what is said of it."""

import re
import time
from uuid import uuid4

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.test import Client

from b2bops.work_apps import badly_given, half_given, work_apps
from tests.workspaces.fake_apps import SECURITY, WANG, come_back, confirmed, connected, is_in, leave, sign_in
from tests.workspaces.test_two_step import require
from workspaces.actions.identities import connect_identity
from workspaces.actions.members import deactivate_member
from workspaces.checks import work_apps_are_whole
from workspaces.models import User
from workspaces.scope import workspace_scope

ALL = pytest.mark.parametrize("app", WANG)


@pytest.fixture(autouse=True)
def own_limits(settings):
    settings.CACHES = {"default": settings.CACHES["default"] | {"KEY_PREFIX": f"test-{uuid4()}"}}


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


def test_an_answer_of_wecom_without_a_token_opens_nothing(cast, apps):
    apps.wecom_token = None
    assert sign_in(Client(), "wecom").status_code == 502


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


def test_sixty_steps_a_minute_are_enough_for_one_address(apps, db):
    client = Client()
    statuses = [client.post("/sign-in/with/feishu/").status_code for _ in range(61)]
    assert statuses == [200] * 60 + [429]
