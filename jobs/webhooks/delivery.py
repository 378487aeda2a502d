"""Delivering: claim what is due over all workspaces, send it side by side, write down what came of it.

The claim decides, not the broker: a task that is delivered five times, or to five workers at once, sends once. No
transaction is open and no row is locked while a receiver is waited for.
"""

import datetime as dt
import json
import secrets
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace
from urllib.parse import urlsplit
from uuid import UUID

import structlog
from django.conf import settings
from django.db import connection
from django.utils import timezone

from jobs.models import DisabledReason, Webhook, WebhookDelivery
from jobs.webhooks import schedule, sending
from jobs.webhooks.disabling import disable
from jobs.webhooks.robot_hosts import is_allowed_host
from jobs.webhooks.robots import ROBOTS, Message, Request, Vendor, refusal_in
from jobs.webhooks.sending import Answer, Failure, Limits
from jobs.webhooks.signing import signed_headers
from workspaces.actor import system_actor
from workspaces.scope import workspace_scope

log = structlog.get_logger(__name__)

# At once in one process, and of these to one receiver.
MOST_AT_ONCE, MOST_PER_WEBHOOK = 32, 8
# Longer than an attempt can take, resolving the name included, which nothing cuts short.
LEASE_SECONDS = 120
# Attempts that stay in a delivery's log; replaying by hand may add any number.
LONGEST_LOG = 20
# So many deliveries given up, none delivered between: nobody is there any more.
MOST_GIVEN_UP = 5
GONE = 410
# Answers whose Retry-After counts.
BUSY = (429, 503)


@dataclass(frozen=True)
class Letter:
    """One attempt, ready to be sent. claim: as in WebhookDelivery. timestamp, signature: as sent, for the log."""

    workspace_id: UUID
    delivery_id: UUID
    webhook_id: UUID
    claim: int
    url: str
    body: str
    headers: Mapping[str, str]
    timestamp: str
    signature: str
    vendor: str = ""


def work(
    *,
    seconds: float,
    clock: Callable[[], float] = time.monotonic,
    now: Callable[[], dt.datetime] = timezone.now,
) -> bool:
    """Deliver what is due, batch after batch, and claim no more after `seconds`.

    True when it stopped for the time, so that there may be more to do.
    """
    started = clock()
    while claimed := claim(at=now()):
        deliver(claimed, now=now)
        if clock() - started >= seconds:
            return True
    return False


