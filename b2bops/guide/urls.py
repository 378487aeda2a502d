"""Beginning, under /w/<slug>/start/."""

from django.urls import path

from b2bops.guide import views

urlpatterns = [
    path("", views.start, name="start"),
    path("checklist/", views.guide_show, name="guide_show"),
]
