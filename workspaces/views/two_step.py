"""Setting the second step up and turning it off: allauth's views, which lead on to our pages."""

from allauth.mfa.recovery_codes.views import GenerateRecoveryCodesView, ViewRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from django.contrib.auth.decorators import login_required
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache

from workspaces.sessions import end_sessions
from workspaces.two_step import workspaces_that_ask


@method_decorator(never_cache, name="dispatch")
@method_decorator(login_required, name="dispatch")
class SetUp(ActivateTOTPView):
    def form_valid(self, form):
        answer = super().form_valid(form)
        # They were opened by the password alone.
        end_sessions(user=self.request.user, but_key=self.request.session.session_key)
        return answer

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {"asking": workspaces_that_ask(self.request.user)}

    def get_success_url(self):
        return str(reverse_lazy("mfa_view_recovery_codes" if self.did_generate_recovery_codes else "security"))


@method_decorator(never_cache, name="dispatch")
class TurnOff(DeactivateTOTPView):
    success_url = reverse_lazy("security")


@method_decorator(never_cache, name="dispatch")
class Codes(ViewRecoveryCodesView):
    """Shows new codes the first time it is opened, and never again."""


@method_decorator(never_cache, name="dispatch")
@method_decorator(login_required, name="dispatch")
class NewCodes(GenerateRecoveryCodesView):
    pass
