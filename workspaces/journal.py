"""Values as they are kept to be put back: as JSON, without loss, and the same however they were written."""

import datetime as dt
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID


def exact(value: Any) -> Any:
    """`value` as JSON. All kinds of nothing become null, 10.00 and 10 the same text, instants their UTC.

    What the trail keeps is for people and cut (`workspaces.activity.plain`); this is for going back. An import of 100,000
    contracts asks two million times: exact types are looked up, only the others are asked what they are.
    """
    how = EXACT.get(type(value))
    if how is not None:
        return how(value)
    if isinstance(value, int):
        return value
    if isinstance(value, str):
        return value or None
    for kind in (Decimal, dt.datetime, dt.date, UUID, Mapping, list, tuple):
        if isinstance(value, kind):
            return EXACT[kind](value)
    raise TypeError(f"{type(value).__name__} cannot be put back")


def _same(value):
    return value


def _text(value):
    return value or None


def _number(value):
    return f"{value.normalize():f}"


def _instant(value):
    return value.astimezone(dt.UTC).isoformat()


def _mapping(value):
    return {key: item if type(item) in SIMPLE else exact(item) for key, item in value.items()} or None


def _list(value):
    return _items(value) or None


def _items(value):
    return [item if type(item) in SIMPLE else exact(item) for item in value]


SIMPLE = {type(None), bool, int}
EXACT: dict[type, Callable[[Any], Any]] = {
    type(None): _same,
    bool: _same,
    int: _same,
    str: _text,
    Decimal: _number,
    dt.datetime: _instant,
    dt.date: dt.date.isoformat,
    UUID: str,
    dict: _mapping,
    Mapping: _mapping,
    list: _list,
    tuple: _items,
}
