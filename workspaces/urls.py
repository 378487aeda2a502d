from django.urls import path

from workspaces.views import activity, api_keys, invitations, members, notifications, roles, saved_view, settings, teams

app_name = "workspaces"
urlpatterns = [
    path("activity/", activity.activity, name="activity"),
    path("notifications/", notifications.notifications, name="notifications"),
    path("notifications/read/", notifications.notifications_read, name="notifications_read"),
    path("notifications/choices/", notifications.notification_choices, name="notification_choices"),
    path("notifications/<int:pk>/", notifications.notification_open, name="notification_open"),
    path("notifications/<int:pk>/mark/", notifications.notification_mark, name="notification_mark"),
    path("views/new/", saved_view.saved_view_new, name="saved_view_new"),
    path("views/<uuid:pk>/", saved_view.saved_view_edit, name="saved_view_edit"),
    path("views/<uuid:pk>/replace/", saved_view.saved_view_replace, name="saved_view_replace"),
    path("views/<uuid:pk>/default/", saved_view.saved_view_default, name="saved_view_default"),
    path("views/<uuid:pk>/remove/", saved_view.saved_view_remove, name="saved_view_remove"),
    path("settings/", settings.settings, name="settings"),
    path("settings/members/", members.members, name="members"),
    path("settings/members/<uuid:pk>/", members.member, name="member"),
    path("settings/members/<uuid:pk>/deactivate/", members.deactivate, name="member_deactivate"),
    path("settings/members/<uuid:pk>/reactivate/", members.reactivate, name="member_reactivate"),
    path("settings/invitations/", invitations.invitation_new, name="invitation_new"),
    path("settings/invitations/<uuid:pk>/revoke/", invitations.revoke, name="invitation_revoke"),
    path("settings/roles/", roles.roles, name="roles"),
    path("settings/teams/", teams.teams, name="teams"),
    path("settings/teams/new/", teams.team_new, name="team_new"),
    path("settings/teams/<uuid:pk>/", teams.team_edit, name="team_edit"),
    path("settings/teams/<uuid:pk>/remove/", teams.team_remove, name="team_remove"),
    path("settings/api-keys/", api_keys.api_keys, name="api_keys"),
    path("settings/api-keys/new/", api_keys.api_key_new, name="api_key_new"),
    path("settings/api-keys/<uuid:pk>/revoke/", api_keys.revoke, name="api_key_revoke"),
]
