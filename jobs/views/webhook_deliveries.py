"""One event as it went to a webhook: what was sent, what was answered, and sending it again."""

import datetime as dt
import json

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from jobs.models import Webhook, WebhookDelivery
from jobs.views.receivers import TONES, answer_of
from jobs.views.webhooks import PAGES
from jobs.webhooks import actions
from jobs.webhooks.forms import ReplayForm
from jobs.webhooks.queries import deliveries_of, webhook_or_404
from jobs.webhooks.sending import Failure
from jobs.webhooks.signing import USER_AGENT
from workspaces import formats, roles
from workspaces.batch import Conflict


@require_GET
def delivery_page(request, slug, pk, delivery):
    request.actor.require(roles.MANAGE_WEBHOOKS)
    hook = webhook_or_404(request.workspace, pk, request.actor)
    found = get_object_or_404(deliveries_of(hook), pk=delivery)
    context = {
        "hook": hook,
        "delivery": found,
        "tone": TONES.get(found.state, ""),
        "answer": answer_of(found),
        "attempts": [_shown(entry) for entry in reversed(found.log)],
        "headers": _headers(found),
        "body": json.dumps(json.loads(found.event.body), ensure_ascii=False, indent=2),
        "trail": PAGES.trail(request, hook),
    }
    return render(request, "jobs/webhook_delivery.html", context)


def _shown(entry: dict) -> dict:
    """An attempt of the log for the page."""
    error = entry["error"]
    return entry | {
        "at": timezone.localtime(dt.datetime.fromisoformat(entry["at"])),
        "error": Failure(error).label if error else "",
        "took": _("%(took)s ms") % {"took": formats.number(entry["took_ms"])},
    }


def _headers(delivery: WebhookDelivery) -> list[tuple[str, str]]:
    """What the last attempt was sent with."""
    headers = [("content-type", "application/json"), ("user-agent", USER_AGENT), ("webhook-id", str(delivery.event_id))]
    if delivery.log:
        last = delivery.log[-1]
        headers += [("webhook-timestamp", last["timestamp"]), ("webhook-signature", last["signature"])]
    return headers


@require_POST
def delivery_replay(request, slug, pk, delivery):
    try:
        actions.replay_delivery(
            workspace=request.workspace, pk=pk, delivery_id=delivery, by=request.actor, at=timezone.now()
        )
    except (Webhook.DoesNotExist, WebhookDelivery.DoesNotExist):
        raise Http404 from None
    except Conflict as refusal:
        messages.error(request, refusal.errors["is_active"][0])
    else:
        messages.success(request, _("The event is on its way again, under the same id."))
    return redirect("jobs:webhook_delivery", slug, pk, delivery)


@require_POST
def replay_failed(request, slug, pk):
    """Send again everything since a moment that was not delivered."""
    request.actor.require(roles.MANAGE_WEBHOOKS)
    webhook_or_404(request.workspace, pk, request.actor)
    form = ReplayForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say since when."))
        return redirect("jobs:webhook_page", slug, pk)
    try:
        count = actions.replay_failed(
            workspace=request.workspace,
            pk=pk,
            since=form.cleaned_data["since"],
            by=request.actor,
            at=timezone.now(),
        )
    except Conflict as refusal:
        messages.error(request, refusal.errors["is_active"][0])
    else:
        text = ngettext("%(count)s event is on its way again.", "%(count)s events are on their way again.", count)
        messages.success(request, text % {"count": formats.number(count)})
    return redirect("jobs:webhook_page", slug, pk)
