"""Lists page by keyset: the cursor is the last row's place in the order, so page 2,000 costs what page 1 costs."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.core import signing
from django.core.exceptions import FieldDoesNotExist
from django.db.models import F, Q
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan
from django.utils.translation import gettext as _

from b2bops.api.errors import invalid

DEFAULT_LIMIT, LONGEST_LIMIT = 50, 200
NEXT, PREVIOUS = "n", "p"


@dataclass(frozen=True)
class Ordering:
    """A column to sort by, with a unique one behind it (`tie`). source: the column's path; may be the tie's own."""

    name: str
    source: str
    is_descending: bool = False
    tie: str = "id"

    def terms(self, *, is_reversed: bool) -> list[str]:
        sign = "-" if self.is_descending != is_reversed else ""
        return [f"{sign}{name}" for name in dict.fromkeys((self.source, self.tie))]

    def beyond(self, model, value, pk, *, is_reversed: bool):
        """Rows that come after (value, pk). Postgres puts nulls last going up and first going down."""
        is_down = self.is_descending != is_reversed
        than = "lt" if is_down else "gt"
        further_id = Q(**{f"{self.tie}__{than}": pk})
        if self.source == self.tie:
            return further_id
        if value is not None and _always_has(model, self.source):
            # One comparison of both, which an index starts at. With an "or" it is read from its beginning.
            compare = TupleLessThan if is_down else TupleGreaterThan
            return compare(Tuple(F(self.source), F(self.tie)), (value, pk))
        is_null = Q(**{f"{self.source}__isnull": True})
        if value is None:
            return (is_null & further_id) | ~is_null if is_down else is_null & further_id
        # The first condition alone is what an index range can serve.
        same_or_further = Q(**{f"{self.source}__{than}e": value}) & (
            Q(**{f"{self.source}__{than}": value}) | further_id
        )
        return same_or_further if is_down else same_or_further | is_null


def _always_has(model, path: str) -> bool:
    """Whether what the ORM path leads to is never null. What is no field of a model may be."""
    try:
        for name in path.split("__"):
            field = model._meta.get_field(name)
            if field.null:
                return False
            model = field.related_model
    except (FieldDoesNotExist, AttributeError):
        return False
    return True


@dataclass
class Page:
    """rows: the tuples of this page, in order. next, previous: cursors or None."""

    rows: list[tuple]
    next: str | None
    previous: str | None


def limit_of(text: str | None, *, default: int = DEFAULT_LIMIT) -> int:
    if text is None:
        return default
    if text.isascii() and text.isdecimal() and len(text) <= 4 and 1 <= int(text) <= LONGEST_LIMIT:
        return int(text)
    raise invalid({"limit": [_("A whole number from 1 to %(most)s.") % {"most": LONGEST_LIMIT}]})


def _signer(name: str) -> signing.Signer:
    return signing.Signer(salt=f"b2bops.api.cursor.{name}")


def _plain(value):
    if isinstance(value, dt.datetime):
        return {"t": value.isoformat()}
    if isinstance(value, dt.date):
        return {"d": value.isoformat()}
    if isinstance(value, Decimal):
        return {"n": format(value, "f")}
    if isinstance(value, UUID):
        return str(value)
    return value


def _back(value):
    match value:
        case {"t": text}:
            return dt.datetime.fromisoformat(text)
        case {"d": text}:
            return dt.date.fromisoformat(text)
        case {"n": text}:
            return Decimal(text)
    return value


def page_of(queryset, *, name: str, sources: Sequence[str], ordering: Ordering, limit: int, cursor: str | None) -> Page:
    """One page of `queryset` as tuples of `sources`, which must hold the ordering's source and tie.

    name: what is listed, so that a cursor of one list is refused by another. One query, whatever the number of rows.
    """
    direction = NEXT
    if cursor is not None:
        try:
            direction, order, value, pk = _signer(name).unsign_object(cursor)
            value = _back(value)
            pk = pk if isinstance(pk, int) else UUID(pk)
        except (signing.BadSignature, ValueError, TypeError):
            raise invalid({"cursor": [_("This cursor is not one of this list.")]}) from None
        if order != [ordering.name, ordering.is_descending]:
            raise invalid({"cursor": [_("This cursor belongs to another ordering.")]})
        queryset = queryset.filter(ordering.beyond(queryset.model, value, pk, is_reversed=direction == PREVIOUS))
    is_reversed = direction == PREVIOUS
    rows = list(queryset.order_by(*ordering.terms(is_reversed=is_reversed)).values_list(*sources)[: limit + 1])
    has_more = len(rows) > limit
    rows = rows[:limit]
    if is_reversed:
        rows.reverse()
    if not rows:
        return Page([], None, None)
    place_value, place_id = sources.index(ordering.source), sources.index(ordering.tie)

    def at(row, way):
        place = [way, [ordering.name, ordering.is_descending], _plain(row[place_value]), _plain(row[place_id])]
        return _signer(name).sign_object(place)

    has_next, has_previous = (True, has_more) if is_reversed else (has_more, cursor is not None)
    return Page(
        rows,
        next=at(rows[-1], NEXT) if has_next else None,
        previous=at(rows[0], PREVIOUS) if has_previous else None,
    )


def page_address(request, cursor: str | None) -> str | None:
    """Where another page of the same list stands; None when there is none."""
    if cursor is None:
        return None
    words = request.GET.copy()
    words["cursor"] = cursor
    return request.build_absolute_uri(f"{request.path}?{words.urlencode()}")
