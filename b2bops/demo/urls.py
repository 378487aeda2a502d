"""Seeing, loading and leaving the demo, under /w/<slug>/demo/."""

from django.urls import path

from b2bops.demo import views

urlpatterns = [
    path("", views.show, name="demo_data"),
    path("load/", views.load, name="demo_load"),
    path("remove/", views.remove, name="demo_remove"),
]
