"""The trail of every write: who, what, before → after, through which door. Actions call it; nothing edits it."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from workspaces.actor import Actor
from workspaces.bulk import insert_rows
from workspaces.models import Activity

# A trail is read by people; a field of a megabyte says no more than its first lines.
LONGEST_TEXT = 1000


@dataclass(frozen=True)
class Change:
    """One write of one thing. before/after: field → value, only of the fields that changed; None when there is none."""

    verb: str
    subject_type: str
    subject_id: Any
    subject_label: str = ""
    before: dict | None = None
    after: dict | None = None


def record(
    *,
    workspace,
    by: Actor,
    verb: str,
    subject,
    before: dict | None = None,
    after: dict | None = None,
    subject_type: str | None = None,
) -> None:
    """Write one activity about a model instance, in the transaction of the write itself."""
    change = Change(verb, subject_type or subject._meta.model_name, subject.pk, str(subject), before, after)
    record_many(workspace=workspace, by=by, changes=[change])


def record_many(*, workspace, by: Actor, changes: Iterable[Change]) -> None:
    """Write many activities of one actor at once."""
    insert_rows(
        Activity,
        [
            {
                "workspace_id": workspace.pk,
                "door": by.door,
                "actor": by.label[:200],
                "user_id": by.user_id,
                "api_key_id": by.api_key_id,
                "verb": change.verb,
                "subject_type": change.subject_type,
                "subject_id": str(change.subject_id),
                "subject_label": change.subject_label[:200],
                "before": plain(change.before),
                "after": plain(change.after),
            }
            for change in changes
        ],
    )


def difference(before: dict, after: dict) -> tuple[dict, dict]:
    """Of two states of one thing only what differs: what `record` takes as before and after of a change."""
    changed = [field for field in after if before.get(field) != after[field]]
    return {field: before.get(field) for field in changed}, {field: after[field] for field in changed}


def plain(value):
    """`value` as JSON can hold it: decimals and ids as text, dates as ISO 8601, long text cut.

    A batch of 1,000 contracts asks 20,000 times: exact types are looked up, only the others are asked what they are.
    """
    how = PLAIN.get(type(value))
    if how is not None:
        return how(value)
    if isinstance(value, bool | int | float):
        return value
    if isinstance(value, dict):
        return _plain_dict(value)
    if isinstance(value, list | tuple | set):
        return _plain_list(value)
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, dt.date | dt.datetime):
        return value.isoformat()
    return _plain_text(str(value))


def _same(value):
    return value


def _plain_text(value):
    return value if len(value) <= LONGEST_TEXT else value[:LONGEST_TEXT] + "…"


def _plain_dict(value):
    # Written out rather than asked value by value: a trail of 100,000 rows comes through here two million times.
    return {
        key: item if (kind := type(item)) in SIMPLE or (kind is str and len(item) <= LONGEST_TEXT) else plain(item)
        for key, item in value.items()
    }


def _plain_list(value):
    return [plain(item) for item in value]


SIMPLE = {type(None), bool, int, float}
PLAIN = {
    type(None): _same,
    bool: _same,
    int: _same,
    float: _same,
    str: _plain_text,
    dict: _plain_dict,
    list: _plain_list,
    tuple: _plain_list,
    Decimal: "{:f}".format,
    dt.date: dt.date.isoformat,
    dt.datetime: dt.datetime.isoformat,
    UUID: str,
}
