"""One's own password, second step and sessions, in one place."""

from allauth.account import views as account_views
from allauth.account.decorators import reauthentication_required
from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from workspaces.identities.apps import identities_of, work_apps
from workspaces.queries import workspaces_of
from workspaces.sessions import end_session, end_sessions, sessions_of
from workspaces.two_step import workspaces_that_ask


class SignIn(account_views.LoginView):
    """By password, or by one of the work apps that are on."""

    def get_form(self, form_class=None):
        form = super().get_form(form_class)
        form.fields["password"].help_text = ""  # the page itself says what to do about a forgotten one
        return form

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {"work_apps": work_apps()}


@never_cache
@login_required
@require_safe
def security(request):
    """How one signs in, and where one is signed in."""
    kinds = {kind.type: kind for kind in Authenticator.objects.filter(user=request.user)}
    codes = kinds.get(Authenticator.Type.RECOVERY_CODES)
    context = {
        "app": kinds.get(Authenticator.Type.TOTP),
        "codes_left": len(codes.wrap().get_unused_codes()) if codes else 0,
        "identities": identities_of(request.user),
        "asking": workspaces_that_ask(request.user),
        "sessions": sessions_of(request.user, current_key=request.session.session_key),
    }
    # Outside a workspace, but times are read where one works.
    workspace = next(iter(workspaces_of(request.user)), None)
    with timezone.override(workspace.zone if workspace else timezone.get_current_timezone()):
        return render(request, "workspaces/security.html", context)


@never_cache
@login_required
@reauthentication_required(app="workspaces")
def password_set(request):
    """A first password, for those who sign in by a work app alone. Who has a second step gives a code before."""
    return account_views.password_set(request)


@login_required
@require_POST
def session_end(request, pk):
    """Sign one device out; the one at hand signs out by its own button."""
    if not end_session(user=request.user, pk=pk):
        raise Http404
    messages.success(request, _("The device is signed out."))
    return redirect("security")


@login_required
@require_POST
def sessions_end(request):
    ended = end_sessions(user=request.user, but_key=request.session.session_key)
    text = ngettext("%(count)s other device is signed out.", "%(count)s other devices are signed out.", ended)
    messages.success(request, text % {"count": ended})
    return redirect("security")
