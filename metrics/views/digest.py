"""The weekly digest: the group robots under the settings, and ending one's mails without signing in."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jobs.models import Webhook, WebhookDelivery
from jobs.views.webhooks import TONES, status_of
from jobs.webhooks import robot_actions
from jobs.webhooks.queries import deliveries_of, robots_of, with_last_delivery
from jobs.webhooks.robots import Vendor, refusal_in
from jobs.webhooks.sending import Failure
from metrics.digest import actions
from metrics.digest.forms import RobotForm
from metrics.digest.tokens import read_token
from metrics.models import DigestSubscription
from workspaces import roles
from workspaces.batch import Conflict, InvalidRow
from workspaces.models import Membership, Workspace
from workspaces.scope import workspace_scope
from workspaces.settings_pages import settings_trail

MOST_MESSAGES = 20


@never_cache
@csrf_exempt  # the button of a mail program sends no cookie; the signed link says all
@require_http_methods(["GET", "HEAD", "POST"])
def digest_unsubscribe(request, token):
    """End a member's weekly digest. A page asks first, for programs that look at links open them."""
    found = read_token(token)
    workspace = Workspace.objects.filter(pk=found[0]).first() if found else None
    if found is None or workspace is None:
        raise Http404
    context = {"name": workspace.name, "slug": workspace.slug, "is_done": request.method == "POST"}
    with workspace_scope(workspace):
        member = Membership.objects.select_related("user").filter(workspace=workspace, pk=found[1]).first()
        if member is None:
            raise Http404
        if request.method == "POST":
            actions.end_digest(workspace=workspace, member_id=member.pk)
        language = member.user.language or workspace.language
    with translation.override(language):
        return HttpResponse(render(request, "metrics/digest_unsubscribe.html", context).content)


@require_safe
def digest_settings(request, slug):
    """The group robots, and who gets the mail."""
    request.actor.require(roles.MANAGE_WEBHOOKS)
    rows = DigestSubscription.objects.filter(workspace=request.workspace, is_on=True, member__is_active=True)
    context = {
        "robots": _robot_rows(request.workspace),
        "readers": list(rows.select_related("member__user").order_by("member__user__email")),
        "has_mail_server": settings.HAS_MAIL_SERVER,
        "trail": settings_trail(request),
        "weekdays": WEEKDAYS,
    }
    for one in context["readers"]:
        one.when = _when(one)
    return render(request, "metrics/digest_settings.html", context)


def _robot_rows(workspace) -> list[dict]:
    chosen = {one.robot_id: one for one in DigestSubscription.objects.filter(workspace=workspace, robot__isnull=False)}
    return [
        {
            "robot": robot,
            "vendor": Vendor(robot.vendor).label,
            "when": _when(chosen[robot.pk]) if robot.pk in chosen else "",
            "status": status_of(robot),
            "last": _last(robot),
        }
        for robot in with_last_delivery(robots_of(workspace))
    ]


def _last(robot: Any) -> dict | None:
    if robot.last_state is None:
        return None
    label = dict(WebhookDelivery.STATES)[robot.last_state]
    return {"at": robot.last_attempted_at, "label": label, "tone": TONES.get(robot.last_state, "")}


def _when(one: DigestSubscription) -> str:
    return _("%(day)s, %(hour)s") % {"day": WEEKDAYS[one.weekday], "hour": f"{one.hour:02d}:00"}


@require_http_methods(["GET", "HEAD", "POST"])
def digest_robot_new(request, slug):
    request.actor.require(roles.MANAGE_WEBHOOKS)
    form = RobotForm(request.POST or None, initial={"language": request.workspace.language}, is_new=True)
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        robot = {name: values.pop(name) for name in ("vendor", "url", "secret", "description")}
        try:
            made = actions.add_digest_robot(
                workspace=request.workspace, robot=robot, by=request.actor, at=timezone.now(), **values
            )
        except InvalidRow as refusal:
            form.take_errors(refusal.errors)
        else:
            messages.success(request, _("Saved. Send a test to see that it arrives."))
            return redirect("metrics:digest_robot", slug, made.pk)
    return _form_page(request, form, None)


@require_http_methods(["GET", "HEAD", "POST"])
def digest_robot_edit(request, slug, pk):
    request.actor.require(roles.MANAGE_WEBHOOKS)
    robot = get_object_or_404(robots_of(request.workspace), pk=pk)
    chosen = DigestSubscription.objects.filter(workspace=request.workspace, robot=robot).first()
    initial = {"vendor": robot.vendor, "description": robot.description, "language": request.workspace.language}
    if chosen:
        initial |= {"weekday": chosen.weekday, "hour": chosen.hour, "language": chosen.language}
    form = RobotForm(request.POST or None, initial=initial, is_new=False)
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        changed = {name: values.pop(name) for name in ("vendor", "url", "secret", "description")}
        changed["is_signed"] = not values.pop("is_unsigned")
        try:
            actions.change_digest_robot(
                workspace=request.workspace, pk=pk, robot=changed, by=request.actor, at=timezone.now(), **values
            )
        except InvalidRow as refusal:
            form.take_errors(refusal.errors)
        else:
            messages.success(request, _("Saved."))
            return redirect("metrics:digest_robot", slug, pk)
    return _form_page(request, form, robot)


