"""Webhooks under the settings: for owners, and the secret only when it is asked for."""

import datetime as dt
import json

import pytest
import standardwebhooks
from django.urls import reverse

from accounts.actions import save_accounts
from jobs.models import Webhook, WebhookDelivery
from jobs.webhooks.actions import MOST_WEBHOOKS
from workspaces.actor import system_actor
from workspaces.models import Activity, User
from workspaces.scope import workspace_scope

pytestmark = pytest.mark.django_db(transaction=True)

BY = system_actor("command")


def page(name: str, *args) -> str:
    return reverse(f"jobs:{name}", args=["acme", *args])


@pytest.fixture
def owner(cast):
    return cast.client(cast.owner)


@pytest.fixture
def only(cast):
    """The one webhook of acme, as it stands."""

    def read() -> Webhook:
        with workspace_scope(cast.workspace):
            return Webhook.objects.get()

    return read


def write_accounts(cast, *keys):
    with workspace_scope(cast.workspace):
        save_accounts(
            workspace=cast.workspace, rows=[{"external_id": key, "name": f"Company {key}"} for key in keys], by=BY
        )


def verbs(cast) -> list[str]:
    with workspace_scope(cast.workspace):
        found = Activity.objects.filter(subject_type="webhook").order_by("id")
        return list(found.values_list("verb", flat=True))


def test_from_entering_to_the_log(cast, owner, receiver, run_due, only):
    data = {"url": receiver.url, "description": "Data warehouse", "events": ["account.created", "closing.*"]}
    answer = owner.post(page("webhook_new"), data)
    hook = only()
    assert hook.secret in answer.content.decode()
    assert (hook.url, hook.events) == (receiver.url, ["account.created", "closing.*"])
    assert "Data warehouse" in owner.get(page("webhook_list")).content.decode()
    assert owner.post(page("webhook_ping", hook.pk)).status_code == 302
    run_due()
    receiver.answer = (500, {}, b"database is <down>")
    write_accounts(cast, "A1")
    run_due()
    assert len(receiver.requests) == 2
    ping = standardwebhooks.Webhook(hook.secret).verify(receiver.requests[0].body, receiver.requests[0].headers)
    assert (ping["type"], ping["data"]["webhook_id"]) == ("webhook.ping", str(hook.pk))
    shown = owner.get(page("webhook_page", hook.pk)).content.decode()
    assert "account.created" in shown
    assert "500 · The receiver refused it" in shown
    assert hook.secret not in shown
    with workspace_scope(cast.workspace):
        failed = WebhookDelivery.objects.get(event__type="account.created")
    detail = owner.get(page("webhook_delivery", hook.pk, failed.pk)).content.decode()
    for text in ("Company A1", "database is &lt;down&gt;", str(failed.event_id), failed.log[0]["signature"]):
        assert text in detail
    narrowed = owner.get(page("webhook_page", hook.pk), {"type": "webhook.ping", "state": "delivered"})
    assert [row.event.type for row in narrowed.context["list"].rows] == ["webhook.ping"]
    receiver.answer = (204, {}, b"")
    owner.post(page("webhook_delivery_replay", hook.pk, failed.pk))
    run_due()
    assert receiver.requests[2].headers["webhook-id"] == str(failed.event_id)
    assert verbs(cast) == ["created", "tried", "replayed"]


def test_secret_is_shown_and_changed_on_demand_and_the_trail_says_so(cast, owner, hook):
    one = hook()
    secret = one.secret
    assert secret in owner.post(page("webhook_secret", one.pk)).content.decode()
    changed = owner.post(page("webhook_rotate", one.pk)).content.decode()
    assert secret not in changed
    with workspace_scope(cast.workspace):
        one.refresh_from_db()
        trail = json.dumps(list(Activity.objects.values("before", "after", "subject_label")))
    assert one.secret in changed
    assert verbs(cast) == ["created", "secret_shown", "secret_changed"]
    for hidden in (secret, one.secret, "sesame"):
        assert hidden not in trail
        for name in ("webhook_list", "webhook_page"):
            args = [one.pk] if name == "webhook_page" else []
            if hidden != "sesame":
                assert hidden not in owner.get(page(name, *args)).content.decode()
    assert owner.get(page("webhook_secret", one.pk)).status_code == 405


