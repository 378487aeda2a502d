"""An invitation leaves by mail when there is a server for it, through a real SMTP conversation."""

import socket

import pytest
from aiosmtpd.controller import Controller
from django.test import override_settings
from django.urls import reverse

from jobs import tasks
from jobs.models import Outbox
from workspaces.models import Invitation
from workspaces.scope import workspace_scope

pytestmark = pytest.mark.django_db(transaction=True)


class Inbox:
    def __init__(self):
        self.envelopes = []

    async def handle_DATA(self, server, session, envelope):
        self.envelopes.append(envelope)
        return "250 OK"


@pytest.fixture
def inbox():
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    handler = Inbox()
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    mailer = {
        "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "OPTIONS": {"host": "127.0.0.1", "port": port, "timeout": 10},
    }
    with override_settings(HAS_MAIL_SERVER=True, MAILERS={"default": mailer}):
        yield handler
    controller.stop()


def invite(cast, **values):
    url = reverse("workspaces:invitation_new", args=[cast.workspace.slug])
    answer = cast.client(cast.owner).post(url, {"role": "member", "team": ""} | values)
    assert answer.status_code == 200
    return answer


def waiting(cast) -> list[Outbox]:
    with workspace_scope(cast.workspace):
        return list(Outbox.objects.filter(state=Outbox.PENDING))


def test_invitation_sent(cast, inbox):
    answer = invite(cast, email="new@example.com")
    link = answer.context["link"]
    assert "It is being sent to new@example.com." in answer.content.decode()
    [mail] = waiting(cast)
    with workspace_scope(cast.workspace):
        assert mail.key == f"invitation:{Invitation.objects.get().pk}"
    tasks.deliver_mail.apply(kwargs={"workspace_id": str(cast.workspace.pk), "mail_id": str(mail.pk)}, throw=True)
    [envelope] = inbox.envelopes
    assert envelope.rcpt_tos == ["new@example.com"]
    text = envelope.content.decode()
    assert "Subject: Invitation to Acme" in text
    assert link in text.replace("=\r\n", "")
    assert waiting(cast) == []


def test_invitation_without_address_is_passed_on_by_hand(cast, inbox):
    answer = invite(cast, email="")
    assert "this product does not send it" in answer.content.decode()
    assert waiting(cast) == []


def test_invitation_without_mail_server(cast):
    answer = invite(cast, email="new@example.com")
    assert "this product does not send it" in answer.content.decode()
    assert waiting(cast) == []
