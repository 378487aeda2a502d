"""An invitation by mail, where the installation has a mail server."""

from django.conf import settings
from django.utils import translation
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from workspaces.models import Invitation, Workspace


def invitation_text(workspace: Workspace, invitation: Invitation, link: str) -> tuple[str, str]:
    """Subject and body in the language in force, plain text."""
    subject = _("Invitation to %(workspace)s") % {"workspace": " ".join(workspace.name.split())}
    body = _("Please join %(workspace)s with this link. It works once, until %(day)s:") % {
        "workspace": workspace.name,
        "day": invitation.expires_at.astimezone(workspace.zone).date().isoformat(),
    }
    if invitation.invited_by is not None:
        user = invitation.invited_by.user
        body = (
            _("%(name)s (%(email)s) invites you.") % {"name": user.get_full_name(), "email": user.email} + f"\n\n{body}"
        )
    return subject, f"{body}\n\n{link}\n"


def post_invitation(*, workspace: Workspace, invitation: Invitation, link: str) -> bool:
    """Have the link sent to the invited address once this transaction commits, in the workspace's language.

    False when the invitation names no address or there is no mail server: then the inviter passes the link on.
    """
    if not invitation.email:
        return False
    with translation.override(workspace.language):
        subject, body = invitation_text(workspace, invitation, link)
    # By its path: what leaves the process is the business of an app that builds on this one.
    post_mail = import_string(settings.POST_MAIL)
    key = f"invitation:{invitation.pk}"
    return post_mail(workspace=workspace, to=invitation.email, subject=subject, body=body, key=key) is not None