def _form_page(request, form: RobotForm, robot: Webhook | None):
    context = {"form": form, "robot": robot, "trail": _trail(request, robot)}
    return render(request, "metrics/digest_robot_form.html", context, status=422 if form.errors else 200)


def _trail(request, robot: Webhook | None = None) -> list[dict]:
    trail = settings_trail(request, "metrics:digest_settings", _("Weekly digest"))
    if robot is not None:
        url = reverse("metrics:digest_robot", args=[request.workspace.slug, robot.pk])
        trail.append({"label": str(robot), "href": url})
    return trail


@require_safe
def digest_robot(request, slug, pk):
    """A robot, and what it said."""
    request.actor.require(roles.MANAGE_WEBHOOKS)
    robot = get_object_or_404(robots_of(request.workspace), pk=pk)
    chosen = DigestSubscription.objects.filter(workspace=request.workspace, robot=robot).first()
    sent = [_sent(delivery, robot) for delivery in deliveries_of(robot).order_by("-id")[:MOST_MESSAGES]]
    context = {
        "robot": robot,
        "status": status_of(robot),
        "facts": _facts(robot, chosen),
        "sent": sent,
        "is_waiting": any(row["is_fresh"] for row in sent),
        "trail": _trail(request),
    }
    template = "metrics/digest_robot.html"
    return render(request, f"{template}#sent" if request.htmx else template, context)


def _facts(robot: Webhook, chosen: DigestSubscription | None) -> list[dict]:
    facts: list[dict] = [
        {"label": _("Chat"), "value": Vendor(robot.vendor).label},
        {"label": _("Address"), "value": robot.shown_url},
        {"label": _("Signed"), "value": _("yes") if robot.secret else _("no")},
    ]
    if chosen:
        facts.append({"label": _("Weekly digest"), "value": _when(chosen)})
        facts.append({"label": _("Language"), "value": dict(settings.LANGUAGES).get(chosen.language, "")})
    return [*facts, {"label": _("Made by"), "value": robot.created_by}]


def _sent(delivery: WebhookDelivery, robot: Webhook) -> dict:
    """is_fresh: nobody has tried it yet, so that the page looks again."""
    return {
        "delivery": delivery,
        "label": _("Test") if delivery.event.type == robot_actions.TRIES else _("Weekly digest"),
        "tone": TONES.get(delivery.state, ""),
        "answer": _answer(delivery, robot),
        "is_fresh": delivery.state == WebhookDelivery.PENDING and not delivery.attempts,
        "may_repeat": robot.is_active and delivery.state != WebhookDelivery.PENDING,
    }


def _answer(delivery: WebhookDelivery, robot: Webhook) -> str:
    """What came of the last attempt, in our words and the vendor's."""
    if delivery.error == Failure.ROBOT and delivery.log:
        said = refusal_in(robot.vendor, delivery.log[-1]["answer"]) or ""
        return f"{Failure.ROBOT.label}: {said}"
    if delivery.error in Failure.values:
        status = f"{delivery.status} · " if delivery.status else ""
        return f"{status}{Failure(delivery.error).label}"
    return ""


@require_POST
def digest_robot_try(request, slug, pk):
    return _done(request, pk, _("A test is on its way."), robot_actions.try_robot)


@require_POST
def digest_robot_repeat(request, slug, pk, delivery):
    said = _("The message is on its way again.")
    return _done(request, pk, said, robot_actions.say_again, delivery_id=delivery, at=timezone.now())


@require_POST
def digest_robot_switch(request, slug, pk):
    is_active = request.POST.get("is_active") == "1"
    said = _("The robot is active.") if is_active else _("The robot is disabled.")
    return _done(request, pk, said, robot_actions.switch_robot, is_active=is_active, at=timezone.now())


@require_POST
def digest_robot_remove(request, slug, pk):
    try:
        robot = actions.remove_digest_robot(workspace=request.workspace, pk=pk, by=request.actor, at=timezone.now())
    except Webhook.DoesNotExist:
        raise Http404 from None
    messages.success(request, _("%(name)s was removed.") % {"name": robot})
    return redirect("metrics:digest_settings", slug)


def _done(request, pk, said: str, action, **values):
    """Call an action on a robot and go back to its page."""
    try:
        action(workspace=request.workspace, pk=pk, by=request.actor, **values)
    except (Webhook.DoesNotExist, WebhookDelivery.DoesNotExist):
        raise Http404 from None
    except Conflict as refusal:
        for texts in refusal.errors.values():
            messages.error(request, texts[0])
    else:
        messages.success(request, said)
    return redirect("metrics:digest_robot", request.workspace.slug, pk)
