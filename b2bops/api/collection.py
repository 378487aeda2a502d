"""A collection of facts, declared once: what its objects show, what it filters and sorts by, and which actions write it.

Objects are read by ``.values_list()`` of the declared columns rather than through model instances: a list of 50 accounts
costs one query and no object per row.
"""

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Collection as AnyOf
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db.models import Model, Q, QuerySet

from b2bops.api.filters import Filter, filters_of
from b2bops.api.paging import Ordering
from workspaces.shapes import Shape

MANY = 1000
EVERY, NOT_VOIDED = Q(), Q(voided_at__isnull=True)


@dataclass(frozen=True)
class Column:
    """One field of an object. source: the path of the model's column. schema: its OpenAPI schema.

    spelled: value → what JSON shows, where that differs. is_sortable: the list may be ordered by it. filter: reads a word
    of the query string and makes the field a filter; raises ValueError with a message. span: ``day`` or ``instant`` makes
    ranges of it. empty: what the database holds where JSON shows null.
    """

    name: str
    schema: Mapping[str, Any]
    source: str = ""
    spelled: Callable[[Any], Any] | None = None
    filter: Callable[[str], Any] | None = None
    is_sortable: bool = False
    span: str = ""
    empty: str | None = None

    @property
    def path(self) -> str:
        return self.source or self.name

    @property
    def is_nullable(self) -> bool:
        return "null" in self.schema.get("type", ())


@dataclass(frozen=True)
class Expansion:
    """A word of ``?expand=``. places: (workspace, objects) → (holder, key, id) of each place where an object of `target`
    is put: ``holder[key]``. is_many: the field is a list of such objects.
    """

    name: str
    target: "Thing"
    places: Callable[[Any, list[dict]], list[tuple[Any, Any, Any]]]
    is_many: bool = False


def by_key(name: str, target: "Thing", key: str = "") -> Expansion:
    """The object whose id stands in the field `key` (``account_id`` for account) takes the place of the field `name`."""
    key = key or f"{name}_id"
    return Expansion(name, target, lambda workspace, objects: [(made, name, made[key]) for made in objects])


@dataclass(frozen=True)
class Thing:
    """What the API shows of one kind of row. noun: one of it, in operation ids. nested: fills in what stands in another
    table, for all rows of a page at once.
    """

    noun: str
    model: type[Model]
    columns: tuple[Column, ...]
    nested: Callable[[Any, list[dict]], None] | None = None
    nested_schema: Mapping[str, Any] = field(default_factory=dict)
    expands: tuple[Expansion, ...] = ()
    # What holds of every row that the API knows at all.
    known: Q = EVERY

    @cached_property
    def sources(self) -> list[str]:
        return [column.path for column in self.columns]

    @cached_property
    def _names(self) -> list[str]:
        return [column.name for column in self.columns]

    @cached_property
    def _spellings(self) -> list[tuple[str, Callable]]:
        return [(column.name, column.spelled) for column in self.columns if column.spelled]

    @cached_property
    def expansions(self) -> dict[str, Expansion]:
        return {expansion.name: expansion for expansion in self.expands}

    def all_rows(self, workspace) -> QuerySet:
        return self.model._default_manager.filter(self.known, workspace=workspace)

    def objects(self, workspace, rows: Sequence[tuple]) -> list[dict]:
        """Rows of `sources` as the objects of the API."""
        spellings = self._spellings
        objects = [dict(zip(self._names, row, strict=True)) for row in rows]
        for made in objects:
            for name, spelled in spellings:
                made[name] = spelled(made[name])
        if self.nested is not None and objects:
            self.nested(workspace, objects)
        return objects

    def by_id(self, workspace, ids: AnyOf[Any]) -> dict[Any, dict]:
        """Objects of these ids, voided ones too: what a fact names stays what it is."""
        rows = self.all_rows(workspace).filter(pk__in=ids).values_list(*self.sources) if ids else []
        return {made["id"]: made for made in self.objects(workspace, list(rows))}


@dataclass(frozen=True)
class Narrowing:
    """Filters that are more than one column's value. reads: whether a parameter is one of them. narrow(rows, workspace,
    {parameter: values}, user_id) → the rows for which all hold; raises InvalidRow. parameters: as the document holds them.
    """

    reads: Callable[[str], bool]
    narrow: Callable[[QuerySet, Any, Mapping[str, list[str]], Any], QuerySet]
    parameters: tuple[dict, ...]


@dataclass(frozen=True, kw_only=True)
class Collection(Thing):
    """name: as in the URL. shape: what a body may hold. save, void: the actions. standing: what holds of rows that were
    not voided.
    """

    name: str
    shape: type[Shape]
    save: Callable[..., list]
    void: Callable[..., object]
    permission: str
    standing: Q = NOT_VOIDED
    narrowing: Narrowing | None = None
    # (workspace, id of a fact that is not there) → the id of the one that has taken its place, None when none has.
    heir: Callable[[Any, Any], Any] | None = None

    @cached_property
    def filters(self) -> dict[str, Filter]:
        return filters_of(self.columns)

    @cached_property
    def orderings(self) -> dict[str, Ordering]:
        """By the words of ``?ordering=``: a field's name, with a minus for the other way."""
        words: dict[str, Ordering] = {}
        for column in self.columns:
            if column.is_sortable:
                words[column.name] = Ordering(column.name, column.path)
                words[f"-{column.name}"] = Ordering(column.name, column.path, is_descending=True)
        return words

    def rows(self, workspace, *, with_voided: bool = False) -> QuerySet:
        """The standing facts of a workspace; with those that were voided, if asked."""
        rows = self.all_rows(workspace)
        return rows if with_voided else rows.filter(self.standing)

    def object(self, workspace, pk, *, with_voided: bool = False) -> dict:
        """One object; raises ObjectDoesNotExist."""
        row = self.rows(workspace, with_voided=with_voided).values_list(*self.sources).get(pk=pk)
        return self.objects(workspace, [row])[0]
