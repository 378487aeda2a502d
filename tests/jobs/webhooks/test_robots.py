"""Group robots: each vendor's form and signature, answers that are 200 and a refusal, and addresses of theirs only."""

import base64
import datetime as dt
import hashlib
import hmac
import json
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.exceptions import PermissionDenied

from jobs.models import Webhook, WebhookDelivery
from jobs.webhooks import robot_actions
from jobs.webhooks.robots import ROBOTS, WECOM_LONGEST, Message, Section, Vendor, link, plain, refusal_in
from workspaces.actor import member_actor
from workspaces.batch import Conflict, InvalidRow
from workspaces.models import Activity
from workspaces.scope import workspace_scope

pytestmark = pytest.mark.django_db(transaction=True)

AT = dt.datetime(2026, 3, 31, 10, 0, tzinfo=dt.UTC)
SECRET = "SEC0f3a"
MESSAGE = Message(
    "Acme: MRR ¥1.2M", [Section("March", ["MRR **¥1.2M**", link("Alpha", "https://b2bops.example.com/w/acme/")])],
    "Open the overview", "https://b2bops.example.com/w/acme/",
)  # fmt: skip
GOOD = {
    "wecom": b'{"errcode":0,"errmsg":"ok"}',
    "dingtalk": b'{"errcode":0,"errmsg":"ok"}',
    "feishu": b'{"StatusCode":0,"StatusMessage":"success","code":0,"data":{},"msg":"success"}',
}
BAD = {
    "wecom": b'{"errcode":93000,"errmsg":"invalid webhook url, hint: [1616]"}',
    "dingtalk": b'{"errcode":310000,"errmsg":"sign not match"}',
    "feishu": b'{"code":19021,"data":{},"msg":"sign match fail or timestamp is not within one hour"}',
}


@pytest.fixture
def robot(cast, receiver, settings):
    """`robot(vendor)` makes a robot of acme whose vendor is the receiver on this machine."""
    settings.ROBOT_HOSTS = ["127.0.0.1"]

    def make(vendor="wecom", *, url=None, secret=SECRET) -> Webhook:
        with workspace_scope(cast.workspace):
            return robot_actions.create_robot(
                workspace=cast.workspace,
                vendor=vendor,
                url=url or receiver.url,
                secret=secret,
                description="Sales group",
                by=member_actor(cast.owner),
                at=AT,
            )

    return make


def say(cast, robot):
    with workspace_scope(cast.workspace):
        robot_actions.say(Webhook.objects.get(pk=robot.pk), MESSAGE)


@pytest.mark.parametrize("vendor", Vendor.values)
def test_robot_says_it_in_its_vendors_form(cast, receiver, robot, run_due, only_delivery, vendor):
    receiver.answer = (200, {"content-type": "application/json"}, GOOD[vendor])
    made = robot(vendor)
    say(cast, made)
    run_due()
    [request] = receiver.requests
    sent, query = json.loads(request.body), parse_qs(urlsplit(request.path).query)
    assert query["token"] == ["sesame"], "the address stays as it was entered"
    assert request.headers["content-type"] == "application/json; charset=utf-8"
    if vendor == "wecom":
        assert (made.secret, sent["msgtype"]) == ("", "markdown")
        assert sent["markdown"]["content"] == (
            "### Acme: MRR ¥1.2M\n\n**March**\n> MRR **¥1.2M**\n> [Alpha](https://b2bops.example.com/w/acme/)\n\n"
            "[Open the overview](https://b2bops.example.com/w/acme/)"
        )
    elif vendor == "dingtalk":
        assert sent["msgtype"] == "actionCard"
        assert "- MRR **¥1.2M**\n- [Alpha]" in sent["actionCard"]["text"]
        assert sent["actionCard"]["singleURL"] == MESSAGE.url
        [timestamp], [signature] = query["timestamp"], query["sign"]
        key = hmac.new(SECRET.encode(), f"{timestamp}\n{SECRET}".encode(), hashlib.sha256).digest()
        assert base64.b64decode(signature) == key
        assert abs(int(timestamp) / 1000 - dt.datetime.now(dt.UTC).timestamp()) < 60
    else:
        assert (sent["msg_type"], sent["card"]["header"]["title"]["content"]) == ("interactive", MESSAGE.title)
        assert sent["card"]["elements"][-1]["actions"][0]["url"] == MESSAGE.url
        key = hmac.new(f"{sent['timestamp']}\n{SECRET}".encode(), b"", hashlib.sha256).digest()
        assert base64.b64decode(sent["sign"]) == key
    assert only_delivery().state == WebhookDelivery.DELIVERED


