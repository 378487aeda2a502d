"""The second step of signing in: codes of an app, kept unreadable, each good for one use."""

import structlog
from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa import app_settings
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from cryptography.fernet import InvalidToken
from django.core.cache import cache
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workspaces.locked import lock, lock_anew, unlock
from workspaces.models import User, Workspace
from workspaces.qr import qr_svg
from workspaces.queries import workspaces_of

log = structlog.get_logger(__name__)

PURPOSE = "two-step sign-in"
# Where in its data allauth keeps what the adapter locks.
LOCKED_DATA = ("secret", "seed")


def has_two_step(user: User) -> bool:
    """Whether `user` is asked for a code after the password."""
    return Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists()


def users_with_two_step(users) -> set:
    """Ids of those of `users` (ids) who are asked for a code."""
    found = Authenticator.objects.filter(user__in=users, type=Authenticator.Type.TOTP)
    return set(found.values_list("user_id", flat=True))


def workspaces_that_ask(user: User) -> list[Workspace]:
    """Workspaces of `user` where nobody works without a second step."""
    return [workspace for workspace in workspaces_of(user) if workspace.requires_two_step]


def forget_two_step(user: User) -> bool:
    """Let `user` sign in by password alone again; False when that is how they do. For the operator of the server: the
    phone is gone, and the recovery codes too.
    """
    return bool(Authenticator.objects.filter(user=user).delete()[0])


def lock_two_step_anew() -> tuple[int, int]:
    """Lock everybody's second step by the present key; how many were, and how many no key opens."""
    done = unreadable = 0
    for one in Authenticator.objects.select_for_update().order_by("pk"):
        kept = {name: one.data[name] for name in LOCKED_DATA if name in one.data}
        try:
            one.data |= {name: lock_anew(value, purpose=PURPOSE) for name, value in kept.items()}
        except InvalidToken:
            unreadable += 1
            continue
        one.save(update_fields=["data"])
        done += 1
    return done, unreadable


class TwoStepAdapter(DefaultMFAAdapter):
    """Secrets lie encrypted, so that a copy of the database makes no codes; and the QR code is a part of the page."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": gettext_lazy("This code is not the one. Codes change every 30 seconds, and each works once."),
        "cannot_delete_authenticator": gettext_lazy("A workspace of yours asks everybody for a second step."),
    }

    def build_totp_svg(self, url: str) -> str:
        return qr_svg(url, label=_("QR code for the authenticator app"))

    def encrypt(self, text: str) -> str:
        return lock(text, purpose=PURPOSE)

    def decrypt(self, encrypted_text: str) -> str:
        return unlock(encrypted_text, purpose=PURPOSE)

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        return authenticator.type != Authenticator.Type.TOTP or not workspaces_that_ask(authenticator.user)


def _clean_code(form, clean) -> str:
    """What `clean` makes of the form's code, refused a second time, and refused when its secret cannot be read."""
    try:
        code = clean()
    except InvalidToken:
        log.error("two_step_secret_unreadable", user=str(form.user.pk))
        raise TwoStepAdapter().validation_error("incorrect_code") from None
    if form.authenticator.type == Authenticator.Type.TOTP:
        # allauth remembers a code for one period, but with its tolerance takes it for three.
        lifetime = app_settings.TOTP_PERIOD * (2 * app_settings.TOTP_TOLERANCE + 1)
        if not cache.add(f"two-step-code:{form.user.pk}:{normalize_user_code(code)}", 1, timeout=lifetime):
            raise TwoStepAdapter().validation_error("incorrect_code")
    return code


class _CodeForm:
    """A code, typed into the only field of its page."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs["autofocus"] = True

    def clean_code(self):
        return _clean_code(self, super().clean_code)


class SignInCodeForm(_CodeForm, AuthenticateForm):
    """The code after the password."""


class ConfirmingCodeForm(_CodeForm, ReauthenticateForm):
    """A code in place of the password, before something sensitive."""
