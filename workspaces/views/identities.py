"""Signing in by a work app: going there, coming back, and connecting one's identity with oneself."""

from allauth.account.decorators import reauthentication_required
from allauth.core import ratelimit
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialAccount
from allauth.socialaccount.providers.base.constants import AuthProcess
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from workspaces.actions.identities import disconnect_identity
from workspaces.actions.invitations import open_invitation
from workspaces.identities.apps import app_name
from workspaces.ways_back import way_back


@never_cache
@require_POST
def identity_start(request, app):
    """Off to the work app, to sign in with what it says; with an invitation, to join by it."""
    if too_many := ratelimit.consume_or_429(request, action="identity"):
        return too_many
    if token := request.POST.get("invitation", ""):
        if open_invitation(token, timezone.now()) is None:
            return redirect("invitation", token)
        return _leave(request, app, AuthProcess.LOGIN, reverse("invitation", args=[token]), {"invitation": token})
    return _leave(request, app, AuthProcess.LOGIN, way_back(request.POST, "next", ""), {})


@never_cache
@login_required
@require_POST
@reauthentication_required(app="workspaces")
def identity_connect(request, app):
    """Off to the work app, to connect with the signed-in person whom it vouches for."""
    return _leave(request, app, AuthProcess.CONNECT, "", {"user": str(request.user.pk)})


def _leave(request, app, process, next_url, data):
    """A page that leads on by itself. A redirect would be the answer to a form, and the policy of our pages lets forms
    lead nowhere else.
    """
    provider = _provider_or_404(request, app)
    answer = provider.redirect(request, process, next_url=next_url, data=data)
    return render(request, "workspaces/identity_leaving.html", {"app": app_name(app), "url": answer.url})


@never_cache
@require_safe
def identity_back(request, app):
    """Where the work app sends them. What comes of it: `workspaces.identities.adapter`."""
    if too_many := ratelimit.consume_or_429(request, action="identity", limit_get=True):
        return too_many
    provider = _provider_or_404(request, app)
    return OAuth2CallbackView.adapter_view(provider.oauth2_adapter_class)(request)


@never_cache
@login_required
@require_POST
@reauthentication_required(app="workspaces")
def identity_disconnect(request, pk):
    try:
        identity = disconnect_identity(user=request.user, pk=pk)
    except SocialAccount.DoesNotExist:
        raise Http404 from None
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("%(app)s does not sign you in any more.") % {"app": app_name(identity.provider)})
    return redirect("security")


def _provider_or_404(request, app):
    if app not in settings.WORK_APPS:
        raise Http404
    return get_adapter().get_provider(request, app)
