"""What a member owns, and giving it to somebody else. A member's page shows the first half of it."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.actions import hand_over_accounts
from accounts.forms.handover import HandOverForm
from accounts.queries import standing_accounts, standing_tasks
from workspaces import formats, roles
from workspaces.models import Membership
from workspaces.settings_pages import settings_trail


@require_http_methods(["GET", "POST"])
def hand_over(request, slug, pk):
    request.actor.require(roles.MANAGE_MEMBERS)
    people = Membership.objects.select_related("user").filter(workspace=request.workspace)
    giver = get_object_or_404(people, pk=pk)
    request.lit_path = reverse("workspaces:member", args=[slug, pk])
    form = HandOverForm(request.POST or None, workspace=request.workspace, giver=giver)
    if request.method == "POST" and form.is_valid():
        taker = form.cleaned_data["taker"]
        try:
            accounts, tasks = hand_over_accounts(
                workspace=request.workspace, giver=giver, taker=taker, by=request.actor
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            text = ngettext(
                "%(taker)s owns %(count)s account more.", "%(taker)s owns %(count)s accounts more.", accounts
            )
            said = text % {"taker": taker, "count": formats.number(accounts)}
            if tasks:
                text = ngettext("%(count)s open task went along.", "%(count)s open tasks went along.", tasks)
                said = f"{said} {text % {'count': formats.number(tasks)}}"
            messages.success(request, said)
            return redirect("workspaces:member", slug, pk)
    context = {
        "giver": giver,
        "form": form,
        "count": standing_accounts(request.workspace).owned_by(giver).count(),
        "tasks": standing_tasks(request.workspace).open().assigned_to(giver).count(),
        "trail": settings_trail(request, "members", _("Members")),
    }
    template = "accounts/hand_over.html#owned" if request.htmx else "accounts/hand_over.html"
    return render(request, template, context, status=422 if form.errors else 200)
