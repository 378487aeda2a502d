"""Webhooks by API: a key manages those that it made, and sees a secret once."""

from ipaddress import ip_network

import pytest

from jobs import tasks
from jobs.models import Webhook
from tests.api.client import Api, error_of
from tests.jobs.webhooks.receiver import receiving
from workspaces.scope import workspace_scope

pytestmark = pytest.mark.django_db(transaction=True)

GOOD = {"url": "https://hooks.example.com/b2bops?token=sesame", "events": ["account.*"]}


def make(api: Api, **fields) -> dict:
    answer = api.post("webhooks/", GOOD | fields)
    assert answer.status_code == 201, answer.content
    return answer.json()


def test_made_changed_removed(api):
    made = make(api)
    assert made["secret"].startswith("whsec_")
    path = f"webhooks/{made['id']}/"
    shown = api.get(path).json()
    assert shown == {name: value for name, value in made.items() if name != "secret"}
    assert api.get("webhooks/").json()["results"] == [shown]
    changed = api.patch(path, {"events": ["*"], "description": "CRM"}).json()
    assert (changed["events"], changed["description"], changed["url"]) == (["*"], "CRM", GOOD["url"])
    stopped = api.patch(path, {"is_active": False}).json()
    assert (stopped["is_active"], stopped["disabled_reason"]) == (False, "by_hand")
    assert stopped["disabled_at"]
    error = error_of(api.post(f"{path}ping/"), 409, "conflict")
    assert list(error["fields"]) == ["is_active"]
    assert api.patch(path, {"is_active": True}).json()["is_active"] is True
    assert api.delete(path).status_code == 204
    error_of(api.get(path), 404, "not_found")
    error_of(api.post(f"{path}ping/"), 404, "not_found")


def test_tried_read_and_replayed(api, settings):
    settings.WEBHOOK_ALLOW_HTTP = True
    with receiving() as receiver:
        settings.WEBHOOK_ALLOWED_NETWORKS = [ip_network("127.0.0.1/32")]
        receiver.answer = (503, {}, b"later")
        made = make(api, url=receiver.url)
        path = f"webhooks/{made['id']}/"
        ping = api.post(f"{path}ping/")
        assert (ping.status_code, ping.json()["state"], ping.json()["log"]) == (200, "pending", [])
        tasks.deliver_webhooks.apply(throw=True)
        (listed,) = api.get(f"{path}deliveries/", state="pending", type="webhook.ping").json()["results"]
        assert (listed["status"], listed["error"], listed["attempts"]) == (503, "status", 1)
        assert api.get(f"{path}deliveries/", state="delivered").json()["results"] == []
        one = api.get(f"{path}deliveries/{listed['id']}/").json()
        assert one["payload"]["type"] == "webhook.ping"
        (attempt,) = one["log"]
        assert (attempt["status"], attempt["answer"]) == (503, "later")
        sent = receiver.requests[0].headers
        assert attempt["headers"] == {name: sent[name] for name in attempt["headers"]}
        receiver.answer = (200, {}, b"")
        again = api.post(f"{path}deliveries/{listed['id']}/replay/")
        assert (again.status_code, again.json()["attempts"]) == (200, 0)
        tasks.deliver_webhooks.apply(throw=True)
        assert [request.headers["webhook-id"] for request in receiver.requests] == [listed["event_id"]] * 2
        assert api.post(f"{path}replay/", {"since": "2026-01-01T00:00:00+08:00"}).json() == {"count": 0}
        assert api.post(f"{path}replay/", {"since": "2026-01-01T00:00:00-17:16"}).json() == {"count": 0}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"url": "https://10.0.0.1/"}, "url"),
        ({"url": 5}, "url"),
        ({"events": []}, "events"),
        ({"events": ["account.made"]}, "events.0"),
        ({"secret": "whsec_mine"}, "secret"),
        ({"api_key": None}, "api_key"),
        ({"id": "x"}, "id"),
        ({"is_active": "maybe"}, "is_active"),
    ],
)
def test_refused(api, cast, change, field):
    error = error_of(api.post("webhooks/", GOOD | change), 400, "invalid")
    assert list(error["fields"]) == [field]
    with workspace_scope(cast.workspace):
        assert not Webhook.objects.exists()


@pytest.mark.parametrize("since", [None, "yesterday", "2026-01-01", "2026-01-01T00:00:00", "0001-01-01T00:00:00Z"])
def test_replay_wants_an_instant(api, since):
    path = f"webhooks/{make(api)['id']}/replay/"
    assert list(error_of(api.post(path, {"since": since}), 400, "invalid")["fields"]) == ["since"]


def test_key_sees_its_own_only_and_owners_see_all(api, cast):
    made = make(api)
    other = Api(cast.api_key())
    assert other.get("webhooks/").json()["results"] == []
    for path in ("", "deliveries/"):
        error_of(other.get(f"webhooks/{made['id']}/{path}"), 404, "not_found")
    error_of(other.patch(f"webhooks/{made['id']}/", {"is_active": False}), 404, "not_found")
    error_of(other.delete(f"webhooks/{made['id']}/"), 404, "not_found")
    owner = Api(None, cast.client(cast.owner))
    assert [one["id"] for one in owner.get("/w/acme/api/v1/webhooks/").json()["results"]] == [made["id"]]
    assert api.get(f"webhooks/{made['id']}/").json()["is_active"] is True


def test_reading_keys_and_other_roles_may_not_even_look(reader, cast):
    error_of(reader.get("webhooks/"), 403, "permission_denied")
    assert reader.call("HEAD", "webhooks/").status_code == 403
    manager = Api(None, cast.client(cast.manager))
    error_of(manager.get("/w/acme/api/v1/webhooks/"), 403, "permission_denied")


def test_event_types_are_for_everybody(reader):
    types = reader.get("webhooks/event-types/").json()["results"]
    assert {"type", "description"} == set(types[0])
    assert "movement.created" in {one["type"] for one in types}


def test_lists_ask_few_queries(api, django_assert_max_num_queries):
    path = f"webhooks/{make(api, events=['*'])['id']}/deliveries/"
    api.post("accounts/batch/", [{"external_id": f"A{number}", "name": "A"} for number in range(30)])
    for address in ("webhooks/", path):
        api.get(address)
        with django_assert_max_num_queries(8):
            assert api.get(address).json()["results"]
