"""The weekly digest: the group robots under the settings, and ending one's mails without signing in."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jobs.models import Webhook, WebhookDelivery
from jobs.views.receivers import ReceiverPages, list_file, listed, saved
from jobs.webhooks import robot_actions
from jobs.webhooks.queries import robots_of, with_last_delivery
from jobs.webhooks.robots import Vendor
from metrics.digest import actions
from metrics.digest.forms import RobotForm
from metrics.digest.tokens import read_token
from metrics.models import DigestSubscription
from workspaces import roles
from workspaces.list_files import page_file, page_links
from workspaces.models import Membership, Workspace
from workspaces.queries import name_behind
from workspaces.scope import workspace_scope
from workspaces.settings_pages import settings_trail

PAGES = ReceiverPages(
    label=gettext_lazy("Weekly digest"),
    new_label=gettext_lazy("New group robot"),
    index="metrics:digest_settings",
    page="metrics:digest_robot",
    edit="metrics:digest_robot_edit",
    test="metrics:digest_robot_try",
    switch="metrics:digest_robot_switch",
    remove="metrics:digest_robot_remove",
    form="metrics/digest_robot_form.html",
    template="metrics/digest_robot.html",
    sent=[(robot_actions.SAYS, gettext_lazy("Weekly digest")), (robot_actions.TRIES, gettext_lazy("Test"))],
    nothing={
        "icon": "message-square",
        "title": gettext_lazy("Nothing said yet"),
        "text": gettext_lazy("Send a test to see that messages arrive in the group."),
    },
)
HEADS = (gettext_lazy("Chat"), gettext_lazy("Weekly digest"))
OF_ROBOT = ("vendor", "url", "secret", "description")


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
    chosen = {
        one.robot_id: one for one in DigestSubscription.objects.filter(workspace=request.workspace, robot__isnull=False)
    }

    def details(robot: Webhook) -> list[dict]:
        when = _when(chosen[robot.pk]) if robot.pk in chosen else ""
        return [{"text": Vendor(robot.vendor).label}, {"text": when}]

    robots = with_last_delivery(robots_of(request.workspace).select_related("workspace"))
    robot_rows = listed(PAGES, robots, details)
    file = page_file(request, list_file(gettext_lazy("Group robots"), HEADS), lambda: robot_rows)
    if file is not None:
        return file
    rows = DigestSubscription.objects.filter(workspace=request.workspace, is_on=True, member__is_active=True)
    context = {
        "rows": robot_rows,
        "heads": HEADS,
        "files": page_links(request, has_rows=bool(robot_rows)),
        "readers": list(rows.select_related("member__user").order_by("member__user__email")),
        "has_mail_server": settings.HAS_MAIL_SERVER,
        "trail": settings_trail(request),
        "weekdays": WEEKDAYS,
    }
    for one in context["readers"]:
        one.when = _when(one)
    return render(request, "metrics/digest_settings.html", context)


def _when(one: DigestSubscription) -> str:
    return _("%(day)s, %(hour)s") % {"day": WEEKDAYS[one.weekday], "hour": f"{one.hour:02d}:00"}


@require_http_methods(["GET", "HEAD", "POST"])
def digest_robot_new(request, slug):
    request.actor.require(roles.MANAGE_WEBHOOKS)
    form = RobotForm(request.POST or None, initial={"language": request.workspace.language}, is_new=True)
    if request.method == "POST":

        def add(values: dict) -> Webhook:
            robot = {name: values.pop(name) for name in OF_ROBOT}
            return actions.add_digest_robot(
                workspace=request.workspace, robot=robot, by=request.actor, at=timezone.now(), **values
            )

        if (made := saved(form, add)) is not None:
            messages.success(request, _("Saved. Send a test to see that it arrives."))
            return redirect("metrics:digest_robot", slug, made.pk)
    return PAGES.form_page(request, form, None)


@require_http_methods(["GET", "HEAD", "POST"])
def digest_robot_edit(request, slug, pk):
    request.actor.require(roles.MANAGE_WEBHOOKS)
    robot = get_object_or_404(robots_of(request.workspace), pk=pk)
    chosen = DigestSubscription.objects.filter(workspace=request.workspace, robot=robot).first()
    initial = {"vendor": robot.vendor, "description": robot.description, "language": request.workspace.language}
    if chosen:
        initial |= {"weekday": chosen.weekday, "hour": chosen.hour, "language": chosen.language}
    form = RobotForm(request.POST or None, initial=initial, is_new=False)
    if request.method == "POST":

        def change(values: dict) -> Webhook:
            changed = {name: values.pop(name) for name in OF_ROBOT}
            changed["is_signed"] = not values.pop("is_unsigned")
            return actions.change_digest_robot(
                workspace=request.workspace, pk=pk, robot=changed, by=request.actor, at=timezone.now(), **values
            )

        if saved(form, change) is not None:
            messages.success(request, _("Saved."))
            return redirect("metrics:digest_robot", slug, pk)
    return PAGES.form_page(request, form, robot)


@require_safe
def digest_robot(request, slug, pk):
    """A robot, and what it said."""
    request.actor.require(roles.MANAGE_WEBHOOKS)
    robot = get_object_or_404(robots_of(request.workspace).select_related("workspace"), pk=pk)
    chosen = DigestSubscription.objects.filter(workspace=request.workspace, robot=robot).first()
    shown = PAGES.deliveries(request, robot)
    file = PAGES.file(request, shown)
    if file is not None:
        return file
    context = PAGES.context(request, robot, shown, facts=_facts(robot, chosen))
    for row in context["rows"]:
        delivery = row["delivery"]
        if robot.is_active and delivery.state != WebhookDelivery.PENDING:
            row["repeat_url"] = reverse("metrics:digest_robot_repeat", args=[slug, pk, delivery.pk])
    return PAGES.render(request, context)


def _facts(robot: Webhook, chosen: DigestSubscription | None) -> list[dict]:
    facts: list[dict] = [
        {"label": _("Chat"), "value": Vendor(robot.vendor).label},
        {"label": _("Address"), "value": robot.shown_url},
        {"label": _("Signed"), "value": _("yes") if robot.secret else _("no")},
    ]
    if chosen:
        facts.append({"label": _("Weekly digest"), "value": _when(chosen)})
        facts.append({"label": _("Language"), "value": dict(settings.LANGUAGES).get(chosen.language, "")})
    return [*facts, {"label": _("Made by"), "value": name_behind(robot.created_by)}]


@require_POST
def digest_robot_try(request, slug, pk):
    return PAGES.done(request, pk, robot_actions.try_robot, lambda _sent: _("A test is on its way."))


@require_POST
def digest_robot_repeat(request, slug, pk, delivery):
    said = _("The message is on its way again.")
    return PAGES.done(request, pk, robot_actions.say_again, lambda _sent: said, delivery_id=delivery, at=timezone.now())


@require_POST
def digest_robot_switch(request, slug, pk):
    is_active = request.POST.get("is_active") == "1"
    return PAGES.done(request, pk, robot_actions.switch_robot, _standing, is_active=is_active, at=timezone.now())


def _standing(robot: Webhook) -> str:
    return _("The robot is active.") if robot.is_active else _("The robot is disabled.")


@require_POST
def digest_robot_remove(request, slug, pk):
    said = _("%(name)s was removed.")
    return PAGES.done(request, pk, actions.remove_digest_robot, lambda robot: said % {"name": robot}, at=timezone.now())
