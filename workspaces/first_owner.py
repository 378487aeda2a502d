"""The token that lets the first visitor of an empty installation in. Signed, so that nothing need be stored."""

from django.conf import settings
from django.core import signing
from django.urls import reverse

from workspaces.models import User

SALT = "workspaces.first_owner"


def first_owner_token() -> str:
    """Good for as long as nobody is there; whoever can read it here can read the database as well."""
    return signing.dumps("first owner", salt=SALT)


def first_owner_url() -> str:
    return settings.PUBLIC_URL + reverse("first_owner", args=[first_owner_token()])


def is_first_owner_token(token: str) -> bool:
    """True for a token of ours while there is no user at all: the first one who is made ends it."""
    try:
        signing.loads(token, salt=SALT)
    except signing.BadSignature:
        return False
    return not User.objects.exists()
