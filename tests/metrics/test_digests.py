"""The weekly digest: when it is due, what it says, and that a week has one, by mail and in chats."""

import datetime as dt
import json
import re
import threading
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction
from django.urls import reverse
from django.utils.html import format_html
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from accounts.actions import save_accounts, save_contracts, save_fx_rates
from b2bops.digests import send_digests_due
from jobs import mail
from jobs.models import Outbox, Webhook, WebhookDelivery
from jobs.webhooks.robots import plain
from metrics.closing import close_through
from metrics.digest import actions, sending
from metrics.digest.schedule import due_day, instant, last_slot
from metrics.digest.tokens import read_token, unsubscribe_url
from metrics.digest.words import with_links
from metrics.models import ClosingFailure, DigestSubscription
from tests.cast import AT
from workspaces.models import Membership
from workspaces.scope import workspace_scope

pytestmark = pytest.mark.django_db(transaction=True)

SHANGHAI = ZoneInfo("Asia/Shanghai")
# Monday, 8:00 and a little, in Shanghai.
MONDAY = dt.date(2026, 3, 9)
DUE = dt.datetime(2026, 3, 9, 8, 1, tzinfo=SHANGHAI)
BEFORE = DUE - dt.timedelta(days=3)


@pytest.fixture(autouse=True)
def _mail_server(settings):
    settings.HAS_MAIL_SERVER = True
    settings.PUBLIC_URL = "https://ops.example.com"


def contract(key, account, starts, amount, **fields):
    line = {"product": "core", "quantity": 1, "interval": "month", "unit_amount": amount}
    return {"external_id": key, "account": account, "currency": "CNY", "starts_on": starts, "lines": [line], **fields}


@pytest.fixture
def book(cast):
    """January: Alpha and Beta. February: Gamma <Group>. The week before 9 March: Beta leaves, Alpha grows."""
    with workspace_scope(cast.workspace):
        options = {"workspace": cast.workspace, "by": cast.actor(cast.owner)}
        names = {"Alpha": "Alpha", "Beta": "Beta", "Gamma": "Gamma <Group>"}
        save_accounts(rows=[{"external_id": key, "name": name} for key, name in names.items()], **options)
        rows = [
            contract("A", "Alpha", "2026-01-01", "1000", ends_on="2026-03-20"),
            contract("B", "Beta", "2026-01-01", "500", ends_on="2026-03-04", cancelled_on="2026-02-01"),
            contract("C", "Gamma", "2026-02-05", "2000"),
            contract("D", "Alpha", "2026-03-05", "250"),
        ]
        assert all(result.status == "created" for result in save_contracts(rows=rows, **options))
    close_through(workspace=cast.workspace, until=MONDAY - dt.timedelta(days=1), at=AT)
    return cast


def subscribe(cast, person, *, weekday=0, hour=8, is_on=True, at=BEFORE):
    with workspace_scope(cast.workspace):
        return actions.set_own_digest(
            workspace=cast.workspace, is_on=is_on, weekday=weekday, hour=hour, by=cast.actor(person), at=at
        )


def posted(cast) -> list[Outbox]:
    with workspace_scope(cast.workspace):
        return list(Outbox.objects.order_by("to", "id"))


def add_robot(cast, settings, *, language="zh-hans"):
    settings.ROBOT_HOSTS = []
    robot = {
        "vendor": "wecom",
        "url": "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=sesame",
        "secret": "",
        "description": "Sales",
    }
    with workspace_scope(cast.workspace):
        return actions.add_digest_robot(
            workspace=cast.workspace,
            robot=robot,
            weekday=0,
            hour=8,
            language=language,
            by=cast.actor(cast.owner),
            at=BEFORE,
        )


@given(
    at=st.datetimes(dt.datetime(2025, 12, 1), dt.datetime(2026, 12, 1)),
    weekday=st.integers(0, 6),
    hour=st.integers(0, 23),
    zone=st.sampled_from(["Asia/Shanghai", "America/New_York", "Pacific/Apia", "UTC"]),
)
@hypothesis_settings(max_examples=100, derandomize=True, deadline=None)
def test_slot_is_the_latest_hour_of_that_day(at, weekday, hour, zone):
    at, zone = at.replace(tzinfo=dt.UTC), ZoneInfo(zone)
    day = last_slot(weekday, hour, zone, at)
    assert day.weekday() == weekday
    assert instant(day, hour, zone) <= at < instant(day + dt.timedelta(days=7), hour, zone)


