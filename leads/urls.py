from django.urls import path

from leads.views import channel, spend

app_name = "leads"
urlpatterns = [
    path("channels/options/", channel.channel_options, name="channel_options"),
    path("spend/", spend.spend_list, name="spend_list"),
    path("spend/months/", spend.spend_months, name="spend_months"),
    path("spend/new/", spend.spend_new, name="spend_new"),
    path("spend/<uuid:pk>/edit/", spend.spend_edit, name="spend_edit"),
    path("spend/<uuid:pk>/void/", spend.spend_void, name="spend_void"),
]
