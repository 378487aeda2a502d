"""Sending what the outbox holds."""

from datetime import timedelta

import structlog
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import connection
from django.db.models.functions import Now

from jobs.models import Outbox
from workspaces.scope import current_workspace_id

log = structlog.get_logger(__name__)

# Waits before the second, third … attempt; after the last one the mail is given up.
PAUSES = [timedelta(seconds=30), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2), timedelta(hours=8)]


def due_mails(most: int = 100) -> list[tuple]:
    """(mail id, workspace id) of what waits to be sent, over all workspaces, longest-due first. Needs no scope."""
    with connection.cursor() as cursor:
        cursor.execute("select id, workspace_id from claim_outbox(%s)", [most])
        return cursor.fetchall()


def deliver(mail_id) -> bool:
    """Send one mail of the workspace in scope; False when there is nothing to do or it did not go out.

    The row stays locked while the server is spoken to: a second sender skips it, and a killed one leaves it pending.
    Between the server's answer and our commit a crash sends the mail twice; both carry the same Message-ID.
    """
    mail = (
        Outbox.objects.select_for_update(skip_locked=True)
        .filter(workspace_id=current_workspace_id(), pk=mail_id, state=Outbox.PENDING, due_at__lte=Now())
        .first()
    )
    if mail is None:
        return False
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2]
    headers = {**mail.headers, "Message-ID": f"<{mail.pk}@{domain}>"}
    message = EmailMultiAlternatives(mail.subject, mail.body, to=[mail.to], headers=headers)
    if mail.html:
        message.attach_alternative(mail.html, "text/html")
    mail.attempts += 1
    try:
        message.send()
    except (OSError, ValueError) as error:  # smtplib raises OSErrors; an address it cannot write, a ValueError
        mail.error = f"{type(error).__name__}: {error}"[:500]
        if mail.attempts > len(PAUSES):
            # Nobody will read it any more, and it may hold a link that opens something.
            mail.state, mail.body, mail.html, mail.headers = Outbox.FAILED, "", "", {}
        else:
            mail.due_at = Now() + PAUSES[mail.attempts - 1]
        log.warning("mail_not_sent", mail=str(mail.pk), attempts=mail.attempts, error=type(error).__name__)
        mail.save(update_fields=["attempts", "state", "due_at", "body", "html", "headers", "error"])
        return False
    mail.state, mail.sent_at, mail.error = Outbox.SENT, Now(), ""
    mail.body, mail.html, mail.headers = "", "", {}
    mail.save(update_fields=["attempts", "state", "sent_at", "body", "html", "headers", "error"])
    return True
