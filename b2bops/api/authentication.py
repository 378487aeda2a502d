"""Who asks. The scope middleware has opened the key, or found the member, before any view runs; here is only the refusal."""

from django.contrib.auth.models import AnonymousUser
from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication, CSRFCheck


class KeyOrSession(BaseAuthentication):
    """A Bearer key under /api/v1/, a member's session with CSRF under /w/<slug>/api/v1/."""

    def authenticate(self, request):
        if request.actor is None:
            raise exceptions.NotAuthenticated()
        if request.member is None:
            return AnonymousUser(), request.api_key
        check = CSRFCheck(lambda request: None)
        check.process_request(request._request)
        if check.process_view(request._request, None, (), {}):
            raise exceptions.PermissionDenied()
        return request.member.user, None

    def authenticate_header(self, request):
        return 'Bearer realm="api"'
