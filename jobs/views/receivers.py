"""What the pages of everything that is told share: webhooks of systems, and robots in chats. A list, entering and changing
one, its page with what was sent to it, trying it, stopping it, removing it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from jobs.models import Webhook, WebhookDelivery
from jobs.webhooks.queries import deliveries_of
from jobs.webhooks.robots import refusal_in
from jobs.webhooks.sending import Failure
from workspaces import formats
from workspaces.batch import Conflict, InvalidRow
from workspaces.filters import Filter
from workspaces.list_files import Column, ListFile, asked_file, links, local
from workspaces.lists import ListSpec, ShownList, show_list
from workspaces.settings_pages import settings_trail
from workspaces.sorting import Sort

TONES = {WebhookDelivery.PENDING: "busy", WebhookDelivery.DELIVERED: "good", WebhookDelivery.FAILED: "risk"}


@dataclass(frozen=True)
class ReceiverPages:
    """The pages of one kind of receiver, by URL name. label: of their list; new_label: of the form for another one.
    sent: what is sent to them, as (type, what it is called). nothing: what is said while nothing was sent, with an icon.
    form, template: of the form and of the page.
    """

    label: Any
    new_label: Any
    index: str
    page: str
    edit: str
    test: str
    switch: str
    remove: str
    form: str
    template: str
    sent: Sequence[tuple[str, Any]]
    nothing: Mapping[str, Any]

    def url(self, hook: Webhook, name: str) -> str:
        return reverse(name, args=[hook.workspace.slug, hook.pk])

    def urls(self, hook: Webhook) -> dict[str, str]:
        return {name: self.url(hook, getattr(self, name)) for name in ("page", "edit", "test", "switch", "remove")}

    def trail(self, request, hook: Webhook | None = None) -> list[dict]:
        trail = settings_trail(request, self.index, str(self.label))
        if hook is not None:
            trail.append({"label": str(hook), "href": self.url(hook, self.page)})
        return trail

    def form_page(self, request, form, hook: Webhook | None):
        back = self.url(hook, self.page) if hook else reverse(self.index, args=[request.workspace.slug])
        title = _("Edit") if hook else self.new_label
        context = {"form": form, "hook": hook, "title": title, "back": back, "trail": self.trail(request, hook)}
        return render(request, self.form, context, status=422 if form.errors else 200)

    def done(self, request, pk, action: Callable[..., Any], said: Callable[[Any], str], **values):
        """Call an action on a receiver and go to its page, or to the list when it is gone. said(what the action gives) →
        what is said of it.
        """
        try:
            result = action(workspace=request.workspace, pk=pk, by=request.actor, **values)
        except (Webhook.DoesNotExist, WebhookDelivery.DoesNotExist):
            raise Http404 from None
        except Conflict as refusal:
            for text in [text for texts in refusal.errors.values() for text in texts]:
                messages.error(request, text)
        else:
            messages.success(request, said(result))
            if isinstance(result, Webhook) and result.removed_at is not None:
                return redirect(self.index, request.workspace.slug)
        return redirect(self.page, request.workspace.slug, pk)

    def deliveries(self, request, hook: Webhook) -> ShownList:
        """What was sent, as the address narrows it."""
        spec = ListSpec(
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
                    lambda _workspace: self.sent,
                    lambda values: Q(event__type__in=values),
                ),
            ),
        )
        return show_list(spec, deliveries_of(hook), request.GET, path=request.path, workspace=request.workspace)

    def file(self, request, shown: ShownList):
        """What was sent as a file, where the address asks for one."""
        called = dict(self.sent)
        return asked_file(
            request,
            shown,
            ListFile(
                gettext_lazy("What was sent"),
                (
                    Column(gettext_lazy("Event"), lambda one: called.get(one.event.type, one.event.type)),
                    Column(gettext_lazy("Id"), lambda one: str(one.event_id)),
                    Column(gettext_lazy("State"), lambda one: one.get_state_display()),
                    Column(gettext_lazy("Happened"), lambda one: local(one.event.created_at)),
                    Column(gettext_lazy("Last answer"), answer_of),
                    Column(gettext_lazy("Attempts"), lambda one: one.attempts),
                    Column(gettext_lazy("Last attempt"), lambda one: local(one.attempted_at)),
                    Column(gettext_lazy("Delivered"), lambda one: local(one.delivered_at)),
                ),
            ),
        )

    def render(self, request, context: dict[str, Any]):
        """The page; what was sent alone where it looks again."""
        return render(request, "jobs/receiver_sent.html" if request.htmx else self.template, context)

    def context(self, request, hook: Webhook, shown: ShownList, **more: Any) -> dict[str, Any]:
        """What a receiver's page says. While nobody has tried a delivery (is_waiting), it looks again."""
        called = dict(self.sent)
        count = shown.totals.count
        summary = ngettext("%(count)s event", "%(count)s events", count) % {"count": formats.number(count)}
        if shown.totals.is_capped:
            summary = _("More than %(count)s events") % {"count": formats.number(count)}
        return {
            "hook": hook,
            "status": status_of(hook),
            "list": shown,
            "rows": [
                {
                    "delivery": one,
                    "label": called.get(one.event.type, one.event.type),
                    "tone": TONES.get(one.state, ""),
                    "answer": answer_of(one),
                }
                for one in shown.rows
            ],
            "is_waiting": any(one.state == WebhookDelivery.PENDING and not one.attempts for one in shown.rows),
            "here": request.get_full_path(),
            "summary": summary,
            "files": links(request, shown),
            "urls": self.urls(hook),
            "trail": self.trail(request),
            "nothing": self.nothing,
        } | more


