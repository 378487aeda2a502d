"""Pages of figures, under /w/<slug>/."""

from django.urls import path

from metrics.views import account_movements, closings, definitions, movements, overview

app_name = "metrics"
urlpatterns = [
    path("", overview.overview, name="overview"),
    path("accounts/<uuid:pk>/movements/", account_movements.account_movements, name="account_movements"),
    path("closings/", closings.closing_list, name="closing_list"),
    path("closings/<uuid:pk>/", closings.closing_page, name="closing_page"),
    path("definitions/", definitions.definitions, name="definitions"),
    path("movements/", movements.movement_list, name="movement_list"),
]
