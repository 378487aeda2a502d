"""Pages of a timeline that several sources tell, merged by the instant at which things stand, the latest first.

A cursor names the last entry that was shown: its instant, its source, and its key there. At one instant the sources come in
their order, and each one's entries by descending key, so that nothing is lost or doubled where many things share an instant.
"""

import datetime as dt
import heapq
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet

from workspaces.keyset import BadCursor, storable
from workspaces.shapes import FIRST_DAY, LAST_DAY


class Placed(Protocol):
    """What a timeline holds: at: where it stands. key: what it is called within its source."""

    @property
    def at(self) -> dt.datetime: ...
    @property
    def key(self) -> str: ...


@dataclass(frozen=True)
class Before:
    """Where a page begins, as one source is told: behind everything later than `at`, and at that very instant behind `key`;
    without a key, before everything of that instant (`with_instant`) or behind it all.
    """

    at: dt.datetime
    key: str = ""
    with_instant: bool = False

    def narrow(self, rows: QuerySet, field: str) -> QuerySet:
        """The rows, placed by `field` and called by their ids, that the page may tell. Raises BadCursor."""
        if self.key:
            try:
                key = storable(rows.model._meta.pk, self.key)
            except (ValueError, OverflowError, ValidationError) as error:
                raise BadCursor(self.key) from error
            return rows.filter(Q(**{f"{field}__lt": self.at}) | Q(**{field: self.at, "pk__lt": key}))
        return rows.filter(**{f"{field}__lte" if self.with_instant else f"{field}__lt": self.at})

    def admits(self, at: dt.datetime, key: str) -> bool:
        """The same of one thing; keys are compared as text."""
        if self.key:
            return (at, key) < (self.at, self.key)
        return at <= self.at if self.with_instant else at < self.at


# (before, most) → the latest so many entries of a source before a place, or of all, by (at, key), the latest first.
type Read[Entry: Placed] = Callable[[Before | None, int], Sequence[Entry]]


def page_of[Entry: Placed](
    sources: Mapping[str, Read[Entry]], *, cursor: str = "", size: int
) -> tuple[list[Entry], str | None]:
    """The `size` entries behind `cursor`, the latest without one, and the cursor of the page behind them (None at the end).

    Raises BadCursor.
    """
    place = _read_cursor(sources, cursor) if cursor else None
    # One more than is shown, from each: all of them may be the latest.
    found = [
        [(name, entry) for entry in read(_before(sources, name, place), size + 1)] for name, read in sources.items()
    ]
    # `merge` keeps the order of the sources where instants are equal.
    merged = list(heapq.merge(*found, key=lambda pair: pair[1].at, reverse=True))[: size + 1]
    shown = [entry for _name, entry in merged[:size]]
    return shown, _cursor(*merged[size - 1]) if len(merged) > size else None


def _before(sources: Mapping[str, Any], name: str, place: tuple[dt.datetime, str, str] | None) -> Before | None:
    if place is None:
        return None
    at, last, key = place
    if name == last:
        return Before(at, key)
    order = list(sources)
    return Before(at, with_instant=order.index(name) > order.index(last))


def _cursor(name: str, entry: Placed) -> str:
    instant = entry.at.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")
    return f"{instant}_{name}_{entry.key}"


def _read_cursor(sources: Mapping[str, Any], cursor: str) -> tuple[dt.datetime, str, str]:
    instant, name, key = [*cursor.split("_", 2), "", ""][:3]
    try:
        at = dt.datetime.fromisoformat(instant)
    except ValueError as error:
        raise BadCursor(cursor) from error
    # A local day of the last year may end in the next one.
    if at.tzinfo is None or not FIRST_DAY.year - 1 <= at.year <= LAST_DAY.year + 1:
        raise BadCursor(cursor)
    if name not in sources or not key or "\x00" in key:
        raise BadCursor(cursor)
    return at.astimezone(dt.UTC), name, key
