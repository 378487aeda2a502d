"""Create or update facts by the batch: the one path that every door takes for every kind of fact.

A `Kind` says what differs between kinds; the steps are the same: find what exists, lay the given fields over it, check
the shape, resolve what it names, compare, write what differs, record who did it and which days it touches.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext as _

from accounts.actions.changes import record_changes
from accounts.models import ChangedFact
from workspaces.activity import Change
from workspaces.actor import Actor
from workspaces.batch import Errors, RowResult
from workspaces.bulk import insert_rows
from workspaces.ids import is_uuid, uuid7
from workspaces.journal import exact
from workspaces.shapes import Shape, check
from workspaces.turns import take_turn


@dataclass
class Item:
    """One row on its way through."""

    index: int
    raw: Mapping[str, Any]
    existing: Any = None
    shape: Any = None
    values: dict[str, Any] = field(default_factory=dict)
    errors: Errors = field(default_factory=dict)
    is_conflict: bool = False
    # The row's key, given before it is written so that rows of one batch can name each other.
    pk: Any = None
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)

    @property
    def is_good(self) -> bool:
        return not self.errors

    @property
    def status(self) -> str:
        if self.errors:
            return "error"
        if self.existing is None:
            return "created"
        return "updated" if self.after else "unchanged"

    def refuse(self, path: str, message: str) -> None:
        messages = self.errors.setdefault(path, [])
        if message not in messages:
            messages.append(message)


@dataclass
class Batch:
    """What the steps of one call share."""

    workspace: Any
    by: Actor
    items: list[Item]
    is_demo: bool
    match_names: bool
    # The local day that dates what the batch changes; None: today.
    day: dt.date | None = None
    # The local day of the changes that the batch takes back; None: it takes none back.
    undone_on: dt.date | None = None
    changed: dict[tuple, dt.date] = field(default_factory=dict)
    # What a kind's own steps tell each other: contracts known by id, channels still to be made.
    known: dict[Any, Any] = field(default_factory=dict)
    new_channels: dict[str, Any] = field(default_factory=dict)
    # What came into being beside the rows: products and channels, by their names.
    made: list[Change] = field(default_factory=list)

    @property
    def good(self) -> list[Item]:
        return [item for item in self.items if item.is_good]

    def touch(self, account_id, day: dt.date, item: Item) -> None:
        """Note that facts of an account (None: of the workspace) changed from `day` on because of `item`."""
        key = (account_id, item.index)
        self.changed[key] = min(day, self.changed.get(key, day))


@dataclass(frozen=True)
class Kind:
    """What is particular to one kind of fact.

    keys_of: the natural keys a raw row may be matched by, best first.
    find: existing rows of the batch's keys, as {key: instance}.
    row_of: an instance as the shape's fields.
    resolve: sets `item.values` from `item.shape`, looks up what it names and refuses what cannot stand.
    touched: notes the days that a written item changes, before it is written.
    label_of: how the trail names the row.
    told_as: columns that hold an id → the shape's field that people know the thing by, for the trail.
    derived: columns that follow from the others (how names are sorted), which nobody gives and the trail does not tell.
    saved: what must follow in the same transaction (a contract's lines).
    """

    noun: str
    model: type[models.Model]
    shape: type[Shape]
    permission: str
    keys_of: Callable[[Mapping[str, Any]], list[tuple]]
    find: Callable[[Batch, list[tuple]], dict[tuple, Any]]
    row_of: Callable[[Any], dict[str, Any]]
    resolve: Callable[[Batch], None]
    touched: Callable[[Batch, Item], None] = lambda batch, item: None
    value_of: Callable[[Any, str], Any] = getattr
    derived: Callable[[Mapping[str, Any]], Mapping[str, Any]] = lambda values: {}
    label_of: Callable[[Item], str] = lambda item: item.values["name"]
    told_as: Mapping[str, str] = field(default_factory=dict)
    saved: Callable[[Batch, list[Item]], None] = lambda batch, items: None


def save(
    kind: Kind,
    *,
    workspace,
    rows: Sequence[Mapping[str, Any]],
    by: Actor,
    mode: str = "upsert",
    dry_run: bool = False,
    is_demo: bool = False,
    match_names: bool = False,
    day: dt.date | None = None,
    undone_on: dt.date | None = None,
    journal: list[Change] | None = None,
) -> list[RowResult]:
    """Write the good rows of a batch and say what became of each row.

    mode: ``upsert``; ``create`` refuses rows that exist (is_conflict); ``update`` refuses rows that do not.
    dry_run: everything but writing. match_names: an account may be given by its name where no external id matches.
    day: on which accounts become what the rows say, for slices of the past; today by default. undone_on: the rows take
    back what was written on that day, and slices of the past forget it. journal: takes what was written, exactly, so
    that it can be taken back (`accounts.actions.taking_back`).
    """
    by.require(kind.permission)
    with transaction.atomic():
        items = [Item(index, raw) for index, raw in enumerate(rows)]
        batch = Batch(workspace, by, items, is_demo, match_names, day, undone_on)
        if not dry_run:
            take_turn(workspace, kind.noun)
        _match(kind, batch, mode)
        for item in batch.good:
            raw = item.raw if item.existing is None else kind.row_of(item.existing) | dict(item.raw)
            item.shape, item.errors = check(kind.shape, {name: raw[name] for name in raw if name != "id"})
        kind.resolve(batch)
        for item in batch.good:
            _compare(kind, item)
        if not dry_run:
            _write(kind, batch, journal)
    return [_result(item) for item in batch.items]


def _match(kind: Kind, batch: Batch, mode: str) -> None:
    """Find each row's existing fact, refuse what is no object, and rows that stand twice in the batch."""
    keys: list[list[tuple]] = []
    for item in batch.items:
        if isinstance(item.raw, Mapping):
            keys.append(kind.keys_of(item.raw))
        else:
            item.refuse("row", _("This must be an object."))
            keys.append([])
    existing = kind.find(batch, [key for found in keys for key in found])
    first: dict[Any, int] = {}
    for item, candidates in zip(batch.items, keys, strict=True):
        if not item.is_good:
            continue
        matches = [(key, existing[key]) for key in candidates if key in existing]
        item.existing = matches[0][1] if matches else None
        item.pk = item.existing.pk if item.existing is not None else uuid7()
        if item.raw.get("id") is not None and (not matches or matches[0][0][0] != "id"):
            item.refuse("id", _("Unknown."))
        elif mode == "create" and item.existing is not None:
            item.is_conflict = True
            item.refuse(matches[0][0][0], _("This exists already."))
        elif mode == "update" and item.existing is None:
            item.refuse(candidates[0][0] if candidates else "row", _("Unknown."))
        for key, other in matches[1:]:
            if other.pk != item.pk:
                item.is_conflict = True
                item.refuse(key[0], _("Another one has this already."))
        for key in [*candidates, item.pk]:
            if item.is_good and key in first:
                name = key[0] if isinstance(key, tuple) else candidates[0][0]
                row = first[key] + 1
                item.refuse(name, _("This stands twice: the first time in row %(row)s.") % {"row": row})
        if item.is_good:
            first |= dict.fromkeys([*candidates, item.pk], item.index)


def _compare(kind: Kind, item: Item) -> None:
    if item.existing is None:
        # Nothing given is no change; a zero and a no are.
        item.after = {name: value for name, value in item.values.items() if value or value == 0}
        return
    for name, value in item.values.items():
        was = kind.value_of(item.existing, name)
        if was != value:
            item.before[name], item.after[name] = was, value


def _write(kind: Kind, batch: Batch, journal: list[Change] | None) -> None:
    created, updated = [], []
    for item in batch.good:
        if item.existing is None:
            created.append(item)
        elif item.after:
            updated.append(item)
    written = sorted(created + updated, key=lambda item: item.index)
    for item in written:
        kind.touched(batch, item)
    own = {"workspace_id": batch.workspace.pk, "is_demo": batch.is_demo}
    insert_rows(kind.model, [{"id": item.pk, **own, **_columns(kind, item.values)} for item in created])
    if updated:
        columns = list(_columns(kind, updated[0].values))
        # An upsert by key is set-based where bulk_update would write a CASE per row and field.
        rows = [{"id": item.pk, **own, **_columns(kind, item.values)} for item in updated]
        insert_rows(kind.model, rows, update=columns)
    if journal is not None:
        # Before the trail's own words are put in place of values.
        journal += [_entry(kind, item) for item in written]
    kind.saved(batch, written)
    if journal is not None:
        journal += batch.made
    changes = [Change(item.status, kind.noun, item.pk, kind.label_of(item), *_told(kind, item)) for item in written]
    record_changes(workspace=batch.workspace, by=batch.by, changes=changes)
    change_of = {item.index: change for item, change in zip(written, changes, strict=True)}
    write_changed_facts(
        batch.workspace,
        [(account_id, day, change_of[index]) for (account_id, index), day in batch.changed.items()],
        by=batch.by,
    )


def _entry(kind: Kind, item: Item) -> Change:
    before, after = _told(kind, item)
    return Change(item.status, kind.noun, item.pk, kind.label_of(item), exact(before), exact(after))


def _told(kind: Kind, item: Item) -> tuple[dict[str, Any] | None, dict[str, Any]]:
    """(before, after) as the trail keeps them: a channel or an owner by its name, not by its id."""
    was = kind.row_of(item.existing) if item.existing is not None and kind.told_as.keys() & item.before.keys() else {}
    before = {
        kind.told_as.get(name, name): was.get(kind.told_as[name], value) if name in kind.told_as else value
        for name, value in item.before.items()
    }
    after = {
        kind.told_as.get(name, name): getattr(item.shape, kind.told_as[name]) if name in kind.told_as else value
        for name, value in item.after.items()
    }
    return before or None, after


def _columns(kind: Kind, values: dict[str, Any]) -> dict[str, Any]:
    """What is written to the model itself, not to rows of another table (a contract's lines)."""
    names = _column_names(kind.model)
    own = values if values.keys() <= names else {name: value for name, value in values.items() if name in names}
    return {**own, **kind.derived(values)}


@cache
def _column_names(model: type[models.Model]) -> frozenset[str]:
    return frozenset(column.attname for column in model._meta.concrete_fields)


def write_changed_facts(workspace, changed: Iterable[tuple[Any, dt.date, Change]], *, by: Actor) -> None:
    """Tell the night what changed. changed: (account id, None for the whole workspace; first day; what it was)."""
    insert_rows(
        ChangedFact,
        [
            {
                "workspace_id": workspace.pk,
                "account_id": account_id,
                "from_day": day,
                "actor": by.label[:200],
                "subject_type": change.subject_type,
                "subject_id": str(change.subject_id),
                "subject_label": change.subject_label[:200],
            }
            for account_id, day, change in changed
        ],
    )


def _result(item: Item) -> RowResult:
    external_id = item.raw.get("external_id") if isinstance(item.raw, Mapping) else None
    if item.is_good:
        external_id = item.values["external_id"]
    elif item.existing is not None:
        external_id = item.existing.external_id
    return RowResult(
        index=item.index,
        external_id=str(external_id) if isinstance(external_id, str | int) else None,
        status=item.status,
        errors=item.errors,
        id=item.pk if item.is_good or item.existing is not None else None,
        is_conflict=item.is_conflict,
    )


# Steps that several kinds share.


def text_key(name: str, raw: Mapping[str, Any]) -> list[tuple]:
    """[(name, value)] when the raw row gives a usable text (or whole number) under `name`, else []."""
    value = raw.get(name)
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if isinstance(value, str) and value.strip() and is_storable(value):
        return [(name, value.strip())]
    return []


def is_storable(text: str) -> bool:
    """Whether Postgres can hold it: no NUL, and no half of a surrogate pair. What shapes refuse must not reach a query."""
    return "\x00" not in text and not any("\ud800" <= character <= "\udfff" for character in text)


def id_key(raw: Mapping[str, Any]) -> list[tuple]:
    return [("id", str(raw["id"]).lower())] if raw.get("id") is not None else []


def find_by(batch: Batch, queryset, keys: list[tuple], *names: str) -> dict[tuple, Any]:
    """Existing rows by ``id`` and by the columns `names`, one query for all of them."""
    wanted: dict[str, set] = {}
    for name, *value in keys:
        wanted.setdefault(name, set()).add(value[0])
    condition = models.Q()
    for name in ("id", *names):
        values = wanted.get(name)
        if values and name == "id":
            values = {value for value in values if is_uuid(value)}
        if values:
            condition |= models.Q(**{f"{name}__any_of": values})
    if not condition:
        return {}
    found: dict[tuple, Any] = {}
    for instance in queryset.filter(condition, workspace=batch.workspace, voided_at__isnull=True):
        found["id", str(instance.pk)] = instance
        for name in names:
            found[name, getattr(instance, name)] = instance
    return found


def plain_values(shape: Shape, *, skip: Sequence[str] = (), empty_text: Sequence[str] = ()) -> dict[str, Any]:
    """The shape's fields as column values; `empty_text` columns hold "" where nothing is given."""
    values = {name: getattr(shape, name) for name in type(shape).model_fields if name not in skip}
    for name in empty_text:
        if values[name] is None:
            values[name] = ""
    return values


def plain_row(instance, shape: type[Shape], *, skip: Sequence[str] = ()) -> dict[str, Any]:
    """An instance as the shape's fields, for those that are columns of the same name."""
    return {name: getattr(instance, name) for name in shape.model_fields if name not in skip}
