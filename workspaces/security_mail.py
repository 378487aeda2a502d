"""Mails to a person about their own sign-in: what was changed, so that they notice when it was not them."""

from uuid import uuid4

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy

from workspaces.identities.apps import app_name
from workspaces.models import User
from workspaces.queries import workspaces_of
from workspaces.scope import workspace_scope

# What → (subject, first sentence).
TEXTS = {
    "app_connected": (
        gettext_lazy("You can sign in with %(app)s now"),
        gettext_lazy("An identity in %(app)s was connected with you (%(name)s). Whoever holds it signs in as you."),
    ),
    "app_disconnected": (
        gettext_lazy("%(app)s does not sign you in any more"),
        gettext_lazy("Your identity in %(app)s (%(name)s) was disconnected."),
    ),
    "password_changed": (
        gettext_lazy("Your password was changed"),
        gettext_lazy("Your password was changed, and all other devices were signed out."),
    ),
    "two_step_on": (
        gettext_lazy("Two-step sign-in is on"),
        gettext_lazy("From now on a code of your authenticator app is asked for when you sign in."),
    ),
    "two_step_off": (
        gettext_lazy("Two-step sign-in is off"),
        gettext_lazy("No code is asked for any more when you sign in."),
    ),
    "new_codes": (
        gettext_lazy("New recovery codes were made"),
        gettext_lazy("New recovery codes were made for your two-step sign-in; the earlier ones do not work any more."),
    ),
}


def post_security_mail(user: User, what: str, *, app: str = "", name: str = "") -> bool:
    """Have `user` told, if this transaction commits; False without a mail server, or where they belong nowhere.

    what: a key of TEXTS.
    """
    subject, text = TEXTS[what]
    about = gettext_lazy(
        "Was it not you? Look at your devices and change your password at once, then tell an owner of your workspace:"
    )
    return _post(user, subject, [text, about, settings.PUBLIC_URL + reverse("security")], app=app, name=name)


def post_reset_mail(user: User, link: str) -> bool:
    """Send the link that sets a new password. It leaves later, so that asking takes as long for an address that belongs
    to nobody.
    """
    text = gettext_lazy("Set a new password with this link. It works once, for three days:")
    about = gettext_lazy("Did you not ask for it? Then there is nothing to do: your password stays as it is.")
    return _post(user, gettext_lazy("Set a new password"), [text, link, about])


def _post(user: User, subject, parts: list, *, app: str = "", name: str = "") -> bool:
    """By the outbox of a workspace of theirs, for people have none; in their language."""
    workspace = next(iter(workspaces_of(user)), None) if settings.HAS_MAIL_SERVER else None
    if workspace is None:
        return False
    with translation.override(user.language or workspace.language):
        words = {"app": app_name(app), "name": name or app_name(app)} if app else None
        said = [str(part) % words if words else str(part) for part in (subject, *parts)]
        title, body = " ".join(said[0].split())[:200], "\n\n".join(said[1:]) + "\n"
    # By its path: what leaves the process is the business of an app that builds on this one.
    post_mail = import_string(settings.POST_MAIL)
    with workspace_scope(workspace):
        return (
            post_mail(workspace=workspace, to=user.email, subject=title, body=body, key=f"person:{uuid4()}") is not None
        )
