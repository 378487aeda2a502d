"""Stopping a webhook, by hand or because its receiver is no more, and telling the owners about it."""

import datetime as dt

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from jobs.actions import post_mail
from jobs.models import DisabledReason, Webhook, WebhookDelivery
from workspaces.activity import record
from workspaces.actor import Actor
from workspaces.queries import active_members
from workspaces.roles import Owner


def disable(hook: Webhook, *, reason: DisabledReason, at: dt.datetime, by: Actor) -> None:
    """Stop an active webhook; what waits for it is not sent any more. Whether `by` may is for the caller to say.

    Owners get a mail when nobody of them did it.
    """
    hook.is_active, hook.disabled_at, hook.disabled_reason = False, at, reason
    hook.save(update_fields=["is_active", "disabled_at", "disabled_reason"])
    waiting = WebhookDelivery.objects.filter(workspace_id=hook.workspace_id, webhook=hook)
    waiting.filter(state=WebhookDelivery.PENDING).update(state=WebhookDelivery.DISABLED)
    record(workspace=hook.workspace, by=by, verb="disabled", subject=hook, after={"reason": reason})
    if reason != DisabledReason.BY_HAND:
        _post_notice(hook, at)


def _post_notice(hook: Webhook, at: dt.datetime) -> None:
    workspace = hook.workspace
    page = settings.PUBLIC_URL + reverse("jobs:webhook_page", args=[workspace.slug, hook.pk])
    with translation.override(workspace.language):
        subject = _("Webhook disabled: %(name)s") % {"name": " ".join(str(hook).split())}
        body = _("%(workspace)s sends nothing to this webhook any more: %(reason)s.") % {
            "workspace": workspace.name,
            "reason": DisabledReason(hook.disabled_reason).label,
        }
    for member in active_members(workspace).filter(role=Owner.key):
        key = f"webhook-disabled:{hook.pk}:{at.isoformat()}:{member.pk}"
        post_mail(workspace=workspace, to=member.user.email, subject=subject, body=f"{body}\n\n{page}\n", key=key)
