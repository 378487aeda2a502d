"""Sending the weekly digests that are due, a workspace at a time.

Mails go into the outbox and messages into the deliveries of webhooks, in the one transaction that notes that they were
sent: killed anywhere it sends nothing, asked twice it sends once, and what left is retried by those that retry.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import structlog
from django.conf import settings
from django.db import transaction
from django.utils import translation

from jobs.actions import post_mail
from jobs.webhooks.robot_actions import say
from metrics import queries
from metrics.digest import notice, words
from metrics.digest.facts import DigestFacts, digest_facts
from metrics.digest.schedule import PATIENCE, due_day, instant
from metrics.digest.tokens import unsubscribe_url
from metrics.models import DigestSubscription

log = structlog.get_logger(__name__)


@dataclass
class Edition:
    """What is sent for one day, worked out once for each language."""

    workspace: Any
    day: dt.date
    closed: dt.date
    shown: dict[str, words.Digest] = field(default_factory=dict)

    @cached_property
    def facts(self) -> DigestFacts | None:
        return digest_facts(self.workspace, closed=self.closed, day=self.day)

    def digest(self, language: str) -> words.Digest | None:
        """In `language`, which is in force. None while there are no figures."""
        if language not in self.shown and self.facts is not None:
            self.shown[language] = words.digest(self.workspace, self.facts)
        return self.shown.get(language)


def send_due(*, workspace, at: dt.datetime) -> int:
    """Send what is due in `workspace` (in scope) at the instant `at`; how many went out, notices among them."""
    waiting = _due(workspace, at)
    if not waiting:
        return 0
    closed = queries.closed_through(workspace)
    if closed is None:
        return 0
    editions: dict[dt.date, Edition] = {}
    sent = 0
    for pk, _day in waiting:
        try:
            sent += _send_one(pk, workspace, editions, closed, at)
        except Exception:
            # One reader's trouble must not keep the others waiting; it is tried again with the next beat.
            log.exception("digest_not_sent", workspace=str(workspace.pk), subscription=str(pk))
    return sent


@transaction.atomic
def _send_one(pk: Any, workspace, editions: dict[dt.date, Edition], closed: dt.date, at: dt.datetime) -> int:
    """Send what one subscription is due, if it still is; how many went out."""
    found = DigestSubscription.objects.select_for_update(no_key=True, skip_locked=True, of=("self",))
    one = found.select_related("member__user", "robot").filter(workspace=workspace, pk=pk, is_on=True).first()
    # Asked again under the lock: somebody else may have sent it meanwhile.
    day = _day_due(one, workspace, at) if one else None
    if one is None or day is None:
        return 0
    edition = editions.setdefault(day, Edition(workspace, day, closed))
    outcome = _send(one, edition, at)
    if not outcome:
        return 0
    one.sent_for, one.outcome = day, outcome
    one.save(update_fields=["sent_for", "outcome"])
    return 1


def _due(workspace, at: dt.datetime) -> list[tuple[Any, dt.date]]:
    """Subscriptions with the day that each is due for. One query."""
    rows = DigestSubscription.objects.filter(workspace=workspace, is_on=True).order_by("pk")
    members = rows.filter(member__is_active=True, member__user__is_active=True)
    robots = rows.filter(robot__is_active=True, robot__removed_at__isnull=True)
    reachable = members | robots if settings.HAS_MAIL_SERVER else robots
    return [(one.pk, day) for one in reachable if (day := _day_due(one, workspace, at))]


def _day_due(one: DigestSubscription, workspace, at: dt.datetime) -> dt.date | None:
    return due_day(
        weekday=one.weekday, hour=one.hour, zone=workspace.zone, since=one.since, sent_for=one.sent_for, at=at
    )


def language_of(one: DigestSubscription, workspace) -> str:
    """The reader's: a member's own, a robot's as chosen, else the workspace's."""
    own = one.member.user.language if one.member is not None else one.language
    return own or workspace.language


def _send(one: DigestSubscription, edition: Edition, at: dt.datetime) -> str:
    """What was sent, as in DigestSubscription.outcome; empty when it waits."""
    workspace, language = edition.workspace, language_of(one, edition.workspace)
    with translation.override(language):
        if edition.closed >= edition.day - dt.timedelta(days=1):
            shown = edition.digest(language)
            if shown is None:
                return ""
            _hand_over(
                one, edition.day, mail=lambda: mail_to(one.member, shown), message=lambda: words.message_of(shown)
            )
            return DigestSubscription.DIGEST
        why = notice.reason_of(workspace, language)
        if not why and at - instant(edition.day, one.hour, workspace.zone) < PATIENCE:
            return ""  # the night is still at it
        told: dict[str, Any] = {"closed": edition.closed, "why": why, "language": language}
        _hand_over(
            one,
            edition.day,
            mail=lambda: notice.mail_of_notice(workspace, **told),
            message=lambda: notice.message_of_notice(workspace, **told),
        )
        return DigestSubscription.NOTICE


def _hand_over(one: DigestSubscription, day: dt.date, *, mail: Callable, message: Callable) -> None:
    if one.robot is not None:
        say(one.robot, message())
    else:
        post_digest(one.member, mail(), key=f"digest:{one.pk}:{day.isoformat()}")
    log.info("digest_sent", subscription=str(one.pk), day=day.isoformat())


def mail_to(member, shown: words.Digest) -> words.Mail:
    return words.mail_of(
        shown,
        unsubscribe_url=unsubscribe_url(member.workspace_id, member.pk),
        preferences_url=words.page("metrics:preferences", member.workspace.slug),
    )


def post_digest(member, mail: words.Mail, *, key: str) -> None:
    url = unsubscribe_url(member.workspace_id, member.pk)
    post_mail(
        workspace=member.workspace,
        to=member.user.email,
        subject=mail.subject[:300],
        body=mail.body,
        html=mail.html,
        key=key,
        # RFC 8058: the mail program's own button sends one POST, without a person signing in.
        headers={"List-Unsubscribe": f"<{url}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"},
    )
