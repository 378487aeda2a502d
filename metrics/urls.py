"""Pages of figures, under /w/<slug>/."""

from django.urls import path

from metrics.views import account_movements

app_name = "metrics"
urlpatterns = [
    path("accounts/<uuid:pk>/movements/", account_movements.account_movements, name="account_movements"),
]
