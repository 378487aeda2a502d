"""What accounts are sliced by, kept beside them: its history by day, and an index of tags and custom values.

Nothing else writes TraitChange and AccountTrait.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection
from pydantic_core import to_json

from accounts.actions.upsert import Batch, Item
from accounts.dimensions import SIZE, TAG, TEXT_COLUMNS, custom_dimension
from accounts.models import AccountTrait
from accounts.size_bands import size_band
from workspaces.bulk import insert_rows

# (account id, dimension, values until the day before)
Trait = tuple[Any, str, Sequence[str]]

# The clock may go back, and so may the workspace's time zone. A change is therefore never dated before the latest one of
# its kind, or it would be taken for an older one.
ADD_CHANGES = """
insert into accounts_traitchange (workspace_id, account_id, dimension, changed_on, before)
select %(workspace)s, new.account_id, new.dimension, greatest(%(day)s::date, latest.changed_on), new.before
from json_to_recordset(%(changes)s) as new (account_id uuid, dimension text, before text[])
cross join lateral (
  select max(changed_on) as changed_on from accounts_traitchange known
  where known.workspace_id = %(workspace)s and known.account_id = new.account_id and known.dimension = new.dimension
) as latest
on conflict do nothing
"""
REMOVE_INDEXED = """
delete from accounts_accounttrait known
using json_to_recordset(%(gone)s) as gone (account_id uuid, dimension text, value text)
where known.workspace_id = %(workspace)s and known.account_id = gone.account_id
  and known.dimension = gone.dimension and known.value = gone.value
"""


FORGET_CHANGES = """
delete from accounts_traitchange known
using json_to_recordset(%(changes)s) as back (account_id uuid, dimension text, "now" text[])
where known.workspace_id = %(workspace)s and known.account_id = back.account_id and known.dimension = back.dimension
  and known.changed_on >= %(day)s::date and known.before::text[] = back."now"
"""


def write_traits(batch: Batch, written: Iterable[Item]) -> None:
    """Note what changed of the traits of written accounts, on the batch's day; what is taken back is forgotten instead,
    as if it had never been so.
    """
    changes: list[Trait] = []
    gone: list[dict] = []
    new: list[dict] = []
    for item in written:
        if item.existing is not None:
            changes += [(item.pk, dimension, values) for dimension, values in _values_before(item)]
        if item.existing is None or "tags" in item.after or "custom" in item.after:
            was = _indexed(item.pk, item.existing.tags, item.existing.custom) if item.existing is not None else set()
            now = _indexed(item.pk, item.values["tags"], item.values["custom"])
            gone += [_row(trait) for trait in was - now]
            new += [_row(trait) | {"workspace_id": batch.workspace.pk} for trait in now - was]
    if batch.undone_on is None:
        write_changes(workspace=batch.workspace, changes=changes, day=batch.day)
    else:
        _forget_changes(batch, written)
    if gone:
        with connection.cursor() as cursor:
            cursor.execute(REMOVE_INDEXED, {"workspace": batch.workspace.pk, "gone": to_json(gone).decode()})
    insert_rows(AccountTrait, new)


def write_changes(*, workspace, changes: Sequence[Trait], day: dt.date | None) -> None:
    """Date changes with `day`; without one with the workspace's own day by the database's clock, which also stamps the
    trail.
    """
    if not changes:
        return
    rows = [{"account_id": pk, "dimension": dimension, "before": values} for pk, dimension, values in changes]
    with connection.cursor() as cursor:
        if day is None:
            cursor.execute("select now()")
            day = workspace.local_day(cursor.fetchone()[0])
        cursor.execute(ADD_CHANGES, {"workspace": workspace.pk, "day": day, "changes": to_json(rows).decode()})


def _forget_changes(batch: Batch, written: Iterable[Item]) -> None:
    """An account that is again what it was before the day `undone_on` did not change then."""
    back = [
        {"account_id": item.pk, "dimension": dimension, "now": values}
        for item in written
        for dimension, values in _values_of(item, item.after)
    ]
    if back:
        with connection.cursor() as cursor:
            cursor.execute(
                FORGET_CHANGES,
                {"workspace": batch.workspace.pk, "day": batch.undone_on, "changes": to_json(back).decode()},
            )


def _values_before(item: Item) -> Iterable[tuple[str, Sequence[str]]]:
    """(dimension, values) of everything that had a value and now has another or none."""
    return _values_of(item, item.before)


def _values_of(item: Item, side: dict[str, Any]) -> Iterable[tuple[str, Sequence[str]]]:
    """(dimension, values) on one side of a change, before or after it, of what has a value there and differs."""
    other = item.after if side is item.before else item.before
    for dimension, column in TEXT_COLUMNS.items():
        if value := side.get(column):
            yield dimension, [str(value)]
    if "employees" in side:
        band = size_band(side["employees"])
        if band and band != size_band(other["employees"]):
            yield SIZE, [band]
    if value := side.get("tags"):
        yield TAG, value
    for key, value in (side.get("custom") or {}).items():
        if other["custom"].get(key) != value:
            yield custom_dimension(key), [value]


def _indexed(pk, tags: list[str], custom: dict[str, str]) -> set[tuple[Any, str, str]]:
    return {(pk, TAG, tag) for tag in tags} | {(pk, custom_dimension(key), value) for key, value in custom.items()}


def _row(trait: tuple[Any, str, str]) -> dict:
    return dict(zip(("account_id", "dimension", "value"), trait, strict=True))
