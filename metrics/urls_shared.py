"""Dashboards by a public link, outside every workspace's address."""

from django.urls import path

from metrics.views import shared_dashboard

urlpatterns = [path("shared/<str:token>/", shared_dashboard.shared_dashboard, name="shared_dashboard")]
