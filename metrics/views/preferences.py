"""What a member wants of a workspace: with what it opens, and the weekly digest by mail."""

from django.conf import settings
from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from metrics.dashboards.actions import set_start_page
from metrics.dashboards.forms import StartForm
from metrics.dashboards.queries import start_page_of
from metrics.digest import actions
from metrics.digest.forms import OwnDigestForm
from metrics.digest.schedule import next_slot
from metrics.models import DigestSubscription
from workspaces import formats
from workspaces.batch import Conflict
from workspaces.settings_pages import settings_trail


@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request, slug):
    """What the signed-in member wants of this workspace."""
    mine = DigestSubscription.objects.filter(workspace=request.workspace, member=request.member).first()
    initial = {"is_on": mine.is_on, "weekday": mine.weekday, "hour": mine.hour} if mine else {}
    form = OwnDigestForm(request.POST or None, initial=initial)
    start = start_page_of(request.workspace, request.member)
    if request.method == "POST" and form.is_valid():
        actions.set_own_digest(workspace=request.workspace, by=request.actor, at=timezone.now(), **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("metrics:preferences", slug)
    context = {
        "trail": settings_trail(request),
        "form": form,
        "start_form": StartForm(initial={"opens": start.opens}),
        "has_mail_server": settings.HAS_MAIL_SERVER,
        "next": _next_words(mine, request.workspace) if mine and mine.is_on and settings.HAS_MAIL_SERVER else "",
    }
    return render(request, "metrics/preferences.html", context, status=422 if form.errors else 200)


def _next_words(mine: DigestSubscription, workspace) -> str:
    day = next_slot(mine.weekday, mine.hour, workspace.zone, timezone.now())
    return _("%(day)s, %(hour)s") % {"day": formats.day(day, get_language() or "en"), "hour": f"{mine.hour:02d}:00"}


@require_POST
def digest_now(request, slug):
    """A digest of the figures as they are, to oneself."""
    try:
        is_sent = actions.send_own_digest_now(workspace=request.workspace, by=request.actor, at=timezone.now())
    except Conflict as refusal:
        messages.error(request, refusal.errors["row"][0])
    else:
        if is_sent:
            messages.success(request, _("On its way to %(email)s.") % {"email": request.user.email})
        else:
            messages.error(request, _("There are no figures yet."))
    return redirect("metrics:preferences", slug)


@require_POST
def start_page(request, slug):
    """With what the workspace opens for the member."""
    form = StartForm(request.POST)
    if form.is_valid():
        set_start_page(workspace=request.workspace, opens=form.cleaned_data["opens"], by=request.actor)
        messages.success(request, _("Saved."))
    else:
        messages.error(request, _("Choose one of the pages."))
    return redirect("metrics:preferences", slug)
