"""What a workspace chooses for itself."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render

from workspaces import roles
from workspaces.actions.settings import update_workspace
from workspaces.actions.workspaces import workspace_facts
from workspaces.forms.meanwhile import bring_together, saved_in_words, seen
from workspaces.forms.settings import WorkspaceSettingsForm
from workspaces.models import Workspace
from workspaces.queries import last_by
from workspaces.settings_pages import settings_trail
from workspaces.turns import take_turn


def settings(request, slug):
    """Name, language, time zone. Everybody may read them, owners may change them."""
    workspace = request.workspace
    if request.method == "POST":
        request.actor.require(roles.MANAGE_WORKSPACE)
        take_turn(workspace, "workspace")
        workspace = Workspace.objects.get(pk=workspace.pk)
    form = WorkspaceSettingsForm(request.POST or None, initial=workspace_facts(workspace))
    may_change = request.actor.has_permission(roles.MANAGE_WORKSPACE)
    if request.method == "POST":
        bring_together(form, last_by=lambda: last_by("workspace", workspace))
        if form.is_valid():
            try:
                update_workspace(workspace=workspace, by=request.actor, **form.cleaned_data)
            except ValidationError as error:
                form.add_error(None, error)
            else:
                messages.success(request, saved_in_words(form))
                return redirect("workspaces:settings", workspace.slug)
    if not may_change:
        form.make_readable_only()
    context = {"form": form, "seen": seen(form), "may_change": may_change, "trail": settings_trail(request)}
    return render(request, "workspaces/settings.html", context, status=422 if form.errors else 200)
