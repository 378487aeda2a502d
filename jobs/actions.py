"""Writes: asking for a run, posting a mail."""

import datetime as dt
from collections.abc import Mapping
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction

from jobs.delivery import send_after_commit
from jobs.models import Outbox, Run
from workspaces.activity import plain, record
from workspaces.actor import Actor


@transaction.atomic
def queue_run(
    *,
    workspace,
    kind: str,
    key: str,
    params: dict,
    by: Actor,
    queue: str = Run.SLOW,
    local_date: dt.date | None = None,
) -> Run:
    """Ask for a piece of work; a worker is poked after the commit. Whether `by` may ask is for the caller to say.

    Returns the run that is open under the same kind and key where there is one. With `local_date`, the one run that
    there ever is for that date, finished or not.
    """
    if kind not in settings.RUN_KINDS:
        raise ValueError(f"no such kind of run: {kind}")
    same = Run.objects.filter(workspace=workspace, kind=kind)
    for _ in range(3):
        if local_date and (run := same.filter(local_date=local_date).first()):
            return run
        if run := same.open().filter(key=key).first():
            return run
        try:
            with transaction.atomic():
                run = Run.objects.create(
                    workspace=workspace,
                    kind=kind,
                    key=key,
                    local_date=local_date,
                    queue=queue,
                    params=plain(params),
                    created_by=by.label[:200],
                    door=by.door,
                    user_id=by.user_id,
                    api_key_id=by.api_key_id,
                )
        except IntegrityError:
            continue  # Someone was faster; theirs is the run, unless it has ended meanwhile.
        record(workspace=workspace, by=by, verb="queued", subject=run, after={"kind": kind, **params})
        send_after_commit("jobs.tasks.work", queue=queue, of_queue=queue)
        return run
    raise RuntimeError(f"could not queue {kind} {key}")


@transaction.atomic
def post_mail(
    *,
    workspace,
    to: str,
    subject: str,
    body: str,
    key: str,
    html: str = "",
    headers: Mapping[str, str] | None = None,
) -> UUID | None:
    """Have a mail sent if this transaction commits: its id in the outbox, the earlier one's if `key` was used before.

    key: what the mail is about, for example ``invitation:<id>``. html: `body` in its HTML form. None, and nothing is kept,
    when the installation has no mail server. Raises ValueError for line breaks in `to`, `subject` or `headers`, which
    would let a name write headers.
    """
    if not settings.HAS_MAIL_SERVER:
        return None
    headers = dict(headers or {})
    if {"\r", "\n"} & set("".join([to, subject, *headers, *headers.values()])):
        raise ValueError("a line break in a mail's header")
    mail, is_new = Outbox.objects.get_or_create(
        workspace=workspace,
        key=key,
        defaults={"to": to, "subject": subject, "body": body, "html": html, "headers": headers},
    )
    if is_new:
        send_after_commit(
            "jobs.tasks.deliver_mail", queue=Run.FAST, workspace_id=str(workspace.pk), mail_id=str(mail.pk)
        )
    return mail.pk
