"""The doors of allauth that this product opens, and those of work apps. No sign-up and no codes by mail."""

from allauth.account import views
from allauth.mfa.base import views as code_views
from django.conf import settings
from django.urls import path, re_path

from workspaces.views import identities, security, two_step

urlpatterns = [
    path("login/", security.SignIn.as_view(), name="account_login"),
    path("logout/", views.logout, name="account_logout"),
    path("inactive/", views.account_inactive, name="account_inactive"),
    # Says that it is closed (workspaces.sign_in); the sign-in page names this address.
    path("signup/", views.signup, name="account_signup"),
    path("reauthenticate/", views.reauthenticate, name="account_reauthenticate"),
    path("password/change/", views.password_change, name="account_change_password"),
    path("password/set/", security.password_set, name="account_set_password"),
    path("security/", security.security, name="security"),
    path("security/sessions/end/", security.sessions_end, name="sessions_end"),
    path("security/sessions/<int:pk>/end/", security.session_end, name="session_end"),
    path("with/<slug:app>/", identities.identity_start, name="identity_start"),
    path("with/<slug:app>/connect/", identities.identity_connect, name="identity_connect"),
    path("with/<slug:app>/back/", identities.identity_back, name="identity_back"),
    path("security/identities/<int:pk>/end/", identities.identity_disconnect, name="identity_disconnect"),
    path("code/", code_views.authenticate, name="mfa_authenticate"),
    path("code/confirm/", code_views.reauthenticate, name="mfa_reauthenticate"),
    path("two-step/", two_step.SetUp.as_view(), name="mfa_activate_totp"),
    path("two-step/off/", two_step.TurnOff.as_view(), name="mfa_deactivate_totp"),
    path("two-step/codes/", two_step.Codes.as_view(), name="mfa_view_recovery_codes"),
    path("two-step/codes/new/", two_step.NewCodes.as_view(), name="mfa_generate_recovery_codes"),
]

# Nothing of it without a mail server; the sign-in page says so.
reset_urlpatterns = [
    path("password/reset/", views.password_reset, name="account_reset_password"),
    path("password/reset/done/", views.password_reset_done, name="account_reset_password_done"),
    path("password/reset/key/done/", views.password_reset_from_key_done, name="account_reset_password_from_key_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        views.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
]

if settings.HAS_MAIL_SERVER:
    urlpatterns += reset_urlpatterns
