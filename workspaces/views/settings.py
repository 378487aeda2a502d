"""What a workspace chooses for itself."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from workspaces import roles
from workspaces.actions.settings import update_workspace
from workspaces.actions.workspaces import workspace_facts
from workspaces.forms.settings import WorkspaceSettingsForm
from workspaces.settings_pages import settings_trail


def settings(request, slug):
    """Name, language, time zone. Everybody may read them, owners may change them."""
    workspace = request.workspace
    form = WorkspaceSettingsForm(request.POST or None, initial=workspace_facts(workspace))
    may_change = request.actor.has_permission(roles.MANAGE_WORKSPACE)
    if request.method == "POST":
        request.actor.require(roles.MANAGE_WORKSPACE)
        if form.is_valid():
            try:
                update_workspace(workspace=workspace, by=request.actor, **form.cleaned_data)
            except ValidationError as error:
                form.add_error(None, error)
            else:
                messages.success(request, _("Saved."))
                return redirect("workspaces:settings", workspace.slug)
    if not may_change:
        form.make_readable_only()
    context = {"form": form, "may_change": may_change, "trail": settings_trail(request)}
    return render(request, "workspaces/settings.html", context, status=422 if form.errors else 200)
