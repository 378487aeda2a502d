"""Lists in groups: each with how many rows it has and their sums, and pages that run through the groups in their order."""

import base64
import binascii
import calendar
import datetime as dt
import json
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Case, Count, F, IntegerField, Q, QuerySet, Sum, TextField, Value, When
from django.db.models.functions import Cast, Coalesce

from workspaces.filters import IS
from workspaces.keyset import (
    FETCH_MODE,
    BadCursor,
    CursorEncoder,
    Order,
    Page,
    Place,
    beyond,
    field_of,
    storable,
    storable_key,
)
from workspaces.where import BETWEEN, EMPTY, Clause

GROUP = "group"
# The group of rows that have no value.
NOTHING = ""
Heads = Callable[[list[str]], Mapping[str, tuple[list[Any], Any]]]


@dataclass(frozen=True)
class Grouping:
    """value: an expression of the group that a row is in; heads(texts) → {text: (place, label)}, what the groups are called
    and what they are ordered by, JSON as it is; asked(text) → the parameters of an address that narrow the list to one, or
    clause(text) → what of a filter does that beside all else that narrows it. turns_with: the list's order in which the
    groups run the other way.
    """

    key: str
    label: Any
    value: Any
    heads: Heads
    asked: Callable[[str], Mapping[str, str]] = lambda text: {}
    clause: Callable[[str], Clause | None] = lambda text: None
    turns_with: str = ""


@dataclass(frozen=True)
class Group:
    """A head between rows: over all rows of the group, whatever page they stand on. place: no other group has the same,
    however many are called alike.
    """

    text: str
    place: list[Any]
    label: Any
    count: int
    sums: Mapping[str, Any] = field(default_factory=dict)
    href: str = ""
    said: str = ""


def by_label(labels: Mapping[str, Any], nothing: Any = "") -> Heads:
    """Heads in the order of `labels`, others behind them by their own name, those without a value last."""

    def heads(texts: list[str]) -> dict[str, tuple[list[Any], Any]]:
        places = {text: number for number, text in enumerate(labels)}
        return {
            text: ([2, 0, ""], nothing)
            if text == NOTHING
            else ([0, places[text], ""], labels[text])
            if text in places
            else ([1, 0, text], text)
            for text in texts
        }

    return heads


def by_name(name: Callable[[str], str], key: Callable[[str], str], nothing: Any = "") -> Heads:
    """Heads in the order of `key` of their names, those without a value last."""

    def heads(texts: list[str]) -> dict[str, tuple[list[Any], Any]]:
        return {
            text: ([1, 0, ""], nothing) if text == NOTHING else ([0, 0, key(name(text))], name(text)) for text in texts
        }

    return heads


def by_day(says: Callable[[dt.date], Any], nothing: Any = "", *, newest_first: bool = False) -> Heads:
    """Heads of days, or of months by their first, in the order of time; those without one last."""

    def heads(texts: list[str]) -> dict[str, tuple[list[Any], Any]]:
        days = {text: _day(text) for text in texts if text != NOTHING}
        places = {text: -day.toordinal() if newest_first else day.toordinal() for text, day in days.items()}
        return {
            text: ([0, places[text], ""], says(days[text])) if text in days else ([1, 0, ""], nothing) for text in texts
        }

    return heads


def has_value(field: str) -> Callable[[str], Clause]:
    """The clause of a group whose text is what the filter `field` asks for."""
    return lambda text: Clause(field, IS, (text,)) if text != NOTHING else Clause(field, EMPTY)


def in_month(field: str) -> Callable[[str], Clause]:
    """The same of a group of a month, by its first day."""

    def clause(text: str) -> Clause:
        if text == NOTHING:
            return Clause(field, EMPTY)
        first = _day(text)
        last = first.replace(day=calendar.monthrange(first.year, first.month)[1])
        return Clause(field, BETWEEN, (first.isoformat(), last.isoformat()))

    return clause


def _day(text: str) -> dt.date:
    return dt.date.fromisoformat(text[:10])


def groups_of(rows: QuerySet, grouping: Grouping, sums: Sequence[str], *, order: Order | None = None) -> list[Group]:
    """All groups of `rows`, in their order, which may turn with that of the list. One query, and what the heads ask for."""
    totals = {f"sum_{name}": Sum(name, default=0) for name in sums}
    counted = list(_in_groups(rows, grouping).order_by().values("in_group").annotate(rows=Count(Value(1)), **totals))
    heads = grouping.heads([one["in_group"] for one in counted])
    sign = -1 if order is not None and order.name == grouping.turns_with else 1
    found = []
    for one in counted:
        text = one["in_group"]
        (rank, number, name), label = heads[text]
        place = [rank, sign * number, name]
        found.append(Group(text, [*place, text], label, one["rows"], {name: one[f"sum_{name}"] for name in sums}))
    return sorted(found, key=lambda group: group.place)


