"""Teams."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from workspaces import roles
from workspaces.actions.teams import remove_team, save_team
from workspaces.forms.meanwhile import bring_together, saved_in_words, seen
from workspaces.forms.members import TeamForm
from workspaces.list_files import Column, ListFile, page_file, page_links
from workspaces.models import Team
from workspaces.queries import last_by, teams_of
from workspaces.settings_pages import settings_trail
from workspaces.turns import take_turn

TEAMS = ListFile(
    gettext_lazy("Teams"),
    (
        Column(gettext_lazy("Name"), lambda team: team.name),
        Column(gettext_lazy("Manager"), lambda team: team.manager and team.manager.user.get_full_name()),
        Column(gettext_lazy("Members"), lambda team: team.size),
    ),
)


@require_safe
def teams(request, slug):
    file = page_file(request, TEAMS, lambda: teams_of(request.workspace))
    if file is not None:
        return file
    context = {
        "teams": list(teams_of(request.workspace)),
        "may_manage": request.actor.has_permission(roles.MANAGE_MEMBERS),
        "files": page_links(request),
        "trail": settings_trail(request),
    }
    return render(request, "workspaces/teams.html", context)


def team_new(request, slug):
    request.actor.require(roles.MANAGE_MEMBERS)
    return _edit(request, None)


def team_edit(request, slug, pk):
    request.actor.require(roles.MANAGE_MEMBERS)
    if request.method == "POST":
        take_turn(request.workspace, "team")
    return _edit(request, get_object_or_404(Team, workspace=request.workspace, pk=pk))


def _edit(request, team: Team | None):
    initial = {"name": team.name, "manager": team.manager_id} if team else {}
    form = TeamForm(request.POST or None, workspace=request.workspace, initial=initial)
    if request.method == "POST" and team is not None:
        bring_together(form, last_by=lambda: last_by("team", team))
    if request.method == "POST" and form.is_valid():
        try:
            save_team(workspace=request.workspace, pk=team and team.pk, by=request.actor, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, saved_in_words(form))
            return redirect("workspaces:teams", request.workspace.slug)
    context = {
        "team": team,
        "form": form,
        "seen": seen(form) if team else "",
        "trail": settings_trail(request, "teams", _("Teams")),
    }
    return render(request, "workspaces/team.html", context, status=422 if form.errors else 200)


@require_POST
def team_remove(request, slug, pk):
    request.actor.require(roles.MANAGE_MEMBERS)
    team = get_object_or_404(Team, workspace=request.workspace, pk=pk)
    remove_team(workspace=request.workspace, pk=pk, by=request.actor)
    messages.success(request, _("Removed the team %(name)s. Its members are without a team now.") % {"name": team.name})
    return redirect("workspaces:teams", slug)
