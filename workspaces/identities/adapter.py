"""What happens with somebody who comes back from a work app: allauth asks, and every answer is given here."""

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.base.constants import AuthError, AuthProcess
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from workspaces.actions.identities import connect_identity
from workspaces.actions.invitations import open_invitation
from workspaces.identities.apps import app_name
from workspaces.identities.pending import keep_pending

# Why it went no further → the status of the page that says so.
REFUSALS = {"cancelled": 200, "stale": 400, "stranger": 403, "failed": 502}


class IdentityAdapter(DefaultSocialAccountAdapter):
    """Nobody is let in for having an identity: it opens what its owner, signed in or invited, connected it with."""

    def list_apps(self, request, provider=None, client_id=None):
        """From the settings alone; nothing is looked up in the table of apps."""
        return [
            SocialApp(
                provider=key,
                name=key,
                client_id=given["client_id"],
                secret=given["secret"],
                key=given.get("key", ""),
                settings={"addresses": given["addresses"]},
            )
            for key, given in settings.WORK_APPS.items()
            if provider in (None, key) and client_id in (None, given["client_id"])
        ]

    def is_open_for_signup(self, request, sociallogin) -> bool:
        return False

    def can_authenticate_by_email(self, login, email) -> bool:
        return False

    def get_connect_redirect_url(self, request, socialaccount) -> str:
        return reverse("security")

    def on_authentication_error(self, request, provider, error=None, exception=None, extra_context=None):
        state = (extra_context or {}).get("state")
        if state is None:
            reason = "stale"
        else:
            reason = "cancelled" if error == AuthError.CANCELLED or _came_without_code(request) else "failed"
        raise ImmediateHttpResponse(refused(request, provider.id, reason, state or {}))

    def pre_social_login(self, request, sociallogin):
        state, key = sociallogin.state, sociallogin.account.provider
        if state.get("process") == AuthProcess.CONNECT:
            raise ImmediateHttpResponse(_connected(request, sociallogin))
        if sociallogin.is_existing:
            return
        token = (state.get("data") or {}).get("invitation")
        if not token:
            raise ImmediateHttpResponse(refused(request, key, "stranger", state))
        if (found := open_invitation(token, timezone.now())) is not None:
            who = sociallogin.account
            keep_pending(request.session, found, app=key, uid=who.uid, name=who.extra_data["name"])
        raise ImmediateHttpResponse(redirect("invitation", token))


def _came_without_code(request) -> bool:
    """How WeCom says that somebody refused; the others name an error."""
    return "code" not in request.GET and "error" not in request.GET


def _connected(request, sociallogin):
    state, key = sociallogin.state, sociallogin.account.provider
    asked_by = (state.get("data") or {}).get("user")
    if not request.user.is_authenticated or asked_by != str(request.user.pk):
        return refused(request, key, "stale", state)
    name = app_name(key)
    try:
        connect_identity(
            user=request.user,
            app=key,
            uid=sociallogin.account.uid,
            name=sociallogin.account.extra_data["name"],
        )
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("You can sign in with %(app)s now.") % {"app": name})
    return redirect("security")


def refused(request, key: str, reason: str, state):
    """The page that says why it went no further, and leads back to where it began."""
    back = state.get("next") or reverse("security" if request.user.is_authenticated else "account_login")
    context = {"app": app_name(key), "reason": reason, "back": back}
    return render(request, "workspaces/identity_refused.html", context, status=REFUSALS[reason])
