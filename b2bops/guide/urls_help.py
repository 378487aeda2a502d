"""Help, under /w/<slug>/help/."""

from django.urls import path

from b2bops.guide import help_views

urlpatterns = [
    path("", help_views.help_page, name="help"),
    path("guide/", help_views.guide_page, name="guide"),
]
