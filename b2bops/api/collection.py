"""A collection of facts, declared once: what its objects show, what it filters and sorts by, and which actions write it.

Objects are read by ``.values_list()`` of the declared columns rather than through model instances: a list of 50 accounts
costs one query and no object per row.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db.models import QuerySet

from b2bops.api.paging import Ordering
from workspaces.shapes import Shape

MANY = 1000


@dataclass(frozen=True)
class Column:
    """One field of an object. source: the path of the model's column. schema: its OpenAPI schema.

    spelled: value → what JSON shows, where that differs. is_sortable: the list may be ordered by it. filter: reads a word
    of the query string and makes the field a filter; raises ValueError with a message. is_nullable: the database column.
    """

    name: str
    schema: Mapping[str, Any]
    source: str = ""
    spelled: Callable[[Any], Any] | None = None
    filter: Callable[[str], Any] | None = None
    is_sortable: bool = False

    @property
    def path(self) -> str:
        return self.source or self.name


@dataclass(frozen=True)
class Collection:
    """name: as in the URL. noun: one of it, in operation ids. shape: what a body may hold. rows: the standing facts of a
    workspace. save, void: the actions. nested: fills in what stands in another table, for all rows of a page at once.
    """

    name: str
    noun: str
    columns: tuple[Column, ...]
    shape: type[Shape]
    rows: Callable[[Any], QuerySet]
    save: Callable[..., list]
    void: Callable[..., object]
    permission: str
    nested: Callable[[Any, list[dict]], None] | None = None
    nested_schema: Mapping[str, Any] = field(default_factory=dict)

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
    def filters(self) -> dict[str, Column]:
        return {column.name: column for column in self.columns if column.filter}

    @cached_property
    def orderings(self) -> dict[str, Ordering]:
        """By the words of ``?ordering=``: a field's name, with a minus for the other way."""
        words: dict[str, Ordering] = {}
        for column in self.columns:
            if column.is_sortable:
                words[column.name] = Ordering(column.name, column.path)
                words[f"-{column.name}"] = Ordering(column.name, column.path, is_descending=True)
        return words

    def objects(self, workspace, rows: list[tuple]) -> list[dict]:
        """Rows of `sources` as the objects of the API."""
        spellings = self._spellings
        objects = [dict(zip(self._names, row, strict=True)) for row in rows]
        for made in objects:
            for name, spelled in spellings:
                made[name] = spelled(made[name])
        if self.nested is not None and objects:
            self.nested(workspace, objects)
        return objects

    def object(self, workspace, pk) -> dict:
        """One standing object; raises ObjectDoesNotExist."""
        row = self.rows(workspace).values_list(*self.sources).get(pk=pk)
        return self.objects(workspace, [row])[0]