def test_disabling_enabling_and_sending_again_what_was_missed(cast, owner, hook, receiver, run_due, only):
    one = hook()
    write_accounts(cast, "A1")
    owner.post(page("webhook_switch", one.pk), {"is_active": "0"})
    write_accounts(cast, "A2")
    run_due()
    assert receiver.requests == []
    shown = owner.get(page("webhook_page", one.pk)).content.decode()
    assert "Disabled by hand" in shown
    assert "Not sent" in shown
    for name in ("webhook_ping", "webhook_replay"):
        answer = owner.post(page(name, one.pk), {"since": "2026-01-01T00:00"}, follow=True)
        assert "enable it first" in answer.content.decode()
    owner.post(page("webhook_switch", one.pk), {"is_active": "1"})
    assert only().is_active
    since = (dt.datetime.now() - dt.timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    answer = owner.post(page("webhook_replay", one.pk), {"since": since}, follow=True)
    assert "1 event is on its way again" in answer.content.decode()
    run_due()
    assert [json.loads(request.body)["data"]["external_id"] for request in receiver.requests] == ["A1"]
    assert "Say since when" in owner.post(page("webhook_replay", one.pk), {"since": "x"}, follow=True).content.decode()


def test_removing_forgets(cast, owner, hook, receiver, run_due):
    one = hook()
    write_accounts(cast, "A1")
    owner.post(page("webhook_remove", one.pk))
    run_due()
    assert receiver.requests == []
    assert owner.get(page("webhook_page", one.pk)).status_code == 404
    with workspace_scope(cast.workspace):
        one.refresh_from_db()
        assert (one.secret, one.is_active, WebhookDelivery.objects.count()) == ("", False, 0)
    write_accounts(cast, "A2")
    assert verbs(cast) == ["created", "removed"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"url": "https://192.168.1.5/hook"}, "private network"),
        ({"url": "https://localhost/hook"}, "private network"),
        ({"url": "https://user:word@example.com/"}, "user or password"),
        ({"url": "ftp://example.com/"}, "must begin with"),
        ({"url": "https://0x7f000001/"}, "usual form"),
        ({"url": "https://example.com:22/"}, "from 1024 on"),
        ({"url": ""}, "This field is required"),
        ({"events": []}, "Choose at least one event"),
        ({"events": ["everything"]}, "Select a valid choice"),
    ],
)
def test_form_refuses(cast, owner, settings, change, message):
    settings.WEBHOOK_ALLOWED_NETWORKS = []
    data = {"url": "https://hooks.example.com/", "events": ["*"]} | change
    answer = owner.post(page("webhook_new"), data)
    assert answer.status_code == 422
    assert message in answer.content.decode()
    with workspace_scope(cast.workspace):
        assert not Webhook.objects.exists()


def test_editing_keeps_the_secret_and_can_stop_what_is_not_allowed_any_more(cast, owner, hook, only, settings):
    one = hook()
    data = {"url": one.url, "description": "CRM", "events": ["contract.*"]}
    owner.post(page("webhook_edit", one.pk), data)
    assert (only().description, only().events, only().secret) == ("CRM", ["contract.*"], one.secret)
    settings.WEBHOOK_ALLOW_HTTP = False
    answer = owner.post(page("webhook_edit", one.pk), data | {"url": "http://127.0.0.1:9999/"})
    assert answer.status_code == 422
    owner.post(page("webhook_switch", one.pk), {"is_active": "0"})
    assert (only().is_active, only().url) == (False, one.url)


def test_no_more_than_so_many(cast, owner, hook):
    one = hook()
    with workspace_scope(cast.workspace):
        Webhook.objects.bulk_create(
            Webhook(workspace=cast.workspace, url=one.url, events=["*"], secret="x", created_by="x")
            for _ in range(MOST_WEBHOOKS - 1)
        )
    answer = owner.post(page("webhook_new"), {"url": one.url, "events": ["*"]})
    assert answer.status_code == 422
    assert f"There are {MOST_WEBHOOKS} webhooks already" in answer.content.decode()


def test_who_made_it_is_called_by_name(cast, owner, hook):
    one = hook()
    with workspace_scope(cast.workspace):
        Webhook.objects.filter(pk=one.pk).update(created_by=cast.owner.user.email)
    User.objects.filter(pk=cast.owner.user_id).update(name="王磊")
    assert "王磊</td>" in owner.get(page("webhook_list")).content.decode()
    assert "王磊" in [fact["value"] for fact in owner.get(page("webhook_page", one.pk)).context["facts"]]


@pytest.mark.parametrize("role", ["manager", "member", "viewer"])
def test_pages_are_for_owners(cast, hook, role, only):
    one = hook()
    client = cast.client(cast.people[role])
    assert client.get(page("webhook_list")).status_code == 403
    assert client.get(page("webhook_page", one.pk)).status_code == 403
    for name in ("webhook_secret", "webhook_rotate", "webhook_switch", "webhook_remove", "webhook_ping"):
        assert client.post(page(name, one.pk)).status_code == 403
    assert "Webhooks" not in client.get(reverse("workspaces:settings", args=["acme"])).content.decode()
    assert (only().is_active, only().secret) == (True, one.secret)


def test_list_and_page_ask_few_queries(cast, owner, hook, django_assert_max_num_queries):
    hooks = [hook() for _ in range(3)]
    write_accounts(cast, *(f"A{number}" for number in range(30)))
    for address in (page("webhook_list"), page("webhook_page", hooks[0].pk)):
        owner.get(address)
        with django_assert_max_num_queries(12):
            owner.get(address)


def test_a_menu_of_filters_stays_while_the_log_looks_again(cast, owner, receiver, only):
    owner.post(page("webhook_new"), {"url": receiver.url, "events": ["account.created"]})
    write_accounts(cast, "A-1")
    url = page("webhook_page", only().pk)
    whole, again = owner.get(url).content.decode(), owner.get(url, headers={"HX-Request": "true"}).content.decode()
    assert 'hx-trigger="load delay:2s"' in again
    assert (whole.count('class="filters"'), again.count('class="filters"')) == (1, 0)
