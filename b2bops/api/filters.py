"""Filters of a list: each is a field's name, or a field's name with the side of a range."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from b2bops.api import parameters
from b2bops.api.errors import invalid
from b2bops.api.periods import span_of

DAY_WORD = {"type": "string", "examples": ["2025-01-31", "2025-03"]}
INSTANT_WORD = {"type": "string", "format": "date-time"}


@dataclass(frozen=True)
class Filter:
    """One name of the query string. lookup: of the ORM. read: a word → value; raises ValueError with a message.

    is_list: the column holds a list, and one of its values must match. empty: what the database holds where there is no
    value, asked for by an empty word; only where `is_nullable`. is_side: the side of a range, which is given once.
    is_period: `read` also takes the month with which the fiscal year begins.
    """

    name: str
    lookup: str
    read: Callable[..., Any]
    schema: Mapping[str, Any]
    description: str = ""
    is_list: bool = False
    is_nullable: bool = False
    is_side: bool = False
    is_period: bool = False
    empty: str | None = None

    def condition(self, words: Sequence[str], start_month: int) -> Q:
        """Rows that match any of the words."""
        if self.is_period:
            return Q(**{self.lookup: self.read(words[-1], start_month)})
        if self.is_side:
            return Q(**{self.lookup: self.read(words[-1])})
        given = [self.read(word) for word in words if word or not self.is_nullable]
        asked = Q()
        if self.is_list:
            asked |= Q(**{f"{self.lookup}__overlap": given})
        elif given:
            asked |= Q(**{self.lookup: given[0]}) if len(given) == 1 else Q(**{f"{self.lookup}__in": given})
        if len(given) < len(words):
            asked |= Q(**{self.lookup: self.empty}) if self.empty is not None else Q(**{f"{self.lookup}__isnull": True})
        return asked


def filters_of(columns: Iterable[Any]) -> dict[str, Filter]:
    """The filters that columns (`collection.Column`) make, by name."""
    made: list[Filter] = []
    for column in columns:
        if column.filter is not None:
            made.append(_equal(column))
        made += _sides(column)
    return {one.name: one for one in made}


def conditions(filters: Mapping[str, Filter], words: Any, start_month: int) -> Q:
    """What the query string (`words`, a QueryDict) asks for; raises ApiError (400) for what cannot be read.

    start_month: the month with which the workspace's fiscal year begins.
    """
    asked, errors = Q(), {}
    for name, one in filters.items():
        if name in words:
            try:
                asked &= one.condition(words.getlist(name), start_month)
            except ValueError as exc:
                errors[name] = [str(exc)]
    if errors:
        raise invalid(errors)
    return asked


def _equal(column) -> Filter:
    schema = _word_schema(column.schema)
    is_list = schema["type"] == "array"
    told = "Several times: any of them." + (" Empty: those without." if column.is_nullable else "")
    return Filter(
        column.name,
        column.path,
        column.filter,
        _word_schema(schema["items"]) if is_list else schema,
        told,
        is_list=is_list,
        is_nullable=column.is_nullable,
        empty=column.empty,
    )


def _sides(column) -> list[Filter]:
    """Both ends of a range, inclusive: `starts_on_from`, `starts_on_to`; plain `from`, `to` of a `date`; `updated_since`."""
    if column.span == "day":
        stem = "" if column.name == "date" else f"{column.name}_"
        told = "A day or a period, inclusive."
        return [
            Filter(f"{stem}from", f"{column.path}__gte", _first_day, DAY_WORD, told, is_side=True, is_period=True),
            Filter(f"{stem}to", f"{column.path}__lte", _last_day, DAY_WORD, told, is_side=True, is_period=True),
        ]
    if column.span == "instant":
        stem = column.name.removesuffix("at")
        told = "An instant with its offset, inclusive."
        return [
            Filter(f"{stem}since", f"{column.path}__gte", parameters.instant, INSTANT_WORD, told, is_side=True),
            Filter(f"{stem}until", f"{column.path}__lte", parameters.instant, INSTANT_WORD, told, is_side=True),
        ]
    return []


def _first_day(word: str, start_month: int) -> dt.date:
    return span_of(word, start_month)[0]


def _last_day(word: str, start_month: int) -> dt.date:
    return span_of(word, start_month)[1]


def _word_schema(schema) -> dict:
    """A column's schema as that of a word of the query string, never null."""
    made = dict(schema)
    if isinstance(made.get("type"), list):
        made["type"] = next(name for name in made["type"] if name != "null")
    if "enum" in made:
        made["enum"] = [value for value in made["enum"] if value is not None]
    return made


def is_true(words: Mapping[str, str], name: str) -> bool:
    """A switch of the query string, off unless it says true."""
    try:
        return parameters.truth(words.get(name, "false"))
    except ValueError as exc:
        raise invalid({name: [str(exc)]}) from None
