"""Machines' ways in."""

import datetime as dt

from django.db import transaction
from django.db.models.functions import Now

from workspaces import roles
from workspaces.activity import record
from workspaces.actor import Actor
from workspaces.api_keys import PREFIX, hash_secret, new_secret
from workspaces.models import ApiKey, Workspace

# Enough to recognise a key by, far too little to guess it from.
SHOWN = len(PREFIX) + 6


@transaction.atomic
def create_api_key(
    *, workspace: Workspace, name: str, scope: str, by: Actor, expires_at: dt.datetime | None = None
) -> tuple[ApiKey, str]:
    """A key and its secret, which is nowhere kept: show it now or never. Raises ValidationError keyed by field."""
    by.require(roles.MANAGE_KEYS)
    secret = new_secret()
    key = ApiKey(
        workspace=workspace,
        name=name.strip(),
        scope=scope,
        prefix=secret[:SHOWN],
        key_hash=hash_secret(secret),
        expires_at=expires_at,
        created_by_id=by.user_id,
    )
    key.clean_fields(exclude=["id", "created_by", "revoked_at", "last_used_at"])
    key.save(force_insert=True)
    record(
        workspace=workspace,
        by=by,
        verb="created",
        subject=key,
        after={"scope": scope, "prefix": key.prefix, "expires_at": expires_at.isoformat() if expires_at else None},
    )
    return key, secret


@transaction.atomic
def revoke_api_key(*, workspace: Workspace, pk, by: Actor) -> ApiKey:
    """Shut a key for good, from its next request on. Raises ApiKey.DoesNotExist."""
    by.require(roles.MANAGE_KEYS)
    key = ApiKey.objects.select_for_update().get(workspace=workspace, pk=pk)
    if key.revoked_at is None:
        key.revoked_at = Now()
        key.save(update_fields=["revoked_at"])
        record(workspace=workspace, by=by, verb="revoked", subject=key)
    return key
