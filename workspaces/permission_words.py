"""What each permission lets somebody do, in words."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from workspaces import roles

# In the order in which they are read: from what everybody may to what only owners may.
WORDS: dict[str, tuple[Any, Any]] = {
    roles.VIEW: (
        _("See everything"),
        _("Accounts, contracts, figures and what stands behind them; views and filters of one's own."),
    ),
    roles.EXPORT: (
        _("Take lists and figures along"),
        _("As CSV, Excel, PDF or picture. Can be withheld from a single member."),
    ),
    roles.EDIT_FACTS: (
        _("Write accounts, contacts, contracts, talks and tasks"),
        _("Also decide renewals, edit many accounts at once, and share views of lists."),
    ),
    roles.IMPORT_FILES: (_("Import files"), _("Of what they may write; and undo their imports.")),
    roles.EDIT_MONEY: (_("Write products, exchange rates and spend"), _("They move figures of all accounts.")),
    roles.CLOSE_DAYS: (_("Close days"), _("Without waiting for the night, and again after a change.")),
    roles.VIEW_ACTIVITY: (_("See what everybody does"), _("The activity trail, and My day of everybody.")),
    roles.MANAGE_MEMBERS: (_("Manage members and teams"), _("Invite, change roles, hand accounts over, deactivate.")),
    roles.MANAGE_FIELDS: (_("Manage custom fields"), _("Fields that accounts have beside the given ones.")),
    roles.MANAGE_KEYS: (_("Manage API keys"), _("Make and revoke keys for other systems.")),
    roles.MANAGE_WEBHOOKS: (
        _("Manage webhooks"),
        _("Which systems are told what changed. A key manages those that it made."),
    ),
    roles.MANAGE_WORKSPACE: (
        _("Manage the workspace"),
        _("Name, time zone, fiscal year, metric settings, two-step sign-in, the demo."),
    ),
    roles.ERASE: (
        _("Erase"),
        _("People who asked for it, and in the end the workspace itself, with all that it holds."),
    ),
}


def all_permissions() -> list[str]:
    """Every permission that a role or a key can have, those with words first, in their order."""
    known = {permission for role in roles.ROLES.values() for permission in role.permissions}
    known |= {permission for permissions in roles.SCOPES.values() for permission in permissions}
    return [*WORDS, *sorted(known - WORDS.keys())]
