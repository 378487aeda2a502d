"""From what happened to a signed POST: once, whatever the broker does, and again as long as the receiver refuses."""

import base64
import datetime as dt
import hashlib
import hmac
import json
import threading

import pytest
import standardwebhooks
import svix.webhooks
from django.db import connection, transaction

from accounts.actions import save_accounts
from jobs import delivery as broker
from jobs import tasks
from jobs.models import DisabledReason, Outbox, Webhook, WebhookDelivery, WebhookEvent
from jobs.webhooks import actions, delivery, retention, schedule
from tests.jobs.webhooks.receiver import receiving
from workspaces.actions.api_keys import revoke_api_key
from workspaces.actor import key_actor, member_actor, system_actor
from workspaces.models import Activity, ApiKey, Notification
from workspaces.scope import workspace_scope

pytestmark = pytest.mark.django_db(transaction=True)

BY = system_actor("command")
SECOND = dt.timedelta(seconds=1)


def write_account(workspace, key="A1", **fields):
    with workspace_scope(workspace):
        (result,) = save_accounts(workspace=workspace, rows=[{"external_id": key, "name": key} | fields], by=BY)
    return result.id


def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def reread(row):
    with workspace_scope(row.workspace_id):
        row.refresh_from_db()
    return row


def test_account_arrives_signed(cast, hook, receiver, run_due, only_delivery):
    one = hook(["account.*"])
    pk = write_account(cast.workspace, name="蓝海物流")
    run_due()
    (request,) = receiver.requests
    assert request.headers["content-type"] == "application/json"
    told = standardwebhooks.Webhook(one.secret).verify(request.body, request.headers)
    svix.webhooks.Webhook(one.secret).verify(request.body, request.headers)
    # And by hand, as docs/api.md shows it.
    signed = f"{request.headers['webhook-id']}.{request.headers['webhook-timestamp']}.".encode() + request.body
    digest = hmac.digest(base64.b64decode(one.secret.removeprefix("whsec_")), signed, hashlib.sha256)
    assert request.headers["webhook-signature"] == f"v1,{base64.b64encode(digest).decode()}"
    assert set(told) == {"type", "timestamp", "data"}
    assert (told["type"], told["data"]["id"], told["data"]["name"]) == ("account.created", str(pk), "蓝海物流")
    assert dt.datetime.fromisoformat(told["timestamp"]).tzinfo is not None
    sent = only_delivery()
    assert request.headers["webhook-id"] == str(sent.event_id)
    assert (sent.state, sent.status, sent.error, sent.attempts) == ("delivered", 204, "", 1)
    for forged in (request.body + b" ", request.body.replace(b"A1", b"A2")):
        with pytest.raises(standardwebhooks.WebhookVerificationError):
            standardwebhooks.Webhook(one.secret).verify(forged, request.headers)


def test_old_secret_signs_along_for_a_day(cast, hook, receiver, run_due):
    one = hook()
    old, at = one.secret, now()
    with workspace_scope(cast.workspace):
        new = actions.rotate_secret(
            workspace=cast.workspace, pk=one.pk, by=member_actor(cast.owner), at=at - dt.timedelta(hours=23)
        ).secret
    write_account(cast.workspace)
    run_due()
    (request,) = receiver.requests
    for secret in (old, new):
        standardwebhooks.Webhook(secret).verify(request.body, request.headers)
    write_account(cast.workspace, "A2")
    run_due(at + dt.timedelta(hours=2))
    later = receiver.requests[1].headers["webhook-signature"].split()
    assert len(later) == 1


