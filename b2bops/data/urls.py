"""The data of a workspace as a whole, under /w/<slug>/settings/data/."""

from django.urls import path

from b2bops.data import views

app_name = "data"
urlpatterns = [
    path("", views.data, name="data"),
    path("export/", views.export, name="export"),
    path("exports/<uuid:pk>/", views.export_page, name="data_export"),
    path("exports/<uuid:pk>/file/", views.export_file, name="data_export_file"),
    path("erase/contact/<uuid:pk>/", views.erase_contact, name="contact_erase"),
    path("erase/member/<uuid:pk>/", views.erase_member, name="member_erase"),
    path("erasures/<uuid:pk>/", views.erasure_page, name="data_erasure"),
    path("erase/workspace/", views.erase_workspace, name="erase_workspace"),
    path("erase/workspace/call-back/", views.keep_workspace, name="keep_workspace"),
]
