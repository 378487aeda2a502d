"""API keys as strings: making, hashing, recognising. The key itself is never stored."""

import datetime as dt
import hashlib
import secrets
from uuid import UUID

from django.db import connection

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


def find_api_key(header: str) -> tuple[UUID, UUID] | None:
    """(id, workspace id) of the key in an ``Authorization: Bearer …`` header; None when malformed or unknown.

    Whether the key still opens anything is asked inside its workspace's scope: `api_key_in_force`.
    """
    scheme, _, secret = header.partition(" ")
    secret = secret.strip()
    if scheme.lower() != "bearer" or not secret.startswith(PREFIX):
        return None
    with connection.cursor() as cursor:
        cursor.execute("select id, workspace_id from api_key_by_hash(%s)", [hash_secret(secret)])
        return cursor.fetchone()


def api_key_in_force(key_id: UUID, workspace_id: UUID, *, at: dt.datetime) -> ApiKey | None:
    """The key with its workspace; None when revoked or expired. Needs the workspace's scope."""
    key = ApiKey.objects.select_related("workspace").filter(workspace_id=workspace_id, pk=key_id).first()
    return key if key is not None and key.is_open_at(at) else None


def note_use(key: ApiKey, *, at: dt.datetime) -> None:
    """Write down that the key was used, in a transaction of its own: what the request does must not wait for a lock on
    the key's row, nor keep others waiting.
    """
    if key.last_used_at is None or at - key.last_used_at > LAST_USE_STEP:
        with workspace_scope(key.workspace_id):
            ApiKey.objects.filter(workspace_id=key.workspace_id, pk=key.pk).update(last_used_at=at)
