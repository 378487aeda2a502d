"""One page of a contact's timeline: the talks they took part in, and the trail of what was written about them."""

from functools import partial

from accounts.account_timeline import PAGE, TimelinePage
from accounts.dated_facts import talks_told
from accounts.models import Contact, Interaction
from accounts.timeline import Entry, entries
from accounts.timeline_paging import Before, Read, page_of
from workspaces.queries import activity_of


def timeline_of(contact: Contact, *, cursor: str = "") -> TimelinePage:
    """The page behind a cursor, or the latest. Raises BadCursor."""
    talks = Interaction.objects.filter(people__contact=contact)
    sources: dict[str, Read[Entry]] = {
        "talks": partial(talks_told, contact.workspace, talks),
        "trail": partial(_trail, contact),
    }
    return TimelinePage(*page_of(sources, cursor=cursor, size=PAGE))


def _trail(contact: Contact, before: Before | None, most: int) -> list[Entry]:
    written = activity_of("contact", contact).order_by("-at", "-pk")
    found = (before.narrow(written, "at") if before else written).select_related("user")[:most]
    return entries(contact.workspace_id, list(found))
