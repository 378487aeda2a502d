"""Who does something, and through which door: the `by=` of every action."""

from dataclasses import dataclass
from uuid import UUID

from django.core.exceptions import PermissionDenied

from workspaces.roles import SCOPES, Owner


@dataclass(frozen=True)
class Actor:
    """The acting member, API key or the product itself.

    door: ``page``, ``api``, ``import``, ``command`` or ``task``. label: how the activity trail names the actor
    (a member's email, a key's name). permissions: what this actor may do.
    """

    door: str
    label: str
    permissions: frozenset[str]
    user_id: UUID | None = None
    api_key_id: UUID | None = None

    def has_permission(self, permission: str) -> bool:
        return permission in self.permissions

    def require(self, permission: str) -> None:
        """Raise PermissionDenied unless the actor may; called by every action, so that no door forgets."""
        if permission not in self.permissions:
            raise PermissionDenied(permission)

    def through(self, door: str) -> "Actor":
        """The same actor through another door, for example a member's import."""
        return Actor(door, self.label, self.permissions, self.user_id, self.api_key_id)


def member_actor(membership, *, door: str = "page") -> Actor:
    return Actor(door, membership.user.email, membership.permissions, user_id=membership.user_id)


def key_actor(api_key) -> Actor:
    return Actor("api", api_key.name, SCOPES[api_key.scope], api_key_id=api_key.pk)


def system_actor(door: str, label: str = "B2BOps") -> Actor:
    """The product itself: nightly steps, commands run by the operator of the server, the demo company."""
    return Actor(door, label, Owner.permissions)