def test_five_deliveries_at_once_are_one_post(cast, hook, receiver):
    hook()
    write_account(cast.workspace)
    start = threading.Barrier(5)

    def one():
        start.wait()
        tasks.deliver_webhooks.apply(throw=True)
        connection.close()

    threads = [threading.Thread(target=one) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(receiver.requests) == 1


def test_retries_over_three_days_then_given_up(cast, hook, receiver, run_due, only_delivery):
    one = hook()
    write_account(cast.workspace)
    receiver.answer = (500, {}, b"no")
    at = now()
    for attempt, pause in enumerate(schedule.PAUSES[1:], 1):
        run_due(at)
        waiting = only_delivery()
        assert (waiting.state, waiting.attempts, waiting.status, waiting.error) == ("pending", attempt, 500, "status")
        assert pause <= waiting.due_at - at <= pause * 1.1
        run_due(waiting.due_at - SECOND)
        assert only_delivery().attempts == attempt, "not before its time"
        at = max(waiting.due_at, reread(one).resting_until)
    run_due(at)
    given_up = only_delivery()
    assert (given_up.state, given_up.attempts) == ("failed", 10)
    run_due(at + dt.timedelta(days=9))
    ids = {request.headers["webhook-id"] for request in receiver.requests}
    assert (len(receiver.requests), ids) == (10, {str(given_up.event_id)})
    assert len({request.body for request in receiver.requests}) == 1
    assert [(entry["status"], entry["answer"]) for entry in given_up.log] == [(500, "no")] * 10
    assert reread(one).is_active, "one event given up says little"


def test_replay_keeps_the_id_and_starts_anew(cast, hook, receiver, run_due, only_delivery):
    one = hook()
    write_account(cast.workspace)
    run_due()
    with workspace_scope(cast.workspace):
        delivered = WebhookDelivery.objects.get()
        actions.replay_delivery(
            workspace=cast.workspace, pk=one.pk, delivery_id=delivered.pk, by=member_actor(cast.owner), at=now()
        )
    run_due()
    first, second = receiver.requests
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.body == second.body
    assert (only_delivery().attempts, len(only_delivery().log)) == (1, 2)


def test_replay_failed_since(cast, hook, receiver, run_due):
    one = hook()
    for key in ("A1", "A2", "A3"):
        write_account(cast.workspace, key)
    at = now()
    with workspace_scope(cast.workspace):
        events = list(WebhookEvent.objects.order_by("id"))
        WebhookEvent.objects.filter(pk=events[0].pk).update(created_at=at - dt.timedelta(days=2))
        WebhookDelivery.objects.filter(event__in=events[:2]).update(state="failed", attempts=10)
        WebhookDelivery.objects.filter(event=events[2]).update(state="delivered")
        count = actions.replay_failed(
            workspace=cast.workspace, pk=one.pk, since=at - dt.timedelta(days=1), by=member_actor(cast.owner), at=at
        )
    run_due()
    assert count == 1
    assert [request.headers["webhook-id"] for request in receiver.requests] == [str(events[1].pk)]


def test_retry_after_rests_the_whole_webhook(cast, hook, receiver, run_due):
    one = hook()
    receiver.answer = (429, {"retry-after": "600"}, b"")
    write_account(cast.workspace)
    at = now()
    run_due(at)
    assert reread(one).resting_until == at + dt.timedelta(seconds=600)
    write_account(cast.workspace, "A2")
    receiver.answer = (204, {}, b"")
    run_due(at + 599 * SECOND)
    assert len(receiver.requests) == 1
    run_due(at + 660 * SECOND)
    assert len(receiver.requests) == 3
    assert (reread(one).failures, one.resting_until) == (0, None)


def test_retry_after_of_an_answer_that_is_not_busy_does_not_count(cast, hook, receiver, run_due, only_delivery):
    hook()
    receiver.answer = (400, {"retry-after": "6000"}, b"")
    write_account(cast.workspace)
    at = now()
    run_due(at)
    assert only_delivery().due_at - at < 6 * SECOND


def test_gone_disables(cast, hook, receiver, run_due, settings):
    settings.HAS_MAIL_SERVER = True
    one = hook()
    write_account(cast.workspace)
    receiver.answer = (410, {}, b"")
    run_due()
    reread(one)
    assert (one.is_active, one.disabled_reason) == (False, DisabledReason.GONE)
    write_account(cast.workspace, "A2")
    run_due(now() + dt.timedelta(days=9))
    assert len(receiver.requests) == 1
    with workspace_scope(cast.workspace):
        assert [row.state for row in WebhookDelivery.objects.all()] == ["failed"], "nothing is written while it is off"
        noted = Activity.objects.get(verb="disabled")
        mail = Outbox.objects.get()
    assert (noted.subject_type, noted.after) == ("webhook", {"reason": "gone"})
    assert mail.to == cast.owner.user.email
    with workspace_scope(cast.workspace):
        told = Notification.objects.get()
    assert (told.kind, told.member_id, told.subject_id) == ("webhook_disabled", cast.owner.pk, str(one.pk))
    assert f"/notifications/{told.pk}/" in mail.body
    assert "The receiver answered 410 Gone" in mail.body
    assert "sesame" not in mail.subject + mail.body


def test_several_events_given_up_disable(cast, hook, receiver, run_due):
    one = hook()
    receiver.answer = (500, {}, b"")
    for number in range(delivery.MOST_GIVEN_UP + 1):
        write_account(cast.workspace, f"A{number}")
    with workspace_scope(cast.workspace):
        WebhookDelivery.objects.update(attempts=9)
        Webhook.objects.update(failures=1)  # so that they are tried one at a time
    at = now()
    for _ in range(delivery.MOST_GIVEN_UP):
        assert reread(one).is_active
        run_due(at)
        at += dt.timedelta(minutes=2)
    assert (reread(one).is_active, one.disabled_reason) == (False, DisabledReason.FAILING)
    with workspace_scope(cast.workspace):
        states = sorted(WebhookDelivery.objects.values_list("state", flat=True))
    assert states == ["disabled"] + ["failed"] * delivery.MOST_GIVEN_UP


def test_worker_killed_while_sending(cast, hook, receiver, run_due, only_delivery):
    """It took the delivery and was never heard of again."""
    hook()
    write_account(cast.workspace)
    at = now()
    assert len(delivery.claim(at=at)) == 1
    run_due(at + (delivery.LEASE_SECONDS - 1) * SECOND)
    assert receiver.requests == []
    run_due(at + delivery.LEASE_SECONDS * SECOND)
    assert len(receiver.requests) == 1
    assert (only_delivery().state, only_delivery().claim) == ("delivered", 2)


def test_worker_that_was_overtaken_writes_nothing(cast, hook, receiver, only_delivery):
    hook()
    write_account(cast.workspace)
    at = now()
    ((delivery_id, workspace_id),) = delivery.claim(at=at)
    letter = delivery._letter(delivery_id, workspace_id, at=at)
    later = at + dt.timedelta(hours=1)
    delivery.deliver(delivery.claim(at=later), now=lambda: later)
    delivery.note(letter, delivery.Answer(1, "connection"), at=later)
    assert (only_delivery().state, only_delivery().attempts) == ("delivered", 1)


def test_crash_between_commit_and_enqueue(cast, hook, receiver, monkeypatch):
    """The word to the worker is lost; beat's next poke finds what is due."""
    hook()
    monkeypatch.setattr(broker, "send", lambda *args, **kwargs: False)
    write_account(cast.workspace)
    tasks.deliver_webhooks.apply(throw=True)
    assert len(receiver.requests) == 1


def test_write_that_failed_tells_nobody(cast, hook, receiver, run_due):
    hook()
    with workspace_scope(cast.workspace):
        save_accounts(workspace=cast.workspace, rows=[{"name": "A"}], by=BY)
        transaction.set_rollback(True)
    run_due()
    assert receiver.requests == []


def test_workspaces_never_cross(cast, hook, receiver, run_due):
    ours, theirs = hook(), hook(workspace=cast.rival)
    write_account(cast.workspace, "ours")
    write_account(cast.rival, "theirs")
    run_due()
    assert len(receiver.requests) == 2
    for one, name in ((ours, "ours"), (theirs, "theirs")):
        good = []
        for request in receiver.requests:
            try:
                good.append(standardwebhooks.Webhook(one.secret).verify(request.body, request.headers))
            except standardwebhooks.WebhookVerificationError:
                continue
        assert [told["data"]["name"] for told in good] == [name]


def test_hanging_receiver_does_not_hold_up_the_others(cast, hook, receiver, run_due, settings):
    """Once it failed, one of its deliveries at a time is tried; everybody else's go out meanwhile."""
    hook()
    with receiving() as gone:
        stuck = hook(url=gone.url)
    for number in range(20):
        write_account(cast.workspace, f"A{number}")
    run_due()
    assert len(receiver.requests) == 20
    with workspace_scope(cast.workspace):
        tried = WebhookDelivery.objects.filter(webhook=stuck, attempts__gt=0).count()
    assert tried == delivery.MOST_PER_WEBHOOK, "those that were under way when the first of them failed"
    run_due(now() + dt.timedelta(minutes=2))
    with workspace_scope(cast.workspace):
        assert WebhookDelivery.objects.filter(webhook=stuck, attempts__gt=0).count() == tried + 1


def test_key_that_is_revoked_takes_its_webhooks_along(cast, hook, receiver, run_due):
    cast.api_key()
    with workspace_scope(cast.workspace):
        key = ApiKey.objects.get()
    one = hook(by=key_actor(key))
    write_account(cast.workspace)
    run_due()
    with workspace_scope(cast.workspace):
        revoke_api_key(workspace=cast.workspace, pk=key.pk, by=member_actor(cast.owner))
    write_account(cast.workspace, "A2")
    run_due()
    assert len(receiver.requests) == 1
    assert (reread(one).is_active, one.disabled_reason) == (False, DisabledReason.KEY_CLOSED)
    with workspace_scope(cast.workspace):
        taken = actions.change_webhook(
            workspace=cast.workspace, pk=one.pk, changes={"is_active": True}, by=member_actor(cast.owner), at=now()
        )
    assert taken.api_key_id is None, "an owner takes it over"
    write_account(cast.workspace, "A3")
    run_due()
    assert len(receiver.requests) == 2


def test_log_is_let_go_after_thirty_days(cast, hook, run_due):
    kept, removed = hook(), hook(["account.voided"])
    write_account(cast.workspace)
    at = now()
    with workspace_scope(cast.workspace):
        actions.remove_webhook(workspace=cast.workspace, pk=removed.pk, by=member_actor(cast.owner), at=at)
        retention.drop_old_events(workspace=cast.workspace, at=at + dt.timedelta(days=29))
        assert (WebhookDelivery.objects.count(), WebhookEvent.objects.count(), Webhook.objects.count()) == (1, 1, 2)
        retention.drop_old_events(workspace=cast.workspace, at=at + dt.timedelta(days=31))
        assert (WebhookDelivery.objects.count(), WebhookEvent.objects.count()) == (0, 0)
        assert [one.pk for one in Webhook.objects.all()] == [kept.pk]


def test_nothing_secret_in_logs(cast, hook, receiver, run_due, caplog):
    caplog.set_level("DEBUG")
    one = hook()
    for status in (500, 410):
        receiver.answer = (status, {}, b"sesame")
        write_account(cast.workspace, f"A{status}", name="Kanari GmbH")
        run_due(now() + dt.timedelta(minutes=status))
    assert "webhook_not_delivered" in caplog.text
    for word in ("sesame", one.secret, "Kanari", json.dumps(one.url)):
        assert word not in caplog.text
