"""What to do next in a new workspace: a list that ticks itself from what has been done."""

from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from workspaces import roles
from workspaces.queries import steps_taken


@require_safe
def start(request, slug):
    """The ways to begin. Steps whose page is not there, or not for this member, are left out."""
    taken = steps_taken(request.workspace)
    steps = [
        {
            "label": _("Import accounts and contracts"),
            "help": _("From CSV or Excel, with a preview before anything is written."),
            "icon": "upload",
            "url": _address("jobs:import_new", request, roles.IMPORT_FILES),
            "action": _("Import a file"),
            "is_done": taken["facts"],
        },
        {
            "label": _("Connect by API"),
            "help": _("Create a key and send accounts and contracts from your own systems."),
            "icon": "key-round",
            "url": _address("workspaces:api_keys", request, roles.MANAGE_KEYS),
            "action": _("Create a key"),
            "is_done": taken["key"],
        },
        {
            "label": _("Invite colleagues"),
            "help": _("Everybody gets a role that says what they may see and change."),
            "icon": "user-plus",
            "url": _address("workspaces:invitation_new", request, roles.MANAGE_MEMBERS),
            "action": _("Invite"),
            "is_done": taken["colleague"],
        },
    ]
    context = {
        "steps": [step for step in steps if step["url"]],
        "demo_url": _address("demo_load", request, roles.MANAGE_WORKSPACE),
        "has_demo": taken["demo"],
        "overview_url": _address("metrics:overview", request, roles.VIEW),
    }
    return render(request, "workspaces/start.html", context)


def _address(name: str, request, permission: str) -> str:
    """The page's address in this workspace, or "" where it does not exist or is not for this member."""
    if not request.actor.has_permission(permission):
        return ""
    try:
        return reverse(name, args=[request.workspace.slug])
    except NoReverseMatch:
        return ""