@given(
    asked=st.lists(st.integers(0, 24 * 60), min_size=1, max_size=60), weekday=st.integers(0, 6), hour=st.integers(0, 23)
)
@hypothesis_settings(max_examples=60, derandomize=True, deadline=None)
def test_no_week_has_two_whoever_asks_when(asked, weekday, hour):
    """Asked at any times in any order, with the clock set back, a digest comes at most once a week."""
    sent_for, days = None, []
    for minutes in asked:
        at = BEFORE + dt.timedelta(hours=minutes)
        day = due_day(weekday=weekday, hour=hour, zone=SHANGHAI, since=BEFORE, sent_for=sent_for, at=at)
        if day:
            days.append(day)
            sent_for = day
    weeks = [day.isocalendar()[:2] for day in days]
    assert len(weeks) == len(set(weeks))
    assert days == sorted(days)


def test_moved_to_a_later_day_of_the_same_week_it_does_not_come_twice():
    at = dt.datetime(2026, 3, 12, 9, tzinfo=SHANGHAI)
    rest = {"hour": 8, "zone": SHANGHAI, "since": BEFORE}
    assert due_day(weekday=3, sent_for=MONDAY, at=at, **rest) is None
    assert due_day(weekday=3, sent_for=MONDAY, at=at + dt.timedelta(days=7), **rest) == dt.date(2026, 3, 19)
    assert due_day(weekday=0, sent_for=None, at=at + dt.timedelta(hours=1), **rest) is None, (
        "three days late is too late"
    )


def test_digest_says_what_the_overview_says(book):
    subscribe(book, book.viewer)
    assert send_digests_due(at=DUE) == 1
    [row] = posted(book)
    assert (row.to, row.subject) == ("viewer@example.com", "Acme: MRR ¥3,500 in February 2026")
    for form in (row.body, row.html):
        assert "¥3,500" in form
        assert "MRR grew by ¥2,000" in form
        assert "contracts due" not in form
        assert "https://ops.example.com/w/acme/metrics/mrr/?period=2026-02" in form or form is row.body
        assert "+¥250" in form
        assert "−¥500" in form
    assert "1 renewal in the next 30 days, ¥1,000 a month" in row.body
    assert "Gamma &lt;Group&gt;" in row.html
    assert "Gamma <Group>" not in row.html
    assert "Gamma <Group>" in row.body
    token = re.fullmatch(r"<https://ops\.example\.com/digest/unsubscribe/(.+)/>", row.headers["List-Unsubscribe"])[1]
    assert read_token(token) == (book.workspace.pk, book.viewer.pk)
    assert row.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert f"/digest/unsubscribe/{token}/" in row.body
    # Every link leads somewhere that the reader may open.
    client = book.client(book.viewer)
    links = set(re.findall(r'href="https://ops\.example\.com(/w/[^"]+)"', row.html.replace("&amp;", "&")))
    assert len(links) > 12
    for address in links:
        assert client.get(address).status_code == 200, address


def test_digest_as_it_leaves(book, mailoutbox):
    subscribe(book, book.viewer)
    send_digests_due(at=DUE)
    with workspace_scope(book.workspace):
        assert mail.deliver(Outbox.objects.get().pk)
    [message] = mailoutbox
    assert message.alternatives[0].mimetype == "text/html"
    assert message.extra_headers["List-Unsubscribe"].startswith("<https://ops.example.com/digest/unsubscribe/")
    [row] = posted(book)
    assert (row.state, row.body, row.html, row.headers) == ("sent", "", "", {})


def test_each_reads_their_own_language(book):
    book.manager.user.language = "zh-hans"
    book.manager.user.save()
    subscribe(book, book.manager)
    subscribe(book, book.viewer)
    assert send_digests_due(at=DUE) == 2
    manager, viewer = posted(book)
    assert "2026年2月" in manager.subject
    assert 'lang="zh-CN"' in manager.html
    assert "February 2026" in viewer.subject


def test_week_has_one_however_often_it_is_asked_for(book):
    subscribe(book, book.viewer)
    for minutes in (0, 1, 5, 60, 60 * 24, 3):
        send_digests_due(at=DUE + dt.timedelta(minutes=minutes))
    assert len(posted(book)) == 1
    close_through(workspace=book.workspace, until=dt.date(2026, 3, 15), at=AT)
    send_digests_due(at=DUE + dt.timedelta(days=7))
    assert len(posted(book)) == 2


def test_four_workers_at_once(book):
    subscribe(book, book.viewer)
    start, sent = threading.Barrier(4), []

    def work():
        start.wait()
        sent.append(send_digests_due(at=DUE))
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (sum(sent), len(posted(book))) == (1, 1)


