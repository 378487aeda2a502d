"""Pages of figures, under /w/<slug>/."""

from django.urls import path

from metrics.views import account_movements, closings

app_name = "metrics"
urlpatterns = [
    path("accounts/<uuid:pk>/movements/", account_movements.account_movements, name="account_movements"),
    path("closings/", closings.closing_list, name="closing_list"),
    path("closings/<uuid:pk>/", closings.closing_page, name="closing_page"),
]
