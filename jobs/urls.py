from django.urls import path

from jobs.views import import_undo, imports, webhook_deliveries, webhooks

app_name = "jobs"
urlpatterns = [
    path("imports/", imports.import_list, name="import_list"),
    path("imports/new/", imports.import_new, name="import_new"),
    path("imports/template/<slug:kind>/", imports.import_template, name="import_template"),
    path("imports/<uuid:pk>/", imports.import_page, name="import_page"),
    path("imports/<uuid:pk>/columns/", imports.import_map, name="import_map"),
    path("imports/<uuid:pk>/check/", imports.import_preview, name="import_preview"),
    path("imports/<uuid:pk>/fix/", imports.import_fix, name="import_fix"),
    path("imports/<uuid:pk>/confirm/", imports.import_confirm, name="import_confirm"),
    path("imports/<uuid:pk>/resume/", imports.import_resume, name="import_resume"),
    path("imports/<uuid:pk>/discard/", imports.import_discard, name="import_discard"),
    path("imports/<uuid:pk>/progress/", imports.import_progress, name="import_progress"),
    path("imports/<uuid:pk>/undo/", import_undo.import_undo, name="import_undo"),
    path("imports/<uuid:pk>/undo/check/", import_undo.import_undo_check, name="import_undo_check"),
    path("imports/<uuid:pk>/undo/confirm/", import_undo.import_undo_confirm, name="import_undo_confirm"),
    path("imports/<uuid:pk>/kept.csv", import_undo.import_kept, name="import_kept"),
    path("imports/<uuid:pk>/errors.csv", imports.import_errors, name="import_errors"),
    path("settings/webhooks/", webhooks.webhook_list, name="webhook_list"),
    path("settings/webhooks/new/", webhooks.webhook_new, name="webhook_new"),
    path("settings/webhooks/<uuid:pk>/", webhooks.webhook_page, name="webhook_page"),
    path("settings/webhooks/<uuid:pk>/edit/", webhooks.webhook_edit, name="webhook_edit"),
    path("settings/webhooks/<uuid:pk>/ping/", webhooks.webhook_ping, name="webhook_ping"),
    path("settings/webhooks/<uuid:pk>/secret/", webhooks.webhook_secret, name="webhook_secret"),
    path("settings/webhooks/<uuid:pk>/new-secret/", webhooks.webhook_rotate, name="webhook_rotate"),
    path("settings/webhooks/<uuid:pk>/switch/", webhooks.webhook_switch, name="webhook_switch"),
    path("settings/webhooks/<uuid:pk>/remove/", webhooks.webhook_remove, name="webhook_remove"),
    path("settings/webhooks/<uuid:pk>/replay/", webhook_deliveries.replay_failed, name="webhook_replay"),
    path(
        "settings/webhooks/<uuid:pk>/deliveries/<uuid:delivery>/",
        webhook_deliveries.delivery_page,
        name="webhook_delivery",
    ),
    path(
        "settings/webhooks/<uuid:pk>/deliveries/<uuid:delivery>/replay/",
        webhook_deliveries.delivery_replay,
        name="webhook_delivery_replay",
    ),
]
