"""The outbox: a mail leaves once if and only if what it tells about happened."""

import smtplib
import threading
from datetime import timedelta

import pytest
from django.core import mail as django_mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection, transaction
from django.db.models.functions import Now

from jobs import mail, tasks
from jobs.actions import post_mail
from jobs.models import Outbox
from workspaces.scope import workspace_scope

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _mail_server(settings):
    settings.HAS_MAIL_SERVER = True
    settings.DEFAULT_FROM_EMAIL = "b2bops@ops.example.com"


@pytest.fixture
def post(cast):
    def write(key="invitation:1", **changes):
        fields = {"to": "new@example.com", "subject": "你好", "body": "https://x/secret-token"} | changes
        with workspace_scope(cast.workspace):
            return post_mail(workspace=cast.workspace, key=key, **fields)

    return write


def row(cast) -> Outbox:
    with workspace_scope(cast.workspace):
        return Outbox.objects.get()


def deliver(cast, mail_id):
    tasks.deliver_mail.apply(kwargs={"workspace_id": str(cast.workspace.pk), "mail_id": str(mail_id)}, throw=True)


def test_mail_sent_once(cast, post):
    mail_id = post()
    deliver(cast, mail_id)
    deliver(cast, mail_id)
    [message] = django_mail.outbox
    assert (message.to, message.subject, message.body) == (["new@example.com"], "你好", "https://x/secret-token")
    assert message.extra_headers["Message-ID"] == f"<{mail_id}@ops.example.com>"
    sent = row(cast)
    assert (sent.state, sent.attempts, sent.body, sent.error) == ("sent", 1, "", "")
    assert sent.sent_at is not None


def test_mail_delivered_five_times_at_once(cast, post):
    mail_id = post()
    start = threading.Barrier(5)

    def one():
        start.wait()
        deliver(cast, mail_id)
        connection.close()

    threads = [threading.Thread(target=one) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(django_mail.outbox) == 1


def test_mail_same_key(cast, post):
    assert post() == post(to="other@example.com")
    assert row(cast).to == "new@example.com"


def test_mail_of_a_write_that_failed(cast, post):
    with workspace_scope(cast.workspace):
        post()
        transaction.set_rollback(True)
    with workspace_scope(cast.workspace):
        assert not Outbox.objects.exists()
    assert mail.due_mails() == []


def test_mail_without_a_mail_server(cast, post, settings):
    settings.HAS_MAIL_SERVER = False
    assert post() is None
    with workspace_scope(cast.workspace):
        assert not Outbox.objects.exists()


@pytest.mark.parametrize("field", ["to", "subject"])
def test_mail_with_a_line_break_in_a_header(cast, post, field):
    with pytest.raises(ValueError, match="line break"):
        post(**{field: "a@example.com\nBcc: b@example.com"})
    with workspace_scope(cast.workspace):
        assert not Outbox.objects.exists()


def test_mail_refused_waits_longer_each_time_and_is_given_up(cast, post, monkeypatch):
    def refuse(self, messages):
        raise smtplib.SMTPServerDisconnected("closed")

    monkeypatch.setattr(EmailBackend, "send_messages", refuse)
    mail_id = post()
    for attempt in range(1, 6):
        deliver(cast, mail_id)
        waiting = row(cast)
        assert (waiting.state, waiting.attempts) == ("pending", attempt)
        assert waiting.body, "what is not sent is kept"
        deliver(cast, mail_id)
        assert row(cast).attempts == attempt, "not before its time"
        assert mail.due_mails() == []
        with workspace_scope(cast.workspace):
            Outbox.objects.update(due_at=Now() - timedelta(seconds=1))
    deliver(cast, mail_id)
    given_up = row(cast)
    assert (given_up.state, given_up.attempts, given_up.error) == ("failed", 6, "SMTPServerDisconnected: closed")
    assert given_up.body == "", "it holds a link that opens something"


def test_mail_that_was_never_sent_for(cast, post, monkeypatch):
    """The process died between commit and enqueue: the next poke finds the mail."""
    mail_id = post()
    sent = []
    monkeypatch.setattr(tasks, "send", lambda task, **options: sent.append((task, options)))
    tasks.sweep_outbox()
    assert sent == [
        (
            "jobs.tasks.deliver_mail",
            {"queue": "fast", "workspace_id": str(cast.workspace.pk), "mail_id": str(mail_id)},
        )
    ]


def test_mail_of_another_workspace(cast, post):
    mail_id = post()
    with workspace_scope(cast.rival):
        assert mail.deliver(mail_id) is False
    assert row(cast).attempts == 0


def test_mail_that_cannot_be_written_waits_and_keeps_the_others_going(cast, post, monkeypatch):
    def refuse(self, messages):
        raise UnicodeEncodeError("ascii", "é", 0, 1, "not here")

    monkeypatch.setattr(EmailBackend, "send_messages", refuse)
    deliver(cast, post())
    waiting = row(cast)
    assert (waiting.state, waiting.attempts) == ("pending", 1)
    assert waiting.error.startswith("UnicodeEncodeError")
