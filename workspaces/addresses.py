"""Which address a request comes from."""

from allauth.core.internal.httpkit import get_client_ip
from django.core.exceptions import ImproperlyConfigured


def client_address(request) -> str | None:
    """The address that limits count by as well: of a client's own headers only what trusted proxies added is believed.
    None for a request through a socket without addresses.
    """
    try:
        return get_client_ip(request)
    except ImproperlyConfigured:  # it came past the proxies
        return request.META.get("REMOTE_ADDR") or None
