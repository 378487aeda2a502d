"""All addresses. Tenant pages stand under /w/<slug>/, the API under /api/v1/ (by key) and /w/<slug>/api/v1/ (by session)."""

from django.urls import include, path, re_path

from b2bops import health
from b2bops.api import errors
from metrics.views.digest import digest_unsubscribe

# Django calls these where no view answered; under the API they answer in its shape.
handler400 = errors.bad_request
handler403 = errors.permission_denied
handler404 = errors.page_not_found
handler500 = errors.server_error

urlpatterns = [
    path("livez", health.livez, name="livez"),
    path("healthz", health.healthz, name="healthz"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("sign-in/", include("workspaces.urls_sign_in")),
    path("api/v1/", include("b2bops.api.urls", namespace="api")),
    path("w/<slug:slug>/api/v1/", include("b2bops.api.urls", namespace="workspace-api")),
    re_path(r"^(?:w/[-a-zA-Z0-9_]+/)?api/", errors.no_such_address),
    path("", include("workspaces.urls_global")),
    path("digest/unsubscribe/<str:token>/", digest_unsubscribe, name="digest_unsubscribe"),
    path("", include("metrics.urls_shared")),
    path("w/<slug:slug>/", include("workspaces.urls")),
    path("w/<slug:slug>/", include("jobs.urls")),
    path("w/<slug:slug>/", include("accounts.urls")),
    path("w/<slug:slug>/", include("leads.urls")),
    path("w/<slug:slug>/", include("metrics.urls")),
    path("w/<slug:slug>/start/", include("b2bops.guide.urls")),
    path("w/<slug:slug>/help/", include("b2bops.guide.urls_help")),
    path("w/<slug:slug>/settings/data/", include("b2bops.data.urls")),
    path("w/<slug:slug>/demo/", include("b2bops.demo.urls")),
]
