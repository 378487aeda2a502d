from django.urls import path

from workspaces.views import first_run, gallery, home, invitations, profile

urlpatterns = [
    path("", home.home, name="home"),
    path("gallery/", gallery.gallery, name="gallery"),
    path("welcome/<str:token>/", first_run.first_owner, name="first_owner"),
    path("new-workspace/", first_run.workspace_new, name="workspace_new"),
    path("invitation/<str:token>/", invitations.invitation, name="invitation"),
    path("profile/", profile.profile, name="profile"),
]
