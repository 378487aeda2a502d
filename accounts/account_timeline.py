"""One page of an account's timeline: the trail of what was written, what happened on a day of its own, and what apps above
this one know happened.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from accounts import queries
from accounts.dated_facts import contracts_told, talks_told
from accounts.models import Account, Contact, Contract, Interaction
from accounts.timeline import Entry, entries
from accounts.timeline_paging import Before, Read, page_of

PAGE = 30
SHOWN = {
    "talks": _("Talks"),
    "money": _("Money"),
    "contracts": _("Contracts"),
    "people": _("People"),
    "changes": _("Changes"),
    "files": _("Files"),
}
OF_TYPE = {
    "talks": "interaction",
    "contracts": "contract",
    "people": "contact",
    "changes": "account",
    "files": "attachment",
}
# What apps above this one tell of an account, as `timeline_paging.Read` tells it.
Source = Callable[[Account, Before | None, int], Iterable[Entry]]


@dataclass(frozen=True)
class TimelinePage:
    """older: the cursor of the page behind this one; None on the last one."""

    entries: list[Entry]
    older: str | None


def timeline_of(
    account: Account,
    contacts: Iterable[Contact],
    contracts: Iterable[Contract],
    *,
    show: str = "",
    cursor: str = "",
) -> TimelinePage:
    """The page behind a cursor, or the latest; show: a key of SHOWN, "" for everything. Raises BadCursor."""
    contacts, contracts = list(contacts), list(contracts)
    # By their paths: what they tell is the business of apps above this one.
    sources: dict[str, Read[Entry]] = {
        name: partial(import_string(path), account) for name, path in settings.TIMELINE_SOURCES.items()
    }
    sources |= {
        "talks": partial(talks_told, account.workspace, Interaction.objects.filter(account=account)),
        "contracts": partial(contracts_told, account, contracts),
    }
    if show:
        sources = {name: read for name, read in sources.items() if name == show}
    if show != "money":
        sources["trail"] = partial(_trail, account, contacts, contracts, show)
    return TimelinePage(*page_of(sources, cursor=cursor, size=PAGE))


def _trail(account: Account, contacts, contracts, show: str, before: Before | None, most: int) -> list[Entry]:
    """What was written, but for the entering of what stands on a day of its own."""
    activities: Any = queries.activity_of_account(account, contacts, contracts)
    activities = activities.filter(subject_type=OF_TYPE[show]) if show else activities
    found = list((before.narrow(activities, "at") if before else activities).select_related("user")[:most])
    ids = {activity.subject_id for activity in found if activity.subject_type == "interaction"}
    talks = Interaction.objects.filter(workspace=account.workspace_id, pk__in=ids).standing() if ids else ()
    return entries(account.workspace_id, found, [*contracts, *contacts], {str(talk.pk): talk for talk in talks})