def claim(*, at: dt.datetime) -> list[tuple[UUID, UUID]]:
    """Take what is due at `at`: (delivery id, workspace id), over all workspaces, a few of each webhook."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select id, workspace_id from claim_webhook_deliveries(%s, %s, %s, make_interval(secs => %s))",
            [at, MOST_AT_ONCE, MOST_PER_WEBHOOK, LEASE_SECONDS],
        )
        return cursor.fetchall()


def deliver(claimed: list[tuple[UUID, UUID]], *, now: Callable[[], dt.datetime]) -> None:
    """Send claimed deliveries, all at once, and note each as soon as it is through. Never raises for a receiver."""
    letters = [letter for one in claimed if (letter := _letter(*one, at=now()))]
    if not letters:
        return
    with ThreadPoolExecutor(len(letters), thread_name_prefix="webhook") as pool:
        sent = {pool.submit(_send, letter): letter for letter in letters}
        for attempt in as_completed(sent):
            note(sent[attempt], attempt.result(), at=now())


def _letter(delivery_id: UUID, workspace_id: UUID, *, at: dt.datetime) -> Letter | None:
    """What to send; None when meanwhile there is nothing to be sent any more."""
    with workspace_scope(workspace_id):
        deliveries = WebhookDelivery.objects.select_related("webhook__api_key", "webhook__workspace", "event")
        delivery = deliveries.filter(
            workspace_id=workspace_id, pk=delivery_id, state=WebhookDelivery.PENDING, webhook__is_active=True
        ).first()
        if delivery is None:
            return None
        hook = delivery.webhook
        if hook.api_key is not None and not hook.api_key.is_open_at(at):
            disable(hook, reason=DisabledReason.KEY_CLOSED, at=at, by=system_actor("task"))
            return None
        request = _request_of(delivery, at)
        return Letter(
            workspace_id=workspace_id,
            delivery_id=delivery_id,
            webhook_id=hook.pk,
            claim=delivery.claim,
            url=request.url,
            body=request.body,
            headers=request.headers,
            timestamp=request.timestamp,
            signature=request.signature,
            vendor=hook.vendor,
        )


def _request_of(delivery: WebhookDelivery, at: dt.datetime) -> Request:
    """What is posted: an event as it is, or put in the form that the vendor of a robot reads."""
    hook, body = delivery.webhook, delivery.event.body
    if not hook.is_readable:
        return Request("", body)
    if hook.vendor:
        message = Message.of_data(json.loads(body)["data"])
        return ROBOTS[Vendor(hook.vendor)].request(hook.url, hook.secret, message, at)
    headers = signed_headers(body, message_id=str(delivery.event_id), secrets=hook.secrets_at(at), at=at)
    return Request(hook.url, body, headers, headers["webhook-timestamp"], headers["webhook-signature"])


def _send(letter: Letter) -> Answer:
    if not letter.url:
        return Answer(0, error=str(Failure.LOCKED))
    if letter.vendor and not is_allowed_host(Vendor(letter.vendor), urlsplit(letter.url).hostname or ""):
        return Answer(0, error=str(Failure.ADDRESS))
    answer = sending.post(
        letter.url,
        letter.body.encode(),
        letter.headers,
        limits=Limits(settings.WEBHOOK_CONNECT_SECONDS, settings.WEBHOOK_TOTAL_SECONDS),
        is_http_allowed=settings.WEBHOOK_ALLOW_HTTP,
        allowed=settings.WEBHOOK_ALLOWED_NETWORKS,
    )
    if letter.vendor and not answer.error and refusal_in(letter.vendor, answer.text) is not None:
        return replace(answer, error=str(Failure.ROBOT))
    return answer


def note(letter: Letter, answer: Answer, *, at: dt.datetime) -> None:
    """Write down what came of an attempt at the instant `at`, and when the next one is due. Changes nothing when
    somebody else claimed the delivery meanwhile.
    """
    own = {"workspace_id": letter.workspace_id}
    with workspace_scope(letter.workspace_id):
        # The webhook first, as whoever disables it does; not the kind of lock that a new delivery's key waits for.
        hook = Webhook.objects.select_for_update(no_key=True).filter(pk=letter.webhook_id, **own).first()
        if hook is None:
            # Its workspace was erased meanwhile; what else was sent with it has still to be noted.
            return
        deliveries = WebhookDelivery.objects.select_for_update(no_key=True)
        delivery = deliveries.filter(pk=letter.delivery_id, claim=letter.claim, **own).first()
        if delivery is None:
            log.warning("webhook_claim_lost", delivery=str(letter.delivery_id))
            return
        delivery.attempts += 1
        delivery.status, delivery.error = answer.status, answer.error
        delivery.took_ms, delivery.attempted_at = answer.took_ms, at
        delivery.log = [*delivery.log, _log_entry(letter, answer, at)][-LONGEST_LOG:]
        if answer.error:
            _note_failure(hook, delivery, answer, at)
        else:
            delivery.state, delivery.delivered_at = WebhookDelivery.DELIVERED, at
            _note_success(hook)
        delivery.save()


def _log_entry(letter: Letter, answer: Answer, at: dt.datetime) -> dict:
    return {
        "at": at.isoformat(),
        "took_ms": answer.took_ms,
        "status": answer.status,
        "error": answer.error,
        "answer": answer.text,
        "timestamp": letter.timestamp,
        "signature": letter.signature,
    }


def _note_success(hook: Webhook) -> None:
    if hook.failures or hook.given_up or hook.resting_until:
        hook.failures, hook.given_up, hook.resting_until = 0, 0, None
        hook.save(update_fields=["failures", "given_up", "resting_until"])


def _note_failure(hook: Webhook, delivery: WebhookDelivery, answer: Answer, at: dt.datetime) -> None:
    wish = schedule.wish_of(answer.retry_after, at=at) if answer.status in BUSY else None
    pause = schedule.pause_after(delivery.attempts, chance=secrets.randbelow(1001) / 1000, wish=wish)
    hook.failures += 1
    hook.resting_until = at + schedule.rest_after(hook.failures, wish=wish)
    if pause is None:
        delivery.state = WebhookDelivery.FAILED
        hook.given_up += 1
    else:
        delivery.due_at = at + pause
    hook.save(update_fields=["failures", "given_up", "resting_until"])
    log.info(
        "webhook_not_delivered",
        delivery=str(delivery.pk),
        attempts=delivery.attempts,
        error=answer.error,
        status=answer.status,
    )
    if not hook.is_active:
        delivery.state = WebhookDelivery.DISABLED
    elif answer.status == GONE:
        delivery.state = WebhookDelivery.FAILED
        disable(hook, reason=DisabledReason.GONE, at=at, by=system_actor("task"))
    elif hook.given_up >= MOST_GIVEN_UP:
        disable(hook, reason=DisabledReason.FAILING, at=at, by=system_actor("task"))
        if delivery.state == WebhookDelivery.PENDING:
            delivery.state = WebhookDelivery.DISABLED
