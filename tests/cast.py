"""The fixed cast and the fixed day of all tests.

Two workspaces: `acme`, with one person in each role, and `rival`, where the stranger is an owner. Factories call the
real actions. The fixtures stand in conftest.py: `cast` (nobody in scope yet) and `acme` (the same, in acme's scope).
"""

import datetime as dt
from dataclasses import dataclass

from django.test import Client

from workspaces.actions.api_keys import create_api_key
from workspaces.actions.members import add_member
from workspaces.actions.users import register_user
from workspaces.actions.workspaces import create_workspace
from workspaces.actor import Actor, member_actor, system_actor
from workspaces.middleware.sessions import is_first_sight
from workspaces.models import Membership, User, Workspace
from workspaces.scope import workspace_scope

DAY = dt.date(2026, 3, 31)
AT = dt.datetime(2026, 3, 31, 10, 0, tzinfo=dt.UTC)
# Only `with_password` gives it to somebody: hashing is slow on purpose.
PASSWORD = "a mild Tuesday in Hangzhou"


@dataclass(frozen=True)
class Cast:
    """The people, as memberships; `actor(person)` makes a `by=` of one, `client(person)` a signed-in browser."""

    workspace: Workspace
    owner: Membership
    manager: Membership
    member: Membership
    viewer: Membership
    rival: Workspace
    stranger: Membership

    @property
    def people(self) -> dict[str, Membership]:
        """By role, in acme only."""
        return {"owner": self.owner, "manager": self.manager, "member": self.member, "viewer": self.viewer}

    def actor(self, person: Membership, *, door: str = "page") -> Actor:
        return member_actor(person, door=door)

    def client(self, person: Membership | None, *, is_seen: bool = True, **defaults) -> Client:
        """A browser in which `person` is signed in; None for a visitor. is_seen: its first request has nothing to note of
        the session, so that it asks the database as often as the next one.
        """
        client = Client(**defaults)
        if person is not None:
            client.force_login(person.user)
            if is_seen:
                is_first_sight(client.session.session_key, "127.0.0.1")
        return client

    def api_key(self, *, scope: str = "write", workspace: Workspace | None = None, expires_at=None) -> str:
        """The secret of a new key, of acme unless told otherwise."""
        workspace = workspace or self.workspace
        owner = self.owner if workspace == self.workspace else self.stranger
        with workspace_scope(workspace):
            _key, secret = create_api_key(
                workspace=workspace, name=f"{scope} key", scope=scope, expires_at=expires_at, by=member_actor(owner)
            )
        return secret

    def url(self, rest: str = "") -> str:
        return f"/w/{self.workspace.slug}/{rest}"


def make_user(name: str, *, password: str | None = None) -> User:
    return register_user(email=f"{name.lower()}@example.com", password=password, name=name.title(), language="en")


def make_workspace(slug: str, *, owner: User, **settings) -> Workspace:
    return create_workspace(
        slug=slug,
        name=settings.pop("name", slug.title()),
        owner=owner,
        language=settings.pop("language", "en"),
        by=system_actor("command"),
        **settings,
    )


def make_member(workspace: Workspace, user: User, role: str, *, team=None) -> Membership:
    with workspace_scope(workspace):
        return add_member(workspace=workspace, user=user, role=role, team=team, by=system_actor("command"))


def with_password(person: Membership, password: str = PASSWORD) -> User:
    """Let somebody of the cast sign in through the form."""
    person.user.set_password(password)
    person.user.save(update_fields=["password"])
    return person.user


def make_cast() -> Cast:
    owner, stranger = make_user("owner"), make_user("stranger")
    acme = make_workspace("acme", owner=owner)
    rival = make_workspace("rival", owner=stranger)
    people = {role: make_member(acme, make_user(role), role) for role in ("manager", "member", "viewer")}
    return Cast(
        workspace=acme,
        owner=_membership(acme, owner),
        rival=rival,
        stranger=_membership(rival, stranger),
        **people,
    )


def _membership(workspace: Workspace, user: User) -> Membership:
    with workspace_scope(workspace):
        return Membership.objects.select_related("user", "workspace").get(workspace=workspace, user=user)
