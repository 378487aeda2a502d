"""What a workspace chooses for itself."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from workspaces import roles
from workspaces.actions.settings import metric_facts, update_metric_settings, update_workspace
from workspaces.actions.workspaces import workspace_facts
from workspaces.forms.settings import MetricSettingsForm, WorkspaceSettingsForm
from workspaces.models import MetricSettings
from workspaces.settings_tabs import settings_tabs


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
    context = {"form": form, "may_change": may_change, "tabs": settings_tabs(request, "settings")}
    return render(request, "workspaces/settings.html", context, status=422 if form.errors else 200)


def metric_settings(request, slug):
    """The choices that metric definitions leave to a workspace."""
    workspace = request.workspace
    row = MetricSettings.objects.get(workspace=workspace, effective_from=MetricSettings.START)
    form = MetricSettingsForm(request.POST or None, initial=metric_facts(row))
    may_change = request.actor.has_permission(roles.MANAGE_WORKSPACE)
    if request.method == "POST":
        request.actor.require(roles.MANAGE_WORKSPACE)
        if form.is_valid():
            try:
                changed = update_metric_settings(workspace=workspace, by=request.actor, **form.cleaned_data)
            except ValidationError as error:
                form.add_error(None, error)
            else:
                is_same = changed.changed_at == row.changed_at
                messages.success(
                    request, _("Saved.") if is_same else _("Saved. The next closing computes the figures again.")
                )
                return redirect("workspaces:metric_settings", workspace.slug)
    if not may_change:
        form.make_readable_only()
    context = {"form": form, "may_change": may_change, "tabs": settings_tabs(request, "metric_settings")}
    return render(request, "workspaces/metric_settings.html", context, status=422 if form.errors else 200)
