"""How allauth is told that nobody signs up by themselves, and of what people hear by mail."""

from urllib.parse import quote

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy

from workspaces.security_mail import post_reset_mail, post_security_mail

# What allauth would write mails of its own about → what ours says.
TOLD = {
    "account/email/password_changed": "password_changed",
    "account/email/password_set": "password_changed",
    "account/email/password_reset": "password_changed",
    "mfa/email/totp_activated": "two_step_on",
    "mfa/email/totp_deactivated": "two_step_off",
    "mfa/email/recovery_codes_generated": "new_codes",
}


class ClosedSignUpAdapter(DefaultAccountAdapter):
    """People come by the first owner's token or by invitation, never through a sign-up form."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": gettext_lazy("Email or password is not right."),
        "too_many_login_attempts": gettext_lazy(
            "Too many failed attempts. Wait five minutes, or set a new password if you have forgotten it."
        ),
    }

    def is_open_for_signup(self, request):
        return False

    def send_notification_mail(self, template_prefix, user, context=None, email=None):
        if what := TOLD.get(template_prefix):
            post_security_mail(user, what)

    def get_reset_password_from_key_url(self, key):
        """By the address that people use, whatever host the request named."""
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return settings.PUBLIC_URL + path.replace("UID-KEY", quote(key))

    def send_password_reset_mail(self, user, email, context):
        post_reset_mail(user, context["password_reset_url"])