def saved(form, write: Callable[[dict[str, Any]], Any]) -> Any:
    """What write(values) gives for a valid form; None with the reasons beside its fields."""
    if not form.is_valid():
        return None
    try:
        return write(dict(form.cleaned_data))
    except InvalidRow as refusal:
        form.take_errors(refusal.errors)
        return None


def listed(pages: ReceiverPages, hooks: Iterable[Webhook], details: Callable[[Webhook], Sequence[dict]]) -> list[dict]:
    """Receivers read by `with_last_delivery`, for jobs/receiver_table.html. details(hook) → the cells of their own."""
    return [
        {
            "hook": hook,
            "url": pages.url(hook, pages.page),
            "status": status_of(hook),
            "details": details(hook),
            "last": last_of(hook),
        }
        for hook in hooks
    ]


def list_file(name: Any, heads: Sequence[Any]) -> ListFile:
    """The rows of `listed` as a file. heads: of the cells of their own."""

    def cell(place: int) -> Callable[[dict], str]:
        return lambda row: str(row["details"][place].get("title") or row["details"][place]["text"])

    return ListFile(
        name,
        (
            Column(gettext_lazy("Name"), lambda row: str(row["hook"])),
            Column(gettext_lazy("State"), lambda row: row["status"]["label"]),
            *(Column(head, cell(place)) for place, head in enumerate(heads)),
            # Not the whole address: what else it holds may be a secret.
            Column(gettext_lazy("Address"), lambda row: row["hook"].shown_url),
            Column(gettext_lazy("Last sent"), lambda row: local(row["last"] and row["last"]["at"])),
            Column(gettext_lazy("Last state"), lambda row: row["last"] and row["last"]["label"]),
            Column(gettext_lazy("Made by"), lambda row: row["hook"].by_name),
        ),
    )


def status_of(hook: Webhook) -> dict:
    """For components/status.html."""
    if not hook.is_active:
        return {"label": _("Disabled"), "tone": "", "title": hook.get_disabled_reason_display()}
    if hook.failures:
        return {"label": _("Failing"), "tone": "risk", "title": _("The last attempt failed.")}
    return {"label": _("Active"), "tone": "good", "title": ""}


def last_of(hook: Any) -> dict | None:
    if hook.last_state is None:
        return None
    label = dict(WebhookDelivery.STATES)[hook.last_state]
    return {"at": hook.last_attempted_at, "label": label, "tone": TONES.get(hook.last_state, "")}


def answer_of(delivery: WebhookDelivery) -> str:
    """What came of the last attempt, in words, a chat's own among them: 200, 500 · The receiver refused it."""
    words = [str(delivery.status)] if delivery.status is not None else []
    if delivery.error == Failure.ROBOT and delivery.log:
        said = refusal_in(delivery.webhook.vendor, delivery.log[-1]["answer"]) or ""
        return f"{Failure.ROBOT.label}: {said}"
    if delivery.error in Failure.values:
        words.append(str(Failure(delivery.error).label))
    return "" if delivery.webhook.vendor and not delivery.error else " · ".join(words)
