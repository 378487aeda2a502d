"""Invitations: single-use links that make their holder a member. Only a hash of the token is kept."""

import datetime as dt
import hashlib
import secrets

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import connection, transaction
from django.utils.translation import gettext as _

from workspaces import roles
from workspaces.actions.members import join
from workspaces.actions.notifications import members_who_may, notify
from workspaces.activity import record
from workspaces.actor import Actor
from workspaces.models import Invitation, Membership, Team, User, Workspace
from workspaces.scope import workspace_scope

LIFETIME = dt.timedelta(days=7)


def hash_token(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def create_invitation(
    *, workspace: Workspace, role: str, by: Actor, at: dt.datetime, email: str = "", team: Team | None = None
) -> tuple[Invitation, str]:
    """An invitation open for a week from `at`, and its token, which is nowhere kept: show it now or never.

    With an `email` only the person of that address can take it up. Raises ValidationError keyed by field.
    """
    by.require(roles.MANAGE_MEMBERS)
    email = email.strip().lower()
    if role not in roles.ROLES:
        raise ValidationError({"role": [_("Not a role: %(role)s.") % {"role": role}]})
    if team is not None and team.workspace_id != workspace.pk:
        raise ValidationError({"team": [_("No such team.")]})
    if email:
        try:
            validate_email(email)
        except ValidationError as error:
            raise ValidationError({"email": error.messages}) from None
        if Membership.objects.filter(workspace=workspace, user__email=email, is_active=True).exists():
            raise ValidationError({"email": [_("Already a member of this workspace.")]})
        # A second link replaces the first: one person, one open door.
        for earlier in Invitation.objects.select_for_update().filter(
            workspace=workspace, email=email, accepted_at=None, revoked_at=None
        ):
            _revoke(earlier, workspace, by, at)
    token = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        workspace=workspace,
        email=email,
        role=role,
        team=team,
        token_hash=hash_token(token),
        invited_by=Membership.objects.filter(workspace=workspace, user=by.user_id).first() if by.user_id else None,
        expires_at=at + LIFETIME,
    )
    record(
        workspace=workspace,
        by=by,
        verb="created",
        subject=invitation,
        after={"email": email or None, "role": role, "team": team.name if team else None},
    )
    return invitation, token


@transaction.atomic
def revoke_invitation(*, workspace: Workspace, pk, by: Actor, at: dt.datetime) -> Invitation:
    """Make an open link useless. Raises Invitation.DoesNotExist for one that is not open any more."""
    by.require(roles.MANAGE_MEMBERS)
    invitation = Invitation.objects.select_for_update().get(
        workspace=workspace, pk=pk, revoked_at=None, accepted_at=None
    )
    _revoke(invitation, workspace, by, at)
    return invitation


def _revoke(invitation: Invitation, workspace: Workspace, by: Actor, at: dt.datetime) -> None:
    invitation.revoked_at = at
    invitation.save(update_fields=["revoked_at"])
    record(workspace=workspace, by=by, verb="revoked", subject=invitation)


def open_invitation(token: str, at: dt.datetime) -> Invitation | None:
    """The invitation behind a link, with workspace and team; None unless it is open. Needs no scope."""
    with connection.cursor() as cursor:
        cursor.execute("select id, workspace_id from invitation_by_hash(%s)", [hash_token(token)])
        row = cursor.fetchone()
    if row is None:
        return None
    invitation_id, workspace_id = row
    with workspace_scope(workspace_id):
        invitation = (
            Invitation.objects.select_related("workspace", "team", "invited_by__user")
            .filter(workspace=workspace_id, pk=invitation_id)
            .first()
        )
    return invitation if invitation is not None and invitation.is_open_at(at) else None


def accept_invitation(*, token: str, user: User, at: dt.datetime) -> Membership | None:
    """Make `user` a member by a link, once; None when the link is not open, or is for another address.

    A person who is a member already stays what they are, and the link stays open for whom it was meant.
    """
    invitation = open_invitation(token, at)
    if invitation is None or (invitation.email and invitation.email != user.email):
        return None
    workspace = invitation.workspace
    with workspace_scope(workspace):
        # Two people with one link: the second waits here and then finds it used.
        locked = Invitation.objects.select_for_update().get(workspace=workspace, pk=invitation.pk)
        if not locked.is_open_at(at):
            return None
        present = Membership.objects.filter(workspace=workspace, user=user, is_active=True).first()
        if present is not None:
            return present
        locked.accepted_at = at
        locked.save(update_fields=["accepted_at"])
        by = Actor("page", user.email, roles.ROLES[locked.role].permissions, user_id=user.pk)
        member = join(workspace=workspace, user=user, role=locked.role, team=locked.team, by=by)
        notify(
            workspace=workspace,
            kind="member_joined",
            members=members_who_may(workspace, roles.MANAGE_MEMBERS),
            by=by,
            subject_type="membership",
            subject_id=member.pk,
            label=str(user),
            details={"role": member.role},
        )
        return member
