"""Who works in a workspace, as what, and how they leave."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from workspaces import roles
from workspaces.activity import difference, record
from workspaces.actor import Actor
from workspaces.models import ApiKey, Membership, Team, User, Workspace


@transaction.atomic
def add_member(
    *, workspace: Workspace, user: User, role: str, by: Actor, team: Team | None = None, is_demo: bool = False
) -> Membership:
    """Make `user` a member, or bring a former one back with the given role and team.

    Raises ValidationError when they are an active member already.
    """
    by.require(roles.MANAGE_MEMBERS)
    return join(workspace=workspace, user=user, role=role, team=team, by=by, is_demo=is_demo)


def join(
    *, workspace: Workspace, user: User, role: str, team: Team | None, by: Actor, is_demo: bool = False
) -> Membership:
    """`add_member` for whoever was let in by an invitation instead of a permission; call it in a transaction."""
    _check_role(role)
    _check_team(workspace, team)
    member = Membership.objects.select_for_update().filter(workspace=workspace, user=user).first()
    if member is None:
        member = Membership.objects.create(workspace=workspace, user=user, role=role, team=team, is_demo=is_demo)
    elif member.is_active:
        raise ValidationError(_("Already a member of this workspace."))
    else:
        member.role, member.team, member.is_active = role, team, True
        member.save(update_fields=["role", "team", "is_active"])
    record(workspace=workspace, by=by, verb="joined", subject=member, after=member_facts(member))
    return member


@transaction.atomic
def change_member(
    *, workspace: Workspace, pk, role: str, team: Team | None, by: Actor, may_export: bool = True
) -> Membership:
    """Give a member another role or team, and say whether they may export what they see.

    Raises Membership.DoesNotExist, and ValidationError for the last owner.
    """
    by.require(roles.MANAGE_MEMBERS)
    _check_role(role)
    _check_team(workspace, team)
    _lock_owners(workspace)
    member = Membership.objects.select_for_update().select_related("user").get(workspace=workspace, pk=pk)
    before = member_facts(member)
    if member.is_active and role != roles.Owner.key:
        _keep_an_owner(member)
    member.role, member.team, member.may_export = role, team, may_export
    was, now = difference(before, member_facts(member))
    if now:
        member.save(update_fields=["role", "team", "may_export"])
        record(workspace=workspace, by=by, verb="updated", subject=member, before=was, after=now)
    return member


@transaction.atomic
def deactivate_member(*, workspace: Workspace, pk, revoke_keys: bool, by: Actor) -> Membership:
    """Shut a member out from their next request on, and with `revoke_keys` the API keys they made as well.

    Their accounts, contracts and trail stay. Raises Membership.DoesNotExist, and ValidationError for the last owner.
    """
    by.require(roles.MANAGE_MEMBERS)
    _lock_owners(workspace)
    member = Membership.objects.select_for_update().select_related("user").get(workspace=workspace, pk=pk)
    if not member.is_active:
        return member
    _keep_an_owner(member)
    member.is_active = False
    member.save(update_fields=["is_active"])
    Team.objects.filter(workspace=workspace, manager=member).update(manager=None)
    record(
        workspace=workspace,
        by=by,
        verb="deactivated",
        subject=member,
        before={"is_active": True},
        after={"is_active": False},
    )
    if revoke_keys:
        for key in open_keys_of(member):
            key.revoked_at = Now()
            key.save(update_fields=["revoked_at"])
            record(workspace=workspace, by=by, verb="revoked", subject=key)
    return member


@transaction.atomic
def reactivate_member(*, workspace: Workspace, pk, by: Actor) -> Membership:
    """Let a former member in again, with the role and team they had."""
    by.require(roles.MANAGE_MEMBERS)
    member = Membership.objects.select_for_update().select_related("user").get(workspace=workspace, pk=pk)
    if not member.is_active:
        member.is_active = True
        member.save(update_fields=["is_active"])
        record(
            workspace=workspace,
            by=by,
            verb="reactivated",
            subject=member,
            before={"is_active": False},
            after={"is_active": True},
        )
    return member


def open_keys_of(member: Membership):
    """API keys that a member made and that nobody revoked."""
    return ApiKey.objects.filter(workspace=member.workspace_id, created_by=member.user_id, revoked_at=None).order_by(
        "name"
    )


def member_facts(member: Membership) -> dict:
    return {"role": member.role, "team": member.team.name if member.team else None, "may_export": member.may_export}


def _check_role(role: str) -> None:
    if role not in roles.ROLES:
        raise ValidationError({"role": [_("Not a role: %(role)s.") % {"role": role}]})


def _check_team(workspace: Workspace, team: Team | None) -> None:
    if team is not None and team.workspace_id != workspace.pk:
        raise ValidationError({"team": [_("No such team.")]})


def _lock_owners(workspace: Workspace) -> None:
    """Two owners who remove each other at once must not both succeed: whoever changes members queues up here."""
    list(
        Membership.objects.select_for_update()
        .filter(workspace=workspace, role=roles.Owner.key, is_active=True)
        .order_by("pk")
        .values_list("pk")
    )


def _keep_an_owner(member: Membership) -> None:
    if member.role != roles.Owner.key:
        return
    others = Membership.objects.filter(workspace=member.workspace_id, role=roles.Owner.key, is_active=True)
    if not others.exclude(pk=member.pk).exists():
        raise ValidationError(_("A workspace needs an owner: make somebody else one first."))
