"""Pages of a long list by keyset over (value, id): page 2,000 costs what page 1 does, and a row that arrives meanwhile
neither repeats nor hides another. Used by the lists of pages and of the API.

Rows without a value come last in both directions. They are read as a list of their own, because one comparison over
both would keep Postgres from starting in the middle of its index.
"""

import base64
import binascii
import datetime as dt
import json
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, QuerySet
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan

# A row that fetches its relations one by one is an error in tests; in production they come for all rows at once.
FETCH_MODE = models.FETCH_RAISE if settings.IS_TEST else models.FETCH_PEERS


class CursorEncoder(DjangoJSONEncoder):
    """Instants whole: Django's own encoder cuts microseconds off, and a cursor would pass over rows of that instant."""

    def default(self, o):
        return o.isoformat() if isinstance(o, dt.datetime) else super().default(o)


class BadCursor(ValueError):
    """The cursor is not one of this list in this order."""


@dataclass(frozen=True)
class Order:
    """Which value sorts the list. key: its name in cursors. field: an ORM path, indexed with workspace and id."""

    key: str
    field: str
    descending: bool = False
    nullable: bool = False

    @property
    def name(self) -> str:
        return f"-{self.key}" if self.descending else self.key


@dataclass(frozen=True)
class Page:
    """Rows, and the cursors of the pages beside them (None at an end)."""

    rows: list[Any]
    next: str | None
    previous: str | None


@dataclass(frozen=True)
class Place:
    """Where a page begins: behind the row of this value and key, or before it."""

    value: Any
    pk: Any
    backwards: bool


def page_of(queryset: QuerySet, order: Order, *, cursor: str = "", size: int = 50) -> Page:
    """The page of `queryset` that `cursor` stands for, the first without one. Raises BadCursor."""
    queryset = queryset.fetch_mode(FETCH_MODE)
    place = _read_cursor(queryset.model, order, cursor) if cursor else None
    if place is not None and place.backwards:
        rows = _rows(queryset, order, place, size)
        if len(rows) > size:
            rows = rows[:size][::-1]
            return Page(rows, _cursor(order, rows[-1], False), _cursor(order, rows[0], True))
        # Fewer than a page before this place: the first page, whole.
        place = None
    rows = _rows(queryset, order, place, size)
    more, rows = len(rows) > size, rows[:size]
    return Page(
        rows,
        _cursor(order, rows[-1], False) if more else None,
        _cursor(order, rows[0], True) if rows and place is not None else None,
    )


def _rows(queryset: QuerySet, order: Order, place: Place | None, size: int) -> list[Any]:
    """Up to `size` + 1 rows from `place` on, in reading direction."""
    backwards = place is not None and place.backwards
    down = order.descending != backwards
    sign = "-" if down else ""
    ordered = queryset.order_by(f"{sign}{order.field}", f"{sign}pk")
    parts = [False, True] if order.nullable else [False]  # is the value missing?
    if backwards:
        parts.reverse()
    if place is not None:
        parts = parts[parts.index(place.value is None) :]
    rows: list[Any] = []
    for is_missing in parts:
        part = ordered.filter(**{f"{order.field}__isnull": is_missing}) if order.nullable else ordered
        if place is not None and (place.value is None) == is_missing:
            part = part.filter(beyond(queryset.model, order, place, down))
        rows += part[: size + 1 - len(rows)]
        if len(rows) > size:
            break
    return rows


def beyond(model: type[models.Model], order: Order, place: Place, down: bool):
    keys = [F(field.name) for field in model._meta.pk_fields]
    key = place.pk if isinstance(place.pk, tuple) else (place.pk,)
    compare = TupleLessThan if down else TupleGreaterThan
    if place.value is not None:
        return compare(Tuple(F(order.field), *keys), (place.value, *key))
    if len(keys) == 1:
        return models.Q(pk__lt=place.pk) if down else models.Q(pk__gt=place.pk)
    return compare(Tuple(*keys), key)


def _cursor(order: Order, row: Any, backwards: bool) -> str:
    value = row
    for name in order.field.split("__"):
        value = getattr(value, name)
    text = json.dumps([order.name, "<" if backwards else ">", value, row.pk], cls=CursorEncoder, ensure_ascii=False)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read_cursor(model: type[models.Model], order: Order, cursor: str) -> Place:
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        name, side, value, pk = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        if name != order.name or side not in ("<", ">") or pk is None or (value is None and not order.nullable):
            raise BadCursor(cursor)
        value = None if value is None else storable(field_of(model, order.field), value)
        return Place(value, storable_key(model, pk), side == "<")
    except (binascii.Error, UnicodeError, ValueError, TypeError, OverflowError, ValidationError) as error:
        raise BadCursor(cursor) from error


def storable_key(model: type[models.Model], raw: Any) -> Any:
    """A cursor's primary key; a tuple where it is made of several columns."""
    fields = model._meta.pk_fields
    if len(fields) == 1:
        return storable(fields[0], raw)
    if not isinstance(raw, list):
        raise TypeError(raw)
    return tuple(storable(field, part) for field, part in zip(fields, raw, strict=True))


def storable(field: models.Field, raw: Any) -> Any:
    """A cursor's value as one that the column can be compared with; raises what a bad one makes it raise."""
    value = field.to_python(raw)
    if isinstance(value, str):
        value.encode()
        if "\x00" in value:
            raise ValueError("the database holds no NUL")
    if isinstance(value, int) and abs(value) >= 2**63:
        raise OverflowError(value)
    return value


def field_of(model: type[models.Model], path: str) -> models.Field:
    *relations, name = path.split("__")
    for relation in relations:
        related = model._meta.get_field(relation).related_model
        if related is None or isinstance(related, str):
            raise FieldDoesNotExist(path)
        model = related
    if name == "pk":
        return model._meta.pk
    field = model._meta.get_field(name)
    if not isinstance(field, models.Field):
        raise FieldDoesNotExist(path)
    return field
