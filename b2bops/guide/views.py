"""The first page of a new workspace, and folding its checklist away."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from b2bops.guide.steps import guide_of
from workspaces import roles
from workspaces.actions.workspaces import show_guide
from workspaces.front_page import front_page_url


@require_safe
def start(request, slug):
    """The ways to begin, and what is still to be done."""
    guide = guide_of(request.workspace, request.member)
    ways = [
        ("import_url", "jobs:import_new", roles.IMPORT_FILES),
        ("keys_url", "workspaces:api_keys", roles.MANAGE_KEYS),
        ("demo_url", "demo_load", roles.MANAGE_WORKSPACE),
        ("demo_page_url", "demo_data", roles.VIEW),
        ("docs_url", "workspace-api:docs", roles.VIEW),
    ]
    context = {
        "steps": guide.steps,
        "done": guide.done,
        "has_demo": guide.has_demo,
        "has_facts": any(step.is_done for step in guide.steps if step.key in ("accounts", "contracts")),
        "may_manage": request.actor.has_permission(roles.MANAGE_WORKSPACE),
        **{
            name: reverse(url_name, args=[slug]) if request.actor.has_permission(permission) else ""
            for name, url_name, permission in ways
        },
    }
    return render(request, "guide/start.html", context)


@require_POST
def guide_show(request, slug):
    """`show` brings the checklist back into everybody's sidebar; without it it goes."""
    request.actor.require(roles.MANAGE_WORKSPACE)
    is_shown = bool(request.POST.get("show"))
    show_guide(workspace=request.workspace, is_shown=is_shown, by=request.actor)
    if is_shown:
        messages.success(request, _("The checklist is in the sidebar again."))
        return redirect("start", slug)
    messages.success(request, _("The checklist is put away. It stands under Help, Get started."))
    return redirect(front_page_url(slug))
