from django.urls import path

from jobs.views import imports

app_name = "jobs"
urlpatterns = [
    path("imports/", imports.import_list, name="import_list"),
    path("imports/new/", imports.import_new, name="import_new"),
    path("imports/template/<slug:kind>/", imports.import_template, name="import_template"),
    path("imports/<uuid:pk>/", imports.import_page, name="import_page"),
    path("imports/<uuid:pk>/columns/", imports.import_map, name="import_map"),
    path("imports/<uuid:pk>/check/", imports.import_preview, name="import_preview"),
    path("imports/<uuid:pk>/confirm/", imports.import_confirm, name="import_confirm"),
    path("imports/<uuid:pk>/resume/", imports.import_resume, name="import_resume"),
    path("imports/<uuid:pk>/discard/", imports.import_discard, name="import_discard"),
    path("imports/<uuid:pk>/progress/", imports.import_progress, name="import_progress"),
    path("imports/<uuid:pk>/errors.csv", imports.import_errors, name="import_errors"),
]