def page_of_groups(
    rows: QuerySet, order: Order, grouping: Grouping, groups: Sequence[Group], *, cursor: str = "", size: int = 50
) -> Page:
    """The page of `rows` that `cursor` stands for, group by group, within them in `order`. Each row says by `in_group` which
    one it is of. Raises BadCursor.

    Of the groups only those are asked that can reach into the page, which their counts tell: so one query reads it, and
    its sort is over them alone.
    """
    rows = _in_groups(rows, grouping).fetch_mode(FETCH_MODE)
    at = _read_cursor(rows, order, grouping, cursor) if cursor else None
    if at is not None and at[0].backwards:
        found = _read(rows, order, groups, at, size)
        if len(found) > size:
            found = found[:size][::-1]
            return Page(
                found,
                _cursor(order, grouping, groups, found[-1], False),
                _cursor(order, grouping, groups, found[0], True),
            )
        at = None
    found = _read(rows, order, groups, at, size)
    more, found = len(found) > size, found[:size]
    return Page(
        found,
        _cursor(order, grouping, groups, found[-1], False) if more else None,
        _cursor(order, grouping, groups, found[0], True) if found and at is not None else None,
    )


def _in_groups(rows: QuerySet, grouping: Grouping) -> QuerySet:
    return rows.annotate(in_group=Coalesce(Cast(grouping.value, TextField()), Value(NOTHING), output_field=TextField()))


def _read(rows: QuerySet, order: Order, groups: Sequence[Group], at: tuple[Place, list] | None, size: int) -> list[Any]:
    """Up to `size` + 1 rows from `at` on, in reading direction."""
    backwards = at is not None and at[0].backwards
    places = [group.place for group in groups]
    here: Group | None = None
    if at is None:
        reach = list(groups)
    else:
        place = at[1]
        first, after = bisect_left(places, place), bisect_right(places, place)
        # A group that is gone meanwhile is passed over.
        here = groups[first] if first < after else None
        reach = list(groups[after:]) if not backwards else list(groups[:first])[::-1]
    asked, found = [], 0
    for group in reach:
        if found > size:
            break
        asked.append(group)
        found += group.count
    in_reach = Q(in_group__in=[group.text for group in asked])
    if here is not None and at is not None:
        in_reach |= Q(in_group=here.text) & _beyond(rows.model, order, at[0])
        asked.insert(0, here)
    if not asked:
        return []
    rank = Case(
        *(When(in_group=group.text, then=Value(number)) for number, group in enumerate(asked)),
        output_field=IntegerField(),
    )
    pages = rows.filter(in_reach).annotate(group_rank=rank)
    return list(pages.order_by("group_rank", *_within(order, backwards=backwards))[: size + 1])


def _within(order: Order, *, backwards: bool) -> list[Any]:
    """The order inside a group, in reading direction; rows without a value are the last of the list."""
    down = order.descending != backwards
    sign = "-" if down else ""
    if not order.nullable:
        return [f"{sign}{order.field}", f"{sign}pk"]
    nulls = {"nulls_first": True} if backwards else {"nulls_last": True}
    column = F(order.field)
    return [column.desc(**nulls) if down else column.asc(**nulls), f"{sign}pk"]


def _beyond(model: Any, order: Order, place: Place) -> Q:
    """Rows of the same group that come after `place` in reading direction; those without a value are last in the list."""
    down = order.descending != place.backwards
    further = Q(beyond(model, order, place, down))
    if not order.nullable:
        return further
    is_missing = Q(**{f"{order.field}__isnull": True})
    if place.value is None:
        return (is_missing & further) | (~is_missing if place.backwards else Q(pk__in=[]))
    return (~is_missing & further) | (Q(pk__in=[]) if place.backwards else is_missing)


def _cursor(order: Order, grouping: Grouping, groups: Sequence[Group], row: Any, backwards: bool) -> str:
    value = row
    for name in order.field.split("__"):
        value = getattr(value, name)
    place = next(group.place for group in groups if group.text == row.in_group)
    parts = [f"{grouping.key}/{order.name}", "<" if backwards else ">", value, row.pk, place]
    text = json.dumps(parts, cls=CursorEncoder, ensure_ascii=False)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read_cursor(rows: QuerySet, order: Order, grouping: Grouping, cursor: str) -> tuple[Place, list]:
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        name, side, value, pk, place = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        if name != f"{grouping.key}/{order.name}" or side not in ("<", ">") or pk is None:
            raise BadCursor(cursor)
        if value is None and not order.nullable:
            raise BadCursor(cursor)
        number, second, name, text = place
        if not (
            isinstance(number, int) and isinstance(second, int) and isinstance(name, str) and isinstance(text, str)
        ):
            raise BadCursor(cursor)
        value = None if value is None else storable(field_of(rows.model, order.field), value)
        return Place(value, storable_key(rows.model, pk), side == "<"), [number, second, name, text]
    except (binascii.Error, UnicodeError, ValueError, TypeError, OverflowError, ValidationError) as error:
        raise BadCursor(cursor) from error
