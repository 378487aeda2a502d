"""The buttons that lists of this app show for the rows that are picked (accounts/views/bulk_lists.py answers them)."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.actions.bulk_kinds import NOBODY
from accounts.dimensions import OWNER, TAG
from accounts.models.contact import BuyingRole, Stance
from accounts.models.contract import Settlement
from accounts.models.task import Priority
from workspaces.actor import Actor
from workspaces.lists import ShownList
from workspaces.picks import Bar, Choice, Pick, Typed, bar


def _choices(pairs: Iterable) -> list[Choice]:
    return [Choice(value, label) for value, label in pairs]


def of_accounts(workspace, shown: ShownList, by: Actor) -> Bar:
    """Owners and tags there are, and the tags that the accounts of this page have."""
    menus = {one.key: one.choices for one in shown.filters}
    here = sorted({tag for account in shown.rows for tag in account.tags})
    archived = {account.is_archived for account in shown.rows}
    tags = [choice.value for choice in menus[TAG]]
    edits = [
        Pick("add_tag", _("Add a tag"), "tag", typed=Typed("tag", _("Tag"), _("Add"), suggestions=tags)),
        *([Pick("remove_tag", _("Remove a tag"), "unlink", _choices((tag, tag) for tag in here))] if here else []),
        Pick("owner", _("Owner"), "user", menus[OWNER]),
        *([Pick("archive", _("Archive"), "archive")] if False in archived else []),
        *([Pick("restore", _("Bring back"), "rotate-ccw")] if True in archived else []),
    ]
    url = reverse("accounts:account_edits", args=[workspace.slug])
    return bar(shown, by=by, url=url, label=_("Picked accounts"), edits=edits)


def of_contacts(workspace, shown: ShownList, by: Actor) -> Bar:
    """The roles that can be taken away are those that contacts of this page have."""
    here = {role for contact in shown.rows for role in contact.roles}
    had = [(value, label) for value, label in BuyingRole.choices if value in here]
    edits = [
        Pick("stance", _("Stance"), "flag", _choices(Stance.choices)),
        Pick("add_role", _("Add a role"), "user-plus", _choices(BuyingRole.choices)),
        *([Pick("remove_role", _("Remove a role"), "unlink", _choices(had))] if had else []),
    ]
    url = reverse("accounts:contact_edits", args=[workspace.slug])
    return bar(shown, by=by, url=url, label=_("Picked contacts"), edits=edits)


def of_contracts(workspace, shown: ShownList, by: Actor) -> Bar:
    renews = [("true", _("Renew themselves")), ("false", _("Do not renew themselves"))]
    edits = [
        Pick("auto_renew", _("Renewal"), "repeat", _choices(renews)),
        Pick("settlement", _("Settlement"), "receipt", _choices([*Settlement.choices, (NOBODY, _("Not said"))])),
    ]
    url = reverse("accounts:contract_edits", args=[workspace.slug])
    return bar(shown, by=by, url=url, label=_("Picked contracts"), edits=edits)


def of_tasks(workspace, shown: ShownList, by: Actor, *, are_done: bool) -> Bar:
    if are_done:
        edits = [Pick("reopen", _("Open again"), "rotate-ccw")]
    else:
        edits = [
            Pick("due_on", _("Due"), "calendar", typed=Typed("due_on", _("Due"), _("Set"), kind="date")),
            Pick("assignee", _("For"), "user", next(one for one in shown.filters if one.key == "assignee").choices),
            Pick("priority", _("Priority"), "flag", _choices(Priority.choices)),
            Pick("done", _("Mark as done"), "circle-check"),
        ]
    url = reverse("accounts:task_edits", args=[workspace.slug])
    return bar(shown, by=by, url=url, label=_("Picked tasks"), edits=edits)
