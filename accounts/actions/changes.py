"""Saying what became of facts: in the trail, and to webhooks that want to know."""

from collections.abc import Sequence

from jobs.webhooks.events import tell
from workspaces.activity import Change, record_many
from workspaces.actor import Actor

# What a change of a fact is called to the outside, where the trail is more precise.
TOLD_AS = {"renewal_confirmed": "updated", "renewal_moved": "updated", "restored": "created"}


def record_changes(*, workspace, by: Actor, changes: Sequence[Change]) -> None:
    """Write down changes of facts, in the transaction of the changes and after them, since webhooks are told how the
    facts stand. Every action of this app comes through here rather than writing the trail by itself.
    """
    record_many(workspace=workspace, by=by, changes=changes)
    tell(
        workspace,
        [(f"{change.subject_type}.{TOLD_AS.get(change.verb, change.verb)}", change.subject_id) for change in changes],
    )