def test_trouble_with_one_reader_keeps_no_other_waiting(book, monkeypatch):
    refused = subscribe(book, book.viewer)
    subscribe(book, book.member)
    send = sending._send

    def some(one, *args):
        if one.pk == refused.pk:
            raise ValueError("no such thing")
        return send(one, *args)

    monkeypatch.setattr(sending, "_send", some)
    assert send_digests_due(at=DUE) == 1
    assert [mail.to for mail in posted(book)] == [book.member.user.email]
    monkeypatch.undo()
    assert send_digests_due(at=DUE + dt.timedelta(minutes=1)) == 1


def test_killed_before_its_commit_it_is_sent_by_the_next(book):
    subscribe(book, book.viewer)
    with transaction.atomic():
        send_digests_due(at=DUE)
        transaction.set_rollback(True)
    assert posted(book) == []
    assert send_digests_due(at=DUE + dt.timedelta(minutes=1)) == 1


def test_not_before_its_hour_nor_for_those_who_left_or_want_none(book):
    subscribe(book, book.viewer)
    subscribe(book, book.manager, is_on=False)
    subscribe(book, book.member)
    with workspace_scope(book.workspace):
        Membership.objects.filter(pk=book.member.pk).update(is_active=False)
    assert send_digests_due(at=DUE - dt.timedelta(minutes=2)) == 0
    assert send_digests_due(at=DUE) == 1
    assert [row.to for row in posted(book)] == ["viewer@example.com"]
    subscribe(book, book.owner, at=DUE)
    assert send_digests_due(at=DUE) == 0, "an hour that has passed is not made up for"


def test_it_waits_for_the_night_and_then_says_that_it_did_not_end(book):
    subscribe(book, book.viewer, weekday=1)
    tuesday = DUE + dt.timedelta(days=1)
    assert send_digests_due(at=tuesday) == 0
    assert send_digests_due(at=tuesday + dt.timedelta(hours=6)) == 1
    [row] = posted(book)
    assert row.subject == "Acme: no digest this week, the figures are not closed"
    assert "It has not ended yet." in row.body
    close_through(workspace=book.workspace, until=MONDAY, at=AT)
    assert send_digests_due(at=tuesday + dt.timedelta(hours=8)) == 0


def test_when_closing_failed_it_says_so_instead(book, settings):
    subscribe(book, book.viewer, weekday=1)
    robot = add_robot(book, settings, language="en")
    with workspace_scope(book.workspace):
        DigestSubscription.objects.filter(robot=robot).update(weekday=1)
        ClosingFailure.objects.create(
            workspace=book.workspace, failed_at=AT, code="missing_rate", currency="USD", day=MONDAY
        )
    assert send_digests_due(at=DUE + dt.timedelta(days=1)) == 2
    [row] = posted(book)
    why = "There is no exchange rate for USD on or before 9 Mar 2026. The last good figures are of 8 Mar 2026."
    assert why in row.body
    assert "/w/acme/closings/" in row.body
    with workspace_scope(book.workspace):
        said = json.loads(WebhookDelivery.objects.select_related("event").get().event.body)["data"]
        assert {one.outcome for one in DigestSubscription.objects.all()} == {"notice"}
    assert "exchange rate for USD" in said["sections"][0]["lines"][0]


def test_robot_says_it_in_its_language_once(book, settings):
    robot = add_robot(book, settings)
    assert send_digests_due(at=DUE) == 1
    assert send_digests_due(at=DUE) == 0
    with workspace_scope(book.workspace):
        said = json.loads(WebhookDelivery.objects.select_related("event").get(webhook=robot).event.body)["data"]
    lines = [line for section in said["sections"] for line in section["lines"]]
    assert any("MRR **¥3,500**" in line for line in lines)
    assert any("Gamma ＜Group＞" in line and f"{settings.PUBLIC_URL}/w/acme/accounts/" in line for line in lines)
    assert "2026年2月" in said["title"]
    assert said["url"] == "https://ops.example.com/w/acme/"


def test_names_that_spell_signs_stay_spelled():
    name = "&lt;at id=all&gt; &#91;x&#93;"
    sentence = format_html('MRR &lt; 1 (<a class="link" href="{}">{}</a>).', "https://x.example/?a=1&b=2", name)
    assert with_links(sentence) == f"MRR < 1 ([{plain(name)}](https://x.example/?a=1&b=2))."


def test_robot_that_is_stopped_says_nothing(book, settings):
    robot = add_robot(book, settings)
    with workspace_scope(book.workspace):
        Webhook.objects.filter(pk=robot.pk).update(is_active=False)
    assert send_digests_due(at=DUE) == 0


def test_workspace_without_figures_gets_none(cast):
    subscribe(cast, cast.viewer)
    assert send_digests_due(at=DUE) == 0
    assert posted(cast) == []


def test_readers_cost_no_reading(book, django_assert_max_num_queries):
    for person in (book.owner, book.manager, book.member):
        subscribe(book, person)
    with django_assert_max_num_queries(60):
        assert send_digests_due(at=DUE) == 3


