"""Keeps when and from where each session was last seen, for the list of devices that people look at."""

import hashlib

from allauth.account.authentication import get_authentication_records
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
    if address and is_first_sight(key, address):
        UserSession.objects.create_from_request(request)
        if app := work_app_of(request):
            UserSession.objects.filter(session_key=key, data={}).update(data={"work_app": app})


def work_app_of(request) -> str:
    """The work app that opened the session, "" when it was a password."""
    ways = [way for way in get_authentication_records(request, request.user) if not way.get("reauthenticated")]
    return next((way["provider"] for way in ways if way["method"] == "socialaccount"), "")


def is_first_sight(key: str, address: str) -> bool:
    """Whether the session was not seen from `address` for EVERY_SECONDS; counts as seen from now on."""
    # The key opens the session: it is no name for something in a cache.
    seen = hashlib.sha256(f"{key} {address}".encode()).hexdigest()
    return cache.add(f"seen:{seen}", 1, timeout=EVERY_SECONDS)
