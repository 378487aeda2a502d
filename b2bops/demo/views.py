"""Seeing, loading and leaving the demo from the pages."""

import datetime as dt

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Account
from b2bops.demo.load import load_demo
from b2bops.demo.remove import remove_demo
from metrics.actions import request_closing
from metrics.queries import closed_through
from workspaces import roles
from workspaces.batch import Conflict


def _require(request) -> None:
    if not request.actor.has_permission(roles.MANAGE_WORKSPACE):
        raise PermissionDenied


@require_safe
def show(request, slug):
    """How much of the demo is here; as a card for the settings page, or as a page of its own."""
    context = {
        "accounts": Account.objects.filter(workspace=request.workspace, is_demo=True).count(),
        "may_change": request.actor.has_permission(roles.MANAGE_WORKSPACE),
    }
    return render(request, "demo_data.html#card" if request.htmx else "demo_data.html", context)


@require_POST
def load(request, slug):
    """Write the demo's rows and ask for its days to be closed."""
    _require(request)
    now = timezone.now()
    yesterday = request.workspace.local_day(now) - dt.timedelta(days=1)
    try:
        load_demo(workspace=request.workspace, last_day=yesterday, by=request.actor)
    except Conflict as conflict:
        messages.info(request, conflict.errors["row"][0])
        return redirect("metrics:overview", slug)
    request_closing(workspace=request.workspace, until=yesterday, by=request.actor, at=now)
    messages.success(request, _("The demo company is here; its days are being closed."))
    return redirect("metrics:closing_list", slug)


@require_POST
def remove(request, slug):
    """Take the demo's rows out; the figures of what remains are computed again."""
    _require(request)
    until = closed_through(request.workspace)
    count = remove_demo(workspace=request.workspace, by=request.actor)
    if count and until is not None and Account.objects.standing().filter(workspace=request.workspace).exists():
        request_closing(workspace=request.workspace, until=until, by=request.actor, at=timezone.now())
    if count:
        messages.success(request, _("The demo company is gone."))
    else:
        messages.info(request, _("There is no demo company here."))
    return redirect("metrics:overview", slug)