def test_unsubscribing_without_signing_in(book, client):
    subscribe(book, book.viewer)
    path = unsubscribe_url(book.workspace.pk, book.viewer.pk).removeprefix("https://ops.example.com")

    def is_on() -> bool:
        with workspace_scope(book.workspace):
            return DigestSubscription.objects.get().is_on

    assert b"Unsubscribe" in client.get(path).content
    assert is_on(), "programs that look at links end nothing"
    answer = client.post(path, {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert not is_on()
    assert send_digests_due(at=DUE) == 0
    for bad in ("x", path.split("/")[3][:-1], unsubscribe_url(book.rival.pk, book.viewer.pk).split("/")[-2]):
        assert client.post(f"/digest/unsubscribe/{bad}/").status_code == 404


def test_preferences_page(book, settings):
    client = book.client(book.viewer)
    path = reverse("metrics:preferences", args=["acme"])
    assert client.post(path, {"is_on": "on", "weekday": "4", "hour": "18"}).status_code == 302
    with workspace_scope(book.workspace):
        mine = DigestSubscription.objects.get(member=book.viewer)
    assert (mine.is_on, mine.weekday, mine.hour) == (True, 4, 18)
    assert client.post(path, {"is_on": "on", "weekday": "7", "hour": "24"}).status_code == 422
    assert b"The next one" in client.get(path).content
    for _time in range(2):
        client.post(reverse("metrics:digest_now", args=["acme"]))
    assert 1 <= len(posted(book)) <= 2, "once a minute"
    settings.HAS_MAIL_SERVER = False
    assert b"no mail server" in client.get(path).content


def test_robot_pages_from_entering_to_removing(book):
    owner = book.client(book.owner)

    def page(name, *args):
        return reverse(f"metrics:{name}", args=["acme", *args])

    row = {
        "vendor": "feishu",
        "description": "Board",
        "url": "https://open.feishu.cn/open-apis/bot/v2/hook/sesame",
        "secret": "s3cr3t",
        "weekday": "0",
        "hour": "9",
        "language": "en",
    }
    refused = owner.post(page("digest_robot_new"), row | {"vendor": "wecom"})
    assert refused.status_code == 422
    assert "This is an address of Feishu." in refused.content.decode()
    assert owner.post(page("digest_robot_new"), row).status_code == 302
    with workspace_scope(book.workspace):
        robot = Webhook.objects.get()
    owner.post(page("digest_robot_try", robot.pk))
    shown = owner.get(page("digest_robot", robot.pk)).content.decode()
    assert "Test" in shown
    assert "sesame" not in shown
    assert "s3cr3t" not in shown
    form = owner.get(page("digest_robot_edit", robot.pk)).content.decode()
    assert "sesame" not in form
    edited = {"url": "", "secret": "", "hour": "10"}
    assert owner.post(page("digest_robot_edit", robot.pk), row | edited).status_code == 302
    with workspace_scope(book.workspace):
        kept = DigestSubscription.objects.select_related("robot").get()
    assert (kept.hour, kept.robot.secret) == (10, "s3cr3t")
    assert "Board" in owner.get(page("digest_settings")).content.decode()
    owner.post(page("digest_robot_switch", robot.pk), {"is_active": "0"})
    with workspace_scope(book.workspace):
        delivery = WebhookDelivery.objects.get()
        assert delivery.state == "disabled"
    owner.post(page("digest_robot_switch", robot.pk), {"is_active": "1"})
    owner.post(page("digest_robot_repeat", robot.pk, delivery.pk))
    with workspace_scope(book.workspace):
        assert WebhookDelivery.objects.get().state == "pending"
    owner.post(page("digest_robot_remove", robot.pk))
    with workspace_scope(book.workspace):
        assert not DigestSubscription.objects.exists()
    assert owner.get(page("digest_robot", robot.pk)).status_code == 404
    for person in (book.manager, book.viewer):
        assert book.client(person).get(page("digest_settings")).status_code == 403


def test_figures_in_other_currencies_do_not_stand_in_the_way(book):
    with workspace_scope(book.workspace):
        options = {"workspace": book.workspace, "by": book.actor(book.owner)}
        save_fx_rates(rows=[{"currency": "USD", "date": "2026-01-01", "rate": "7"}], **options)
        save_contracts(rows=[contract("U", "Gamma", "2026-03-03", "10") | {"currency": "USD"}], **options)
    close_through(workspace=book.workspace, until=MONDAY - dt.timedelta(days=1), at=AT)
    subscribe(book, book.viewer)
    assert send_digests_due(at=DUE) == 1
    assert "+¥70" in posted(book)[0].body
