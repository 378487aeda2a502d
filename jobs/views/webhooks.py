"""Webhooks under the settings: the list, entering and changing one, its page with everything that was sent."""

import datetime as dt

from django.contrib import messages
from django.db.models import Q
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from jobs.models import Webhook, WebhookDelivery
from jobs.webhooks import actions
from jobs.webhooks.events import EVENT_TYPES, PING
from jobs.webhooks.forms import ReplayForm, WebhookForm
from jobs.webhooks.queries import deliveries_of, webhook_or_404, webhooks_for, with_last_delivery
from jobs.webhooks.sending import Failure
from workspaces import formats, roles
from workspaces.batch import Conflict, InvalidRow
from workspaces.filters import Filter
from workspaces.lists import ListSpec, show_list
from workspaces.settings_pages import settings_trail
from workspaces.sorting import Sort

DELIVERIES = ListSpec(
    sorts=(Sort("at", "id", down_first=True),),
    default="-at",
    filters=(
        Filter(
            "state",
            gettext_lazy("State"),
            lambda _workspace: WebhookDelivery.STATES,
            lambda values: Q(state__in=values),
        ),
        Filter(
            "type",
            gettext_lazy("Event"),
            lambda _workspace: [(name, name) for name in (*EVENT_TYPES, PING)],
            lambda values: Q(event__type__in=values),
        ),
    ),
)
TONES = {WebhookDelivery.PENDING: "busy", WebhookDelivery.DELIVERED: "good", WebhookDelivery.FAILED: "risk"}
# How far back the form for sending again reaches unless told otherwise.
A_DAY = dt.timedelta(days=1)


@require_GET
def webhook_list(request, slug):
    request.actor.require(roles.MANAGE_WEBHOOKS)
    hooks = with_last_delivery(webhooks_for(request.workspace, request.actor)).order_by("id")
    context = {
        "hooks": [{"hook": hook, "status": status_of(hook), "last": _last(hook)} for hook in hooks],
        "trail": settings_trail(request),
    }
    return render(request, "jobs/webhook_list.html", context)


def status_of(hook: Webhook) -> dict:
    """For components/status.html."""
    if not hook.is_active:
        return {"label": _("Disabled"), "tone": "", "title": hook.get_disabled_reason_display()}
    if hook.failures:
        return {"label": _("Failing"), "tone": "risk", "title": _("The last attempt failed.")}
    return {"label": _("Active"), "tone": "good", "title": ""}


def _last(hook) -> dict | None:
    if hook.last_state is None:
        return None
    label = dict(WebhookDelivery.STATES)[hook.last_state]
    return {"at": hook.last_attempted_at, "label": label, "tone": TONES.get(hook.last_state, "")}


@require_http_methods(["GET", "POST"])
def webhook_new(request, slug):
    """Enter a webhook; its page then shows the secret, this once without being asked."""
    request.actor.require(roles.MANAGE_WEBHOOKS)
    form = WebhookForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            hook = actions.create_webhook(
                workspace=request.workspace, row=form.cleaned_data, by=request.actor, at=timezone.now()
            )
        except InvalidRow as refusal:
            form.take_errors(refusal.errors)
        else:
            note = _("Keep it where your system can read it; it proves that a request comes from here.")
            return _secret_page(request, hook, note)
    return _form_page(request, form, None)


@require_http_methods(["GET", "POST"])
def webhook_edit(request, slug, pk):
    request.actor.require(roles.MANAGE_WEBHOOKS)
    hook = webhook_or_404(request.workspace, pk, request.actor)
    form = WebhookForm(request.POST if request.method == "POST" else None, initial=WebhookForm.initial_of(hook))
    if request.method == "POST" and form.is_valid():
        try:
            _change(request, pk, form.cleaned_data)
        except InvalidRow as refusal:
            form.take_errors(refusal.errors)
        else:
            messages.success(request, _("Saved."))
            return redirect("jobs:webhook_page", slug, pk)
    return _form_page(request, form, hook)


def _form_page(request, form: WebhookForm, hook: Webhook | None):
    context = {"form": form, "hook": hook, "trail": _trail(request, hook)}
    return render(request, "jobs/webhook_form.html", context, status=422 if form.errors else 200)


def _trail(request, hook: Webhook | None = None) -> list[dict]:
    trail = settings_trail(request, "jobs:webhook_list", _("Webhooks"))
    if hook is not None:
        trail.append({"label": str(hook), "href": reverse("jobs:webhook_page", args=[request.workspace.slug, hook.pk])})
    return trail


