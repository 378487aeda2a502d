"""Stopping a webhook, by hand or because its receiver is no more, and telling the owners about it."""

import datetime as dt

from django.utils import translation

from jobs.models import DisabledReason, Webhook, WebhookDelivery
from workspaces import roles
from workspaces.actions.notifications import members_who_may, notify
from workspaces.activity import record
from workspaces.actor import Actor, system_actor


def disable(hook: Webhook, *, reason: DisabledReason, at: dt.datetime, by: Actor) -> None:
    """Stop an active webhook; what waits for it is not sent any more. Whether `by` may is for the caller to say.

    Owners are told when nobody of them did it.
    """
    hook.is_active, hook.disabled_at, hook.disabled_reason = False, at, reason
    hook.save(update_fields=["is_active", "disabled_at", "disabled_reason"])
    waiting = WebhookDelivery.objects.filter(workspace_id=hook.workspace_id, webhook=hook)
    waiting.filter(state=WebhookDelivery.PENDING).update(state=WebhookDelivery.DISABLED)
    record(
        workspace=hook.workspace,
        by=by,
        verb="disabled",
        subject=hook,
        subject_type="robot" if hook.vendor else None,
        after={"reason": reason},
    )
    if reason != DisabledReason.BY_HAND:
        _tell_owners(hook)


def _tell_owners(hook: Webhook) -> None:
    # The words of the reason in English, as they are marked for translation: each reader has them in their own language.
    with translation.override(None):
        reason = str(DisabledReason(hook.disabled_reason).label)
    notify(
        workspace=hook.workspace,
        kind="webhook_disabled",
        members=members_who_may(hook.workspace, roles.MANAGE_WEBHOOKS),
        by=system_actor("task"),
        subject_type="robot" if hook.vendor else "webhook",
        subject_id=hook.pk,
        label=str(hook),
        details={"reason": reason},
    )
