"""Taking changes back: what a batch made is voided, what it changed becomes again what it was.

A change goes back whole or stays whole. It stays, and says why, when it was changed since, when something else stands on
it by now, or when a rule forbids what was before.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import models, transaction
from django.utils.translation import gettext as _

from accounts.actions.upsert import write_changed_facts
from accounts.actions.voids import void
from accounts.models.fact import Fact
from workspaces.activity import Change
from workspaces.actor import Actor
from workspaces.batch import RowResult, TakenBack
from workspaces.journal import exact
from workspaces.trail import FIELDS
from workspaces.turns import take_turn

# (account id, None for the whole workspace; first day; the fact)
Touched = tuple[Any, dt.date, Fact]


@dataclass(frozen=True)
class Undoable:
    """What must be known of one kind of fact to take changes of it back.

    rows: the facts with what `row_of` reads of them. row_of: a fact as the fields of its journal. save: writes fields
    again, None where nothing is ever changed. needed(workspace, ids that go, ids and fields that are put back) → id and
    why it must stay, of those that something standing needs. touched: days that the voiding of facts changes.
    turns: kinds that nobody may write meanwhile, because they could come to need what goes.
    """

    noun: str
    permission: str
    rows: Callable[[], models.QuerySet]
    row_of: Callable[[Any], dict[str, Any]]
    save: Callable[..., list[RowResult]] | None
    needed: Callable[[Any, set[UUID], dict[UUID, set[str]]], dict[UUID, str]] = lambda workspace, gone, back: {}
    touched: Callable[[Any, Sequence[Any]], Iterable[Touched]] = lambda workspace, facts: ()
    turns: tuple[str, ...] = ()


class _Refused(Exception):
    """Leaves, and so takes back, an attempt in which a rule refused something."""


def take_back(
    *kinds: Undoable, workspace, changes: Sequence[Change], by: Actor, reason: str, day: dt.date
) -> list[TakenBack]:
    """Take the changes of one batch back and say of each what became of it, in their order.

    kinds: in the order in which they are taken back. changes: as `upsert.save` put them into its journal. reason: of the
    voids, kept in the trail. day: the local day on which the batch was written.
    """
    found: dict[int, TakenBack] = {}
    with transaction.atomic():
        take_turn(workspace, *{noun for kind in kinds for noun in (kind.noun, *kind.turns)})
        for kind in kinds:
            by.require(kind.permission)
            mine = {at: change for at, change in enumerate(changes) if change.subject_type == kind.noun}
            if mine:
                found |= _Attempt(kind, workspace, mine, by, reason, day).outcomes()
    return [found[at] for at in range(len(changes))]


class _Attempt:
    """The changes of one kind on their way back."""

    def __init__(self, kind: Undoable, workspace, changes: dict[int, Change], by: Actor, reason: str, day: dt.date):
        self.kind, self.workspace, self.by, self.reason, self.day = kind, workspace, by, reason, day
        self.places = {UUID(str(change.subject_id)): at for at, change in changes.items()}
        facts = kind.rows().filter(workspace=workspace, pk__any_of=list(self.places)).select_for_update(of=("self",))
        self.facts: dict[UUID, Any] = {fact.pk: fact for fact in facts}
        self.gone: set[UUID] = set()
        self.back: dict[UUID, dict[str, Any]] = {}
        self.found: dict[int, TakenBack] = {}
        for pk, at in self.places.items():
            self._sort(pk, changes[at])

    def _sort(self, pk: UUID, change: Change) -> None:
        """Whether the fact goes, is put back, or stays as it is."""
        fact = self.facts.get(pk)
        if fact is None or fact.voided_at is not None:
            if change.verb == "created":
                self.found[self.places[pk]] = TakenBack(TakenBack.NOTHING)
            else:
                self._keep(pk, _("It was voided since."))
            return
        now, after = flat(self.kind.row_of(fact)), flat(change.after)
        if change.verb == "created":
            changed = [name for name in now if not _is_same(name, now[name], after.get(name))]
            self.gone.add(pk)
        else:
            before = flat(change.before)
            back = {name: before.get(name) for name in {**before, **after} if now.get(name) != before.get(name)}
            changed = [name for name in back if now.get(name) != after.get(name)]
            if back:
                self.back[pk] = back
            else:
                self.found[self.places[pk]] = TakenBack(TakenBack.NOTHING)
        if changed:
            self._keep(pk, _("Changed since: %(fields)s.") % {"fields": _in_words(changed)})

    def _keep(self, pk: UUID, reason: str) -> None:
        self.gone.discard(pk)
        self.back.pop(pk, None)
        self.found[self.places[pk]] = TakenBack(TakenBack.KEPT, reason)

    def outcomes(self) -> dict[int, TakenBack]:
        """By place. What cannot go makes others stay that it stands on, and so does what a rule refuses to put back."""
        while True:
            while stay := self.kind.needed(self.workspace, self.gone, self._letting_go()):
                for pk, reason in stay.items():
                    self._keep(pk, reason)
            try:
                with transaction.atomic():
                    self._void()
                    self._put_back()
            except _Refused:
                continue
            break
        self.found |= {self.places[pk]: TakenBack(TakenBack.VOIDED) for pk in self.gone}
        self.found |= {self.places[pk]: TakenBack(TakenBack.RESTORED) for pk in self.back}
        return self.found

    def _letting_go(self) -> dict[UUID, set[str]]:
        return {pk: set(fields) for pk, fields in self.back.items()}

    def _void(self) -> None:
        facts = [fact for pk, fact in self.facts.items() if pk in self.gone]
        changes = void(facts, workspace=self.workspace, noun=self.kind.noun, reason=self.reason, by=self.by)
        change_of = {change.subject_id: change for change in changes}
        touched = self.kind.touched(self.workspace, facts)
        notes = [(account_id, day, change_of[fact.pk]) for account_id, day, fact in touched]
        write_changed_facts(self.workspace, notes, by=self.by)

    def _put_back(self) -> None:
        """Through the same action as any other write, so that its rules hold and its days are marked."""
        if not self.back or self.kind.save is None:
            return
        rows = [{"id": str(pk), **nested(fields)} for pk, fields in self.back.items()]
        results = self.kind.save(workspace=self.workspace, rows=rows, by=self.by, mode="update", undone_on=self.day)
        refused = [(pk, result) for pk, result in zip(list(self.back), results, strict=True) if result.errors]
        for pk, result in refused:
            self._keep(pk, _first_words(result))
        if refused:
            raise _Refused


# What fields begin as that were added after journals were written, which say nothing of them.
BEGAN_AS = {"is_archived": False, "stance": "unknown"}


def _is_same(name: str, now: Any, then: Any) -> bool:
    return now == then or (then is None and name in BEGAN_AS and now == BEGAN_AS[name])


def _first_words(result: RowResult) -> str:
    path, messages = next(iter(result.errors.items()))
    return messages[0] if path == "row" else f"{_in_words([path])}: {messages[0]}"


def _in_words(fields: Iterable[str]) -> str:
    """Fields as the trail calls them; a field of one's own by its key."""
    names = [field.removeprefix("custom.") for field in fields]
    return ", ".join(str(FIELDS.get(name.partition(".")[0].removesuffix("_id"), name)) for name in names)


def flat(row: dict[str, Any] | None) -> dict[str, Any]:
    """Exact values by field; each field of one's own by itself, so that another one's change is no change of it."""
    values = exact(row) or {}
    custom = values.pop("custom", None) or {}
    return values | {f"custom.{key}": value for key, value in custom.items()}


def nested(fields: dict[str, Any]) -> dict[str, Any]:
    """The opposite of `flat`, as an action takes it."""
    row = {name: value for name, value in fields.items() if not name.startswith("custom.")}
    own = {name.removeprefix("custom."): value for name, value in fields.items() if name.startswith("custom.")}
    return row | ({"custom": own} if own else {})
