"""All addresses. Tenant pages stand under /w/<slug>/, the API under /api/v1/ (by key) and /w/<slug>/api/v1/ (by session)."""

from django.urls import include, path

from b2bops import health

urlpatterns = [
    path("livez", health.livez, name="livez"),
    path("healthz", health.healthz, name="healthz"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("sign-in/", include("allauth.account.urls")),
    path("", include("workspaces.urls_global")),
    path("w/<slug:slug>/", include("workspaces.urls")),
    path("w/<slug:slug>/", include("accounts.urls")),
    path("w/<slug:slug>/", include("leads.urls")),
]
