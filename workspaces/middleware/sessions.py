"""Keeps when and from where each session was last seen, for the list of devices that people look at."""

import hashlib

from allauth.usersessions.models import UserSession
from django.core.cache import cache

from workspaces.addresses import client_address

# Often enough to recognise a device by; a write for every request would be too dear.
EVERY_SECONDS = 60


class SessionsMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        # A request by key has no session, and one whose session was never saved has no key yet.
        if (key := request.session.session_key) and request.user.is_authenticated:
            note_seen(request, key)
        return self.get_response(request)


def note_seen(request, key: str) -> None:
    address = client_address(request)
    # The key opens the session: it is no name for something in a cache.
    seen = hashlib.sha256(f"{key} {address}".encode()).hexdigest()
    if address and cache.add(f"seen:{seen}", 1, timeout=EVERY_SECONDS):
        UserSession.objects.create_from_request(request)