@pytest.mark.parametrize("vendor", Vendor.values)
def test_answer_of_200_with_an_error_code_is_a_failure_and_is_tried_again(
    cast, receiver, robot, run_due, only_delivery, vendor
):
    receiver.answer = (200, {}, BAD[vendor])
    say(cast, robot(vendor))
    run_due()
    failed = only_delivery()
    assert (failed.state, failed.status, failed.error, failed.attempts) == ("pending", 200, "robot", 1)
    assert failed.log[0]["answer"] == BAD[vendor].decode()
    receiver.answer = (200, {}, GOOD[vendor])
    run_due(dt.datetime.now(dt.UTC) + dt.timedelta(minutes=10))
    assert (only_delivery().state, len(receiver.requests)) == ("delivered", 2)


@pytest.mark.parametrize(
    "vendor, answer, said",
    [
        ("wecom", '{"errcode":0}', None),
        ("wecom", '{"errcode":45009,"errmsg":"api freq out of limit"}', "45009 api freq out of limit"),
        ("dingtalk", "<html>proxy</html>", "?"),
        ("dingtalk", "[]", "?"),
        ("dingtalk", '{"errmsg":"x"}', "? x"),
        ("feishu", '{"StatusCode":0}', None),
        ("feishu", '{"code":9499,"msg":"Bad Request"}', "9499 Bad Request"),
        ("feishu", "", "?"),
    ],
)
def test_what_an_answer_says(vendor, answer, said):
    assert refusal_in(vendor, answer) == said


def test_message_for_wecom_is_cut_to_its_bytes_and_keeps_the_link():
    lines = [f"第{number}行 " + "字" * 40 for number in range(80)]
    long = Message("标题", [Section("甲", lines), Section("乙", lines)], "打开", "https://b2bops.example.com/")
    request = ROBOTS[Vendor.WECOM].request("https://x", "", long, AT)
    content = json.loads(request.body)["markdown"]["content"]
    assert WECOM_LONGEST - 200 < len(content.encode()) <= WECOM_LONGEST
    assert content.endswith("[打开](https://b2bops.example.com/)")


def test_names_open_nothing():
    text = plain("Evil](https://x.example)\n<@all> # **b** `c`")
    assert not set("[]()<>*`#\n") & set(text)
    assert "Evil" in text


@pytest.mark.parametrize(
    "vendor, url, why",
    [
        ("wecom", "https://evil.example.com/cgi-bin/webhook/send?key=1", "https://qyapi.weixin.qq.com/"),
        ("wecom", "https://oapi.dingtalk.com/robot/send?access_token=1", "DingTalk"),
        ("wecom", "http://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=1", "https://"),
        ("wecom", "https://qyapi.weixin.qq.com/cgi-bin/user/delete?key=1", "whole of it"),
        ("wecom", "https://qyapi.weixin.qq.com/cgi-bin/webhook/send", "whole of it"),
        ("wecom", "https://qyapi.weixin.qq.com.evil.example.com/cgi-bin/webhook/send?key=1", "begin with"),
        ("wecom", "https://qyapi.weixin.qq.com@evil.example.com/cgi-bin/webhook/send?key=1", "user or password"),
        ("feishu", "https://open.feishu.cn/open-apis/bot/v2/hook/", "whole of it"),
        ("feishu", "https://10.0.0.1/open-apis/bot/v2/hook/1", "private network"),
        ("dingtalk", "https://localhost/robot/send?access_token=1", "private network"),
        ("dingtalk", "not an address", "not an address"),
    ],
)
def test_only_addresses_of_the_vendors_robots(cast, robot, settings, vendor, url, why):
    settings.ROBOT_HOSTS, settings.WEBHOOK_ALLOWED_NETWORKS = [], []
    with workspace_scope(cast.workspace), pytest.raises(InvalidRow) as refused:
        robot_actions.create_robot(
            workspace=cast.workspace,
            vendor=vendor,
            url=url,
            secret="",
            description="x",
            by=member_actor(cast.owner),
            at=AT,
        )
    assert why in refused.value.errors["url"][0]
    with workspace_scope(cast.workspace):
        assert not Webhook.objects.exists()


