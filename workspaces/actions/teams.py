"""Teams: people who serve accounts together."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from workspaces import roles
from workspaces.activity import difference, record
from workspaces.actor import Actor
from workspaces.models import Membership, Team, Workspace


@transaction.atomic
def save_team(
    *, workspace: Workspace, name: str, manager: Membership | None, by: Actor, pk=None, is_demo: bool = False
) -> Team:
    """Make a team, or with `pk` change one. Raises Team.DoesNotExist, and ValidationError keyed by field."""
    by.require(roles.MANAGE_MEMBERS)
    teams = Team.objects.select_for_update()
    team = teams.get(workspace=workspace, pk=pk) if pk else Team(workspace=workspace, is_demo=is_demo)
    before = None if pk is None else team_facts(team)
    if manager is not None and (manager.workspace_id != workspace.pk or not manager.is_active):
        raise ValidationError({"manager": [_("No such member.")]})
    team.name, team.manager = name.strip(), manager
    team.clean_fields(exclude=["id", "workspace", "manager"])
    if Team.objects.filter(workspace=workspace, name=team.name).exclude(pk=pk).exists():
        raise ValidationError({"name": [_("There is a team of this name already.")]})
    if before is None:
        team.save(force_insert=True)
        record(workspace=workspace, by=by, verb="created", subject=team, after=team_facts(team))
        return team
    was, now = difference(before, team_facts(team))
    if now:
        team.save(update_fields=["name", "manager"])
        record(workspace=workspace, by=by, verb="updated", subject=team, before=was, after=now)
    return team


@transaction.atomic
def remove_team(*, workspace: Workspace, pk, by: Actor) -> None:
    """Dissolve a team; its members stay, without a team. Raises Team.DoesNotExist."""
    by.require(roles.MANAGE_MEMBERS)
    team = Team.objects.select_for_update().get(workspace=workspace, pk=pk)
    record(workspace=workspace, by=by, verb="removed", subject=team, before=team_facts(team))
    # Foreign keys are composite, so that Postgres cannot null the team alone: Django does it, before the row goes.
    team.delete()


def team_facts(team: Team) -> dict:
    return {"name": team.name, "manager": team.manager.user.email if team.manager else None}
