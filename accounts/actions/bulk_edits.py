"""One edit of many things of a kind, as their list makes it for the rows that were picked, and taking it back."""

import datetime as dt
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from accounts.actions.upsert import Kind
from jobs.models import File
from workspaces import roles
from workspaces.activity import plain
from workspaces.actor import Actor
from workspaces.batch import RowResult
from workspaces.ids import is_uuid
from workspaces.models import Workspace
from workspaces.turns import take_turn


@dataclass(frozen=True)
class Edit:
    """field: of a row as the batch takes it. becomes(was, value) → what it is then. read(workspace, text) → the value that
    the text of a form means; raises ValidationError.
    """

    field: str
    becomes: Callable[[Any, Any], Any] = lambda _was, value: value
    read: Callable[[Workspace, str], Any] = lambda _workspace, text: text


@dataclass(frozen=True)
class Editable:
    """A kind of things that are edited so. save: the batch that every door takes; standing(workspace) → those that can be
    edited; order: in which they are, and refusals are told.
    """

    kind: Kind
    save: Callable[..., list[RowResult]]
    standing: Callable[[Workspace], QuerySet[Any]]
    order: tuple[str, ...]
    edits: Mapping[str, Edit]

    @property
    def undo_file(self) -> str:
        return f"undo of an edit of many: {self.kind.noun}"


@dataclass
class Edited:
    """What became of it. refused: what each thing that was refused is called, and why. undo: what `take_back` takes."""

    changed_pks: list[UUID] = field(default_factory=list)
    refused: list[tuple[str, list[str]]] = field(default_factory=list)
    undo: list[dict[str, Any]] = field(default_factory=list)

    @property
    def changed(self) -> int:
        return len(self.changed_pks)


@transaction.atomic
def edit_many(
    editable: Editable, *, workspace: Workspace, pks: Iterable[str], edit: str, text: str = "", by: Actor
) -> Edited:
    """Make one edit, a key of `editable.edits`, of the standing things among `pks`. Raises ValidationError when `text` is no
    value for it.
    """
    by.require(roles.EDIT_FACTS)
    asked = editable.edits[edit]
    # What is there is read and written back: nobody else may write it in between.
    take_turn(workspace, editable.kind.noun)
    value = asked.read(workspace, text)
    things = _things(editable, workspace, [pk for pk in pks if is_uuid(pk)])
    before = {thing.pk: editable.kind.row_of(thing)[asked.field] for thing in things}
    edited = _save(editable, workspace, things, asked.field, lambda pk: asked.becomes(before[pk], value), by)
    # As it was written, which need not be how it was given: nothing is "" in one column and null in another.
    edited.undo = [
        {
            "pk": str(thing.pk),
            "field": asked.field,
            "was": plain(before[thing.pk]),
            "set": plain(editable.kind.row_of(thing)[asked.field]),
        }
        for thing in _things(editable, workspace, edited.changed_pks)
    ]
    return edited


@transaction.atomic
def take_back(editable: Editable, *, workspace: Workspace, undo: Sequence[Mapping[str, Any]], by: Actor) -> Edited:
    """Take an edit back where nobody has changed the same since; what somebody has is left as it is."""
    by.require(roles.EDIT_FACTS)
    take_turn(workspace, editable.kind.noun)
    rows = {row["pk"]: row for row in undo}
    things = [
        thing
        for thing in _things(editable, workspace, list(rows))
        if plain(editable.kind.row_of(thing)[rows[str(thing.pk)]["field"]]) == rows[str(thing.pk)]["set"]
    ]
    return _save(editable, workspace, things, undo[0]["field"], lambda pk: rows[str(pk)]["was"], by)


def keep_undo(
    editable: Editable, *, workspace: Workspace, undo: Sequence[Mapping[str, Any]], until: dt.datetime
) -> str:
    """Keep what `take_back` takes until the instant `until`, in the transaction of the edit: of thousands of rows it is too
    large for a session, which every request reads. Returns what `kept_undo` finds it by.
    """
    content = json.dumps(undo).encode()
    file = File.objects.create(
        workspace=workspace, name=editable.undo_file, content=content, size=len(content), expires_at=until
    )
    return str(file.pk)


def kept_undo(editable: Editable, *, workspace: Workspace, pk: str, at: dt.datetime) -> list[dict[str, Any]] | None:
    """What was kept, once; None when it is gone by the instant `at`."""
    found = File.objects.filter(workspace=workspace, pk=pk, name=editable.undo_file, expires_at__gt=at)
    file = found.first()
    if file is None or not found.delete()[0]:
        return None
    return json.loads(bytes(file.content))


def _things(editable: Editable, workspace: Workspace, pks: Sequence[str | UUID]) -> list[Any]:
    return list(editable.standing(workspace).filter(pk__any_of=pks).order_by(*editable.order))


def _save(
    editable: Editable,
    workspace: Workspace,
    things: Sequence[Any],
    name: str,
    value_of: Callable[[UUID], Any],
    by: Actor,
) -> Edited:
    rows = [{"id": str(thing.pk), name: value_of(thing.pk)} for thing in things]
    results = editable.save(workspace=workspace, rows=rows, by=by, mode="update")
    edited = Edited()
    for thing, result in zip(things, results, strict=True):
        if result.status == "updated":
            edited.changed_pks.append(thing.pk)
        elif result.status == "error":
            messages = [message for some in result.errors.values() for message in some]
            edited.refused.append((str(thing), messages))
    return edited
