"""An identity that came with an invitation and waits for its owner to say their name, in the visitor's session."""

import hmac
import time
from dataclasses import dataclass

from workspaces.identities.apps import app_name
from workspaces.models import Invitation

SESSION_KEY = "pending_identity"
LIFETIME_SECONDS = 1800


@dataclass(frozen=True)
class PendingIdentity:
    app: str
    uid: str
    name: str

    @property
    def app_name(self) -> str:
        return app_name(self.app)


def keep_pending(session, invitation: Invitation, *, app: str, uid: str, name: str) -> None:
    """Only for the invitation that it came with."""
    session[SESSION_KEY] = {
        "app": app,
        "uid": uid,
        "name": name,
        "invitation": str(invitation.pk),
        "ends_at": time.time() + LIFETIME_SECONDS,
    }


def pending_identity(session, invitation: Invitation) -> PendingIdentity | None:
    kept = session.get(SESSION_KEY)
    if not kept or time.time() > kept["ends_at"] or not hmac.compare_digest(kept["invitation"], str(invitation.pk)):
        return None
    return PendingIdentity(kept["app"], kept["uid"], kept["name"])


def drop_pending(session) -> None:
    session.pop(SESSION_KEY, None)
