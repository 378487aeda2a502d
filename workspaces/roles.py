"""The four roles, each a class that lists its permissions; one question, `has_permission`."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

# What can be permitted. Views and actions name these; nothing else decides.
VIEW = "view"
EXPORT = "export"  # take lists and figures along as files; can be withheld from a single member
EDIT_FACTS = "edit_facts"  # accounts, contacts, contracts, renewal decisions
EDIT_MONEY = "edit_money"  # products, exchange rates, spend
IMPORT_FILES = "import_files"
CLOSE_DAYS = "close_days"
VIEW_ACTIVITY = "view_activity"
MANAGE_MEMBERS = "manage_members"
MANAGE_KEYS = "manage_keys"
MANAGE_WEBHOOKS = "manage_webhooks"
MANAGE_FIELDS = "manage_fields"  # fields that the workspace adds to its accounts
MANAGE_WORKSPACE = "manage_workspace"
ERASE = "erase"  # people who asked for it, and the workspace itself


class Role:
    key: str
    label: Any
    permissions: frozenset[str]


class Viewer(Role):
    key, label = "viewer", _("Viewer")
    permissions = frozenset({VIEW})


class Member(Role):
    key, label = "member", _("Member")
    permissions = Viewer.permissions | {EXPORT, EDIT_FACTS, IMPORT_FILES}


class Manager(Role):
    key, label = "manager", _("Manager")
    permissions = Member.permissions | {EDIT_MONEY, CLOSE_DAYS, VIEW_ACTIVITY}


class Owner(Role):
    # Not the owner of an account, which is another word in Chinese.
    key, label = "owner", pgettext_lazy("role", "Owner")
    permissions = Manager.permissions | {
        MANAGE_MEMBERS,
        MANAGE_KEYS,
        MANAGE_WEBHOOKS,
        MANAGE_FIELDS,
        MANAGE_WORKSPACE,
        ERASE,
    }


ROLES = {role.key: role for role in (Owner, Manager, Member, Viewer)}
ROLE_CHOICES = [(role.key, role.label) for role in ROLES.values()]

# What an API key may do, by its scope. Keys never manage people, keys or the workspace; a field is what an integration
# writes into, and only owners hand out keys. Of webhooks they manage those that they made
# (docs/decisions/0017-webhooks-are-an-outbox.md).
SCOPES = {
    "read": Viewer.permissions | {EXPORT, VIEW_ACTIVITY},
    "write": Manager.permissions | {MANAGE_FIELDS, MANAGE_WEBHOOKS},
}
SCOPE_CHOICES = [("read", _("Read")), ("write", _("Read and write"))]
