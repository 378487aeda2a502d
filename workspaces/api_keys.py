"""API keys as strings: making, hashing, recognising. The key itself is never stored."""

import datetime as dt
import hashlib
import secrets
from contextlib import ExitStack, contextmanager

from workspaces.models import ApiKey
from workspaces.scope import scope_of_key, workspace_scope

PREFIX = "b2b_"
# A key's last use is for people to look at; once a minute is enough and spares a write per request.
LAST_USE_STEP = dt.timedelta(minutes=1)


def new_secret() -> str:
    """A new key, 256 bits of chance behind a prefix that secret scanners can recognise."""
    return PREFIX + secrets.token_urlsafe(32)


def hash_secret(secret: str) -> str:
    """SHA-256 suffices for secrets that are random and long; hex, 64 characters."""
    return hashlib.sha256(secret.encode()).hexdigest()


@contextmanager
def opened_api_key(header: str, *, at: dt.datetime):
    """In the scope of the workspace that the key of an ``Authorization: Bearer …`` header belongs to: the key with its
    workspace. None, and no scope, when the key is malformed, unknown, revoked or expired.
    """
    scheme, _, secret = header.partition(" ")
    secret = secret.strip()
    if scheme.lower() != "bearer" or not secret.startswith(PREFIX):
        yield None
        return
    with ExitStack() as scope:
        key_id, workspace_id = scope.enter_context(scope_of_key(hash_secret(secret)))
        keys = ApiKey.objects.select_related("workspace").filter(workspace_id=workspace_id, pk=key_id)
        key = keys.first() if key_id else None
        if key is None or not key.is_open_at(at):
            scope.close()
            key = None
        yield key


def note_use(key: ApiKey, *, at: dt.datetime) -> None:
    """Write down that the key was used, in a transaction of its own: what the request does must not wait for a lock on
    the key's row, nor keep others waiting.
    """
    if key.last_used_at is None or at - key.last_used_at > LAST_USE_STEP:
        with workspace_scope(key.workspace_id):
            ApiKey.objects.filter(workspace_id=key.workspace_id, pk=key.pk).update(last_used_at=at)