def test_host_that_the_installation_no_longer_names_is_not_spoken_to(
    cast, receiver, robot, run_due, only_delivery, settings
):
    say(cast, robot())
    settings.ROBOT_HOSTS = []
    run_due()
    assert (only_delivery().error, receiver.requests) == ("address", [])


def test_changing_keeps_what_is_not_entered_again(cast, receiver, robot):
    made, by = robot("dingtalk"), member_actor(cast.owner)
    change = {"workspace": cast.workspace, "pk": made.pk, "vendor": "dingtalk", "by": by}
    with workspace_scope(cast.workspace):
        kept = robot_actions.change_robot(**change, description="Board")
        assert (kept.url, kept.secret, str(kept)) == (receiver.url, SECRET, "Board")
        moved = robot_actions.change_robot(**change, url=receiver.url + "2", description="Board")
        assert (moved.url, moved.secret) == (receiver.url + "2", ""), "a secret is of an address"
        signed = robot_actions.change_robot(**change, secret="SECnew", description="Board")
        assert signed.secret == "SECnew"
        assert robot_actions.change_robot(**change, is_signed=False, description="Board").secret == ""
        told = json.dumps([[row.before, row.after] for row in Activity.objects.filter(subject_type="robot")])
    assert "sesame" not in told
    assert "SEC" not in told


def test_removed_robot_forgets_its_address_and_says_nothing(cast, receiver, robot, run_due):
    made = robot()
    say(cast, made)
    with workspace_scope(cast.workspace):
        robot_actions.remove_robot(workspace=cast.workspace, pk=made.pk, by=member_actor(cast.owner), at=AT)
    run_due()
    assert receiver.requests == []
    with workspace_scope(cast.workspace):
        gone = Webhook.objects.get()
        assert (gone.secret, "sesame" in gone.url, gone.is_active) == ("", False, False)
        assert not WebhookDelivery.objects.exists()


def test_who_may_and_whose(cast, robot):
    made = robot()
    for person in (cast.manager, cast.member, cast.viewer):
        with workspace_scope(cast.workspace), pytest.raises(PermissionDenied):
            robot_actions.try_robot(workspace=cast.workspace, pk=made.pk, by=member_actor(person))
    with workspace_scope(cast.rival), pytest.raises(Webhook.DoesNotExist):
        robot_actions.try_robot(workspace=cast.rival, pk=made.pk, by=member_actor(cast.stranger))
    with workspace_scope(cast.workspace):
        by = {"workspace": cast.workspace, "pk": made.pk, "by": member_actor(cast.owner)}
        robot_actions.switch_robot(**by, is_active=False, at=AT)
        with pytest.raises(Conflict):
            robot_actions.try_robot(**by)


def test_robots_are_no_webhooks_of_systems(cast, robot):
    made = robot()
    owner = cast.client(cast.owner)
    assert owner.get(cast.url(f"settings/webhooks/{made.pk}/")).status_code == 404
    assert owner.post(cast.url(f"settings/webhooks/{made.pk}/secret/")).status_code == 404
    assert owner.post(cast.url(f"settings/webhooks/{made.pk}/new-secret/")).status_code == 404
    assert b"Sales group" not in owner.get(cast.url("settings/webhooks/")).content
