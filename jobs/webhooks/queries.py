"""Reads about webhooks and what was sent to them. All inside the workspace's scope."""

from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery
from django.http import Http404

from jobs.models import Webhook, WebhookDelivery
from workspaces.actor import Actor
from workspaces.queries import name_in


def webhooks_for(workspace, by: Actor) -> QuerySet[Webhook]:
    """The webhooks that `by` may manage: a key those that it made, an owner all of them."""
    hooks = Webhook.objects.standing().of_systems().filter(workspace=workspace)
    return hooks.filter(api_key_id=by.api_key_id) if by.api_key_id else hooks


def webhook_or_404(workspace, pk: UUID, by: Actor) -> Webhook:
    hook = webhooks_for(workspace, by).select_related("api_key").filter(pk=pk).first()
    if hook is None:
        raise Http404
    return hook


def robots_of(workspace) -> QuerySet[Webhook]:
    """The group robots of a workspace, in the order in which they were made."""
    return Webhook.objects.standing().of_chats().filter(workspace=workspace).order_by("id")


def with_last_delivery(hooks: QuerySet[Webhook]) -> QuerySet[Webhook]:
    """Webhooks, each with `last_attempted_at` and `last_state` of its latest delivery, and `by_name`, who made it."""
    own = WebhookDelivery.objects.filter(workspace_id=OuterRef("workspace_id"), webhook_id=OuterRef("pk"))
    latest = own.order_by("-id")
    return hooks.annotate(
        last_attempted_at=Subquery(latest.values("attempted_at")[:1]),
        last_state=Subquery(latest.values("state")[:1]),
        by_name=name_in("created_by"),
    )


def deliveries_of(hook: Webhook) -> QuerySet[WebhookDelivery]:
    """What was or will be sent to a webhook, with the events."""
    sent = WebhookDelivery.objects.filter(workspace_id=hook.workspace_id, webhook=hook)
    return sent.select_related("event", "webhook")
