"""Webhooks under the settings: the list, entering and changing one, its page with everything that was sent."""

import datetime as dt

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from jobs.models import Webhook
from jobs.views.receivers import ReceiverPages, list_file, listed, saved
from jobs.webhooks import actions
from jobs.webhooks.events import EVENT_TYPES, PING
from jobs.webhooks.forms import ReplayForm, WebhookForm
from jobs.webhooks.queries import webhook_or_404, webhooks_for, with_last_delivery
from workspaces import roles
from workspaces.list_files import page_file, page_links
from workspaces.queries import name_behind
from workspaces.settings_pages import settings_trail

PAGES = ReceiverPages(
    label=gettext_lazy("Webhooks"),
    new_label=gettext_lazy("New webhook"),
    index="jobs:webhook_list",
    page="jobs:webhook_page",
    edit="jobs:webhook_edit",
    test="jobs:webhook_ping",
    switch="jobs:webhook_switch",
    remove="jobs:webhook_remove",
    form="jobs/webhook_form.html",
    template="jobs/webhook_page.html",
    sent=[(name, name) for name in (*EVENT_TYPES, PING)],
    nothing={
        "icon": "webhook",
        "title": gettext_lazy("Nothing sent yet"),
        "text": gettext_lazy(
            "The next event that it is subscribed to will stand here, with what was sent and what was answered."
        ),
    },
)
HEADS = (gettext_lazy("Events"),)
# How far back the form for sending again reaches unless told otherwise.
A_DAY = dt.timedelta(days=1)


@require_GET
def webhook_list(request, slug):
    request.actor.require(roles.MANAGE_WEBHOOKS)
    hooks = with_last_delivery(webhooks_for(request.workspace, request.actor).select_related("workspace"))
    rows = listed(PAGES, hooks.order_by("id"), _events)
    file = page_file(request, list_file(PAGES.label, HEADS), lambda: rows)
    if file is not None:
        return file
    context = {
        "rows": rows,
        "heads": HEADS,
        "files": page_links(request, has_rows=bool(rows)),
        "trail": settings_trail(request),
    }
    return render(request, "jobs/webhook_list.html", context)


def _events(hook: Webhook) -> list[dict]:
    """The first kind of event and how many others; all of them when it is pointed at."""
    if "*" in hook.events:
        return [{"text": _("all")}]
    more = len(hook.events) - 1
    text = f"{hook.events[0]} +{more}" if more else hook.events[0]
    return [{"text": text, "title": ", ".join(hook.events), "is_code": True}]


@require_http_methods(["GET", "POST"])
def webhook_new(request, slug):
    """Enter a webhook; its page then shows the secret, this once without being asked."""
    request.actor.require(roles.MANAGE_WEBHOOKS)
    form = WebhookForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":

        def create(row: dict) -> Webhook:
            return actions.create_webhook(workspace=request.workspace, row=row, by=request.actor, at=timezone.now())

        if (hook := saved(form, create)) is not None:
            note = _("Keep it where your system can read it; it proves that a request comes from here.")
            return _secret_page(request, hook, note)
    return PAGES.form_page(request, form, None)


@require_http_methods(["GET", "POST"])
def webhook_edit(request, slug, pk):
    request.actor.require(roles.MANAGE_WEBHOOKS)
    hook = webhook_or_404(request.workspace, pk, request.actor)
    form = WebhookForm(request.POST if request.method == "POST" else None, initial=WebhookForm.initial_of(hook))
    if request.method == "POST" and saved(form, lambda row: _change(request, pk, row)) is not None:
        messages.success(request, _("Saved."))
        return redirect("jobs:webhook_page", slug, pk)
    return PAGES.form_page(request, form, hook)


@require_GET
def webhook_page(request, slug, pk):
    request.actor.require(roles.MANAGE_WEBHOOKS)
    hook = webhook_or_404(request.workspace, pk, request.actor)
    shown = PAGES.deliveries(request, hook)
    file = PAGES.file(request, shown)
    if file is not None:
        return file
    context = PAGES.context(
        request,
        hook,
        shown,
        facts=_facts(hook),
        replay=ReplayForm(initial={"since": (hook.disabled_at or timezone.now()) - A_DAY}),
        may_see_secret=request.actor.has_permission(roles.MANAGE_KEYS),
        is_old_secret_good=len(hook.secrets_at(timezone.now())) > 1,
    )
    for row in context["rows"]:
        row["url"] = _delivery_url(hook, row["delivery"].pk)
    return PAGES.render(request, context)


def _delivery_url(hook: Webhook, delivery) -> str:
    return reverse("jobs:webhook_delivery", args=[hook.workspace.slug, hook.pk, delivery])


def _facts(hook: Webhook) -> list[dict]:
    events = _("all") if "*" in hook.events else ", ".join(hook.events)
    return [
        {"label": _("Address"), "value": hook.url},
        {"label": _("Events"), "value": events},
        {"label": _("Made by"), "value": name_behind(hook.created_by)},
    ]


@require_POST
def webhook_ping(request, slug, pk):
    return PAGES.done(request, pk, actions.ping_webhook, lambda _sent: _("A test event is on its way."))


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
    context = {"hook": hook, "note": note, "trail": PAGES.trail(request, hook)}
    return render(request, "jobs/webhook_secret.html", context)


@require_POST
def webhook_switch(request, slug, pk):
    """Stop it, or let it go on: `is_active` in the body."""
    changes = {"is_active": request.POST.get("is_active") == "1"}
    return PAGES.done(request, pk, actions.change_webhook, _standing, changes=changes, at=timezone.now())


def _standing(hook: Webhook) -> str:
    return _("The webhook is active.") if hook.is_active else _("The webhook is disabled.")


@require_POST
def webhook_remove(request, slug, pk):
    said = _("%(name)s was removed.")
    return PAGES.done(request, pk, actions.remove_webhook, lambda hook: said % {"name": hook}, at=timezone.now())


def _change(request, pk, changes: dict) -> Webhook:
    try:
        return actions.change_webhook(
            workspace=request.workspace, pk=pk, changes=changes, by=request.actor, at=timezone.now()
        )
    except Webhook.DoesNotExist:
        raise Http404 from None