@require_GET
def webhook_page(request, slug, pk):
    request.actor.require(roles.MANAGE_WEBHOOKS)
    hook = webhook_or_404(request.workspace, pk, request.actor)
    shown = show_list(DELIVERIES, deliveries_of(hook), request.GET, path=request.path, workspace=request.workspace)
    count = shown.totals.count
    summary = ngettext("%(count)s event", "%(count)s events", count) % {"count": formats.number(count)}
    if shown.totals.is_capped:
        summary = _("More than %(count)s events") % {"count": formats.number(count)}
    context = {
        "hook": hook,
        "status": status_of(hook),
        "facts": _facts(hook),
        "list": shown,
        "rows": [{"delivery": one, "tone": TONES.get(one.state, ""), "answer": answer_of(one)} for one in shown.rows],
        "summary": summary,
        "replay": ReplayForm(initial={"since": (hook.disabled_at or timezone.now()) - A_DAY}),
        "trail": _trail(request),
        "may_see_secret": request.actor.has_permission(roles.MANAGE_KEYS),
        "is_old_secret_good": len(hook.secrets_at(timezone.now())) > 1,
    }
    return render(request, "jobs/webhook_page.html", context)


def _facts(hook: Webhook) -> list[dict]:
    events = _("all") if "*" in hook.events else ", ".join(hook.events)
    return [
        {"label": _("Address"), "value": hook.url},
        {"label": _("Events"), "value": events},
        {"label": _("Made by"), "value": hook.created_by},
    ]


def answer_of(delivery: WebhookDelivery) -> str:
    """What came of the last attempt, in words: 200, 500 · The receiver refused it, No connection."""
    words = [str(delivery.status)] if delivery.status is not None else []
    if delivery.error in Failure.values:
        words.append(str(Failure(delivery.error).label))
    return " · ".join(words)


@require_POST
def webhook_ping(request, slug, pk):
    try:
        actions.ping_webhook(workspace=request.workspace, pk=pk, by=request.actor)
    except Webhook.DoesNotExist:
        raise Http404 from None
    except Conflict as refusal:
        return _refused(request, pk, refusal)
    messages.success(request, _("A test event is on its way."))
    return redirect("jobs:webhook_page", slug, pk)


@require_POST
def webhook_secret(request, slug, pk):
    """Show the secret; the trail says who looked."""
    try:
        hook = actions.reveal_secret(workspace=request.workspace, pk=pk, by=request.actor)
    except Webhook.DoesNotExist:
        raise Http404 from None
    return _secret_page(request, hook, "")


@require_POST
def webhook_rotate(request, slug, pk):
    try:
        hook = actions.rotate_secret(workspace=request.workspace, pk=pk, by=request.actor, at=timezone.now())
    except Webhook.DoesNotExist:
        raise Http404 from None
    note = _("For 24 hours every event carries two signatures, of this secret and of the one before.")
    return _secret_page(request, hook, note)


def _secret_page(request, hook: Webhook, note: str):
    context = {"hook": hook, "note": note, "trail": _trail(request, hook)}
    return render(request, "jobs/webhook_secret.html", context)


@require_POST
def webhook_switch(request, slug, pk):
    """Stop it, or let it go on: `is_active` in the body."""
    hook = _change(request, pk, {"is_active": request.POST.get("is_active") == "1"})
    messages.success(request, _("The webhook is active.") if hook.is_active else _("The webhook is disabled."))
    return redirect("jobs:webhook_page", slug, pk)


@require_POST
def webhook_remove(request, slug, pk):
    try:
        hook = actions.remove_webhook(workspace=request.workspace, pk=pk, by=request.actor, at=timezone.now())
    except Webhook.DoesNotExist:
        raise Http404 from None
    messages.success(request, _("%(name)s was removed.") % {"name": hook})
    return redirect("jobs:webhook_list", slug)


def _change(request, pk, changes: dict) -> Webhook:
    try:
        return actions.change_webhook(
            workspace=request.workspace, pk=pk, changes=changes, by=request.actor, at=timezone.now()
        )
    except Webhook.DoesNotExist:
        raise Http404 from None


def _refused(request, pk, refusal: Conflict):
    for texts in refusal.errors.values():
        for text in texts:
            messages.error(request, text)
    return redirect("jobs:webhook_page", request.workspace.slug, pk)
