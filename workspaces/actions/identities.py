"""Connecting a person with an identity in a work app, and taking it back. Whoever holds the identity signs in as them.

People stand outside workspaces; each workspace they work in notes it all the same, for it is a way in there.
"""

from allauth.socialaccount.models import SocialAccount
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from workspaces.activity import record
from workspaces.actor import member_actor
from workspaces.identities.apps import app_name, is_only_way_in
from workspaces.models import Membership, User
from workspaces.queries import workspaces_of
from workspaces.scope import workspace_scope
from workspaces.security_mail import post_security_mail


@transaction.atomic
def connect_identity(*, user: User, app: str, uid: str, name: str, is_mailed: bool = True) -> SocialAccount:
    """Let the holder of an identity sign in as `user`. Raises ValidationError when it is somebody's already, or `user`
    has another one in the same app.

    uid: as the app proved it, never as a form said it. is_mailed: whether `user` is told by mail.
    """
    _lock(user)
    words = {"app": app_name(app)}
    taken = SocialAccount.objects.filter(provider=app, uid=uid).first()
    if taken is not None and taken.user_id == user.pk:
        raise ValidationError(_("You are connected with this identity in %(app)s already.") % words)
    if taken is not None:
        raise ValidationError(_("This identity in %(app)s is connected with another person here.") % words)
    if SocialAccount.objects.filter(provider=app, user=user).exists():
        raise ValidationError(_("You have another identity in %(app)s: disconnect it first.") % words)
    identity = SocialAccount(user=user, provider=app, uid=uid, extra_data={"name": name})
    try:
        with transaction.atomic():
            identity.save(force_insert=True)
    except IntegrityError:
        raise ValidationError(_("This identity in %(app)s is connected with another person here.") % words) from None
    _note(user, "app_connected", app)
    if is_mailed:
        post_security_mail(user, "app_connected", app=app, name=name)
    return identity


@transaction.atomic
def disconnect_identity(*, user: User, pk: int) -> SocialAccount:
    """Shut a way in. Raises SocialAccount.DoesNotExist, and ValidationError when `user` has no other one."""
    _lock(user)
    identity = SocialAccount.objects.get(user=user, pk=pk)
    if is_only_way_in(user, identity):
        raise ValidationError(_("It is your only way in: set a password first."))
    SocialAccount.objects.filter(pk=identity.pk).delete()
    _note(user, "app_disconnected", identity.provider)
    post_security_mail(user, "app_disconnected", app=identity.provider, name=identity.extra_data.get("name", ""))
    return identity


def _lock(user: User) -> None:
    """Two tabs at once: the second one sees what the first one did."""
    User.objects.select_for_update().get(pk=user.pk)


def _note(user: User, verb: str, app: str) -> None:
    for workspace in workspaces_of(user):
        with workspace_scope(workspace):
            member = Membership.objects.select_related("user").get(workspace=workspace, user=user)
            record(workspace=workspace, by=member_actor(member), verb=verb, subject=member, after={"work_app": app})
