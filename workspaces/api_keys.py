"""API keys as strings: making, hashing, recognising. The key itself is never stored."""

import datetime as dt
import hashlib
import secrets

from django.db import connection
from django.utils import timezone

from workspaces.models import ApiKey
from workspaces.scope import workspace_scope

PREFIX = "b2b_"
# A key's last use is for people to look at; once a minute is enough and spares a write per request.
LAST_USE_STEP = dt.timedelta(minutes=1)


def new_secret() -> str:
    """A new key, 256 bits of chance behind a prefix that secret scanners can recognise."""
    return PREFIX + secrets.token_urlsafe(32)


def hash_secret(secret: str) -> str:
    """SHA-256 suffices for secrets that are random and long; hex, 64 characters."""
    return hashlib.sha256(secret.encode()).hexdigest()


def open_api_key(header: str) -> ApiKey | None:
    """The key of an ``Authorization: Bearer …`` header, with its workspace; None when malformed, unknown, revoked or
    expired. Notes the use, in a transaction of its own, before the request's begins.
    """
    scheme, _, secret = header.partition(" ")
    secret = secret.strip()
    if scheme.lower() != "bearer" or not secret.startswith(PREFIX):
        return None
    with connection.cursor() as cursor:
        cursor.execute("select id, workspace_id from api_key_by_hash(%s)", [hash_secret(secret)])
        row = cursor.fetchone()
    if row is None:
        return None
    key_id, workspace_id = row
    now = timezone.now()
    with workspace_scope(workspace_id):
        key = ApiKey.objects.select_related("workspace").filter(workspace_id=workspace_id, pk=key_id).first()
        if key is None or not key.is_open_at(now):
            return None
        if key.last_used_at is None or now - key.last_used_at > LAST_USE_STEP:
            ApiKey.objects.filter(workspace_id=workspace_id, pk=key_id).update(last_used_at=now)
    return key
