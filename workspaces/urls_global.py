from django.urls import path

from workspaces.views import home

urlpatterns = [path("", home.home, name="home")]
