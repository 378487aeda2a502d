"""One page of an account's timeline: the trail of what was written, and what apps above this one know happened."""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from accounts import queries
from accounts.models import Account, Contact, Contract
from accounts.timeline import Entry, entries, told_talks
from workspaces.models import Activity

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
# (account, after, until) → entries between two instants, the latest first; None: without an end.
Source = Callable[[Account, dt.datetime | None, dt.datetime | None], Iterable[Entry]]


@dataclass(frozen=True)
class TimelinePage:
    """older_than: the activity that the next page comes before; None on the last one."""

    entries: list[Entry]
    older_than: int | None


def timeline_of(
    account: Account,
    contacts: Iterable[Contact],
    contracts: Iterable[Contract],
    *,
    show: str = "",
    before: int | None = None,
) -> TimelinePage:
    """The page before an activity, or the latest; show: a key of SHOWN, "" for everything."""
    contacts, contracts = list(contacts), list(contracts)
    found: list[Activity] = []
    if show != "money":
        activities = _activities(account, contacts, contracts, show)
        older = activities.filter(pk__lt=before) if before is not None else activities
        found = list(older.select_related("user")[: PAGE + 1])
    more, found = len(found) > PAGE, found[:PAGE]
    told = entries(account.workspace_id, found, [*contracts, *contacts], told_talks(account.workspace_id, found))
    if show in ("", "money"):
        until = None
        if before is not None:
            trail = Activity.objects.filter(workspace=account.workspace_id, pk=before)
            until = trail.values_list("at", flat=True).first()
        told = _merged(told, _from_sources(account, found[-1].at if more else None, until))
    return TimelinePage(told, found[-1].pk if more else None)


def _activities(account: Account, contacts, contracts, show: str) -> Any:
    talks = queries.talks_of_account(account)
    files = queries.loose_files_of_account(account)
    activities = queries.activity_of_account(account, contacts, contracts, talks, files)
    return activities.filter(Q(subject_type=OF_TYPE[show])) if show else activities


def _from_sources(account: Account, after: dt.datetime | None, until: dt.datetime | None) -> list[Entry]:
    # By their paths: what they tell is the business of apps above this one.
    sources: list[Source] = [import_string(path) for path in settings.TIMELINE_SOURCES]
    return [entry for source in sources for entry in source(account, after, until)]


def _merged(trail: list[Entry], others: list[Entry]) -> list[Entry]:
    """Both, the latest first; the trail keeps its own order, which is that of its ids."""
    merged: list[Entry] = []
    waiting = sorted(others, key=lambda entry: entry.at, reverse=True)
    for entry in trail:
        while waiting and waiting[0].at > entry.at:
            merged.append(waiting.pop(0))
        merged.append(entry)
    return merged + waiting
