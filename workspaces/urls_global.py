from django.urls import path

from workspaces.views import gallery, home

urlpatterns = [path("", home.home, name="home"), path("gallery/", gallery.gallery, name="gallery")]
