"""All addresses as they are where a mail server is configured."""

from django.urls import include, path

from b2bops import urls
from workspaces.urls_sign_in import reset_patterns

urlpatterns = [path("sign-in/", include(reset_patterns)), *urls.urlpatterns]
