"""The fields that a list is narrowed by: of which kind each is, by which operators it is asked, and what of the rows holds.

A list declares `Filter`s: one with `choices` by itself, one over a column with `column`. `workspaces.narrowing` reads an
address by them.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from pydantic import TypeAdapter, ValidationError

from workspaces import formats
from workspaces.shapes import Day, exact, required_text, say, whole
from workspaces.where import BETWEEN, EMPTY, FILLED, LAST, NEXT

IS, IS_NOT, HAS, LACKS, STARTS = "is", "not", "has", "lacks", "starts"
LEAST, MOST, BEFORE, AFTER = "min", "max", "before", "after"
MOST_VALUES = 100
_MOST_NUMBER = 1_000_000_000_000


class Kind(StrEnum):
    CHOICE = "choice"
    TEXT = "text"
    NUMBER = "number"
    MONEY = "money"
    DATE = "date"


class Takes(StrEnum):
    """How many values an operator asks for; `DAYS` is one number of days."""

    MANY = "many"
    ONE = "one"
    TWO = "two"
    DAYS = "days"
    NOTHING = "nothing"


@dataclass(frozen=True)
class Operator:
    """label: in the menu of operators, and in a chip of several values; of_one: in a chip of one."""

    key: str
    label: Any
    takes: Takes = Takes.ONE
    of_one: Any = None


_MISSING = (Operator(EMPTY, _("is empty"), Takes.NOTHING), Operator(FILLED, _("is not empty"), Takes.NOTHING))
_AMOUNTS = (
    Operator(LEAST, "≥"),
    Operator(MOST, "≤"),
    Operator(BETWEEN, _("is between"), Takes.TWO),
    Operator(IS, "="),
    Operator(IS_NOT, "≠"),
    *_MISSING,
)
OPERATORS: dict[Kind, tuple[Operator, ...]] = {
    Kind.CHOICE: (
        Operator(IS, _("is any of"), Takes.MANY, _("is")),
        Operator(IS_NOT, _("is none of"), Takes.MANY, _("is not")),
        *_MISSING,
    ),
    Kind.TEXT: (
        Operator(HAS, _("contains")),
        Operator(LACKS, _("does not contain")),
        Operator(STARTS, _("starts with")),
        Operator(IS, _("is")),
        Operator(IS_NOT, _("is not")),
        *_MISSING,
    ),
    Kind.NUMBER: _AMOUNTS,
    Kind.MONEY: _AMOUNTS,
    Kind.DATE: (
        Operator(BEFORE, _("is before")),
        Operator(AFTER, _("is after")),
        Operator(BETWEEN, _("is between"), Takes.TWO),
        Operator(IS, _("is on")),
        Operator(NEXT, _("is in the next"), Takes.DAYS),
        Operator(LAST, _("was in the last"), Takes.DAYS),
        *_MISSING,
    ),
}
_NUMBER = TypeAdapter(exact(digits=18, places=6, ge=-_MOST_NUMBER, le=_MOST_NUMBER))
_ADAPTERS: dict[Kind, TypeAdapter] = {
    Kind.TEXT: TypeAdapter(required_text(200)),
    Kind.NUMBER: _NUMBER,
    Kind.MONEY: TypeAdapter(exact(digits=15, places=2, ge=-_MOST_NUMBER, le=_MOST_NUMBER)),
    Kind.DATE: TypeAdapter(Day),
}
_WHOLE = TypeAdapter(whole(ge=-_MOST_NUMBER, le=_MOST_NUMBER))
_DAYS = TypeAdapter(whole(ge=0, le=3650))


class BadClause(ValueError):
    """What is asked of a field cannot be; the message says why, in the reader's language."""


def _no_choices(_workspace: Any) -> Sequence[tuple[str, Any]]:
    return ()


@dataclass(frozen=True)
class Filter:
    """One field. choices(workspace) → [(value, label)]; holds(values) → the rows that have any of them.

    Of other kinds than choices: asks(operator, values) → the rows for which that holds, values as Python has them.
    missing: the rows that have nothing there, None where all have something. is_open: values beside the choices are taken
    as they are, because the menu does not hold all there may be. is_switch: no condition on rows, so that it never
    stands in a group. is_whole: a number without decimals.
    """

    key: str
    label: Any
    # known(workspace, value) → what a value is called that links name but no menu offers, such as who left; "" for none.
    choices: Callable[[Any], Sequence[tuple[str, Any]]] = _no_choices
    holds: Callable[[Sequence[str]], Q] = lambda values: Q()
    icon: str = "filter"
    kind: Kind = Kind.CHOICE
    asks: Callable[[str, Sequence[Any]], Q] | None = None
    missing: Q | None = None
    is_open: bool = False
    is_switch: bool = False
    is_whole: bool = False
    reads: Callable[[str], Any] | None = None
    known: Callable[[Any, str], Any] = lambda workspace, value: ""
    # Where choices are found by typing, of which the menu holds the first.
    finds: str = ""

    def operators(self, day: dt.date | None) -> list[Operator]:
        """day: today, without which nothing can be asked that counts days from it."""
        return [
            one
            for one in OPERATORS[self.kind]
            if (one.takes != Takes.NOTHING or self.missing is not None) and (one.takes != Takes.DAYS or day is not None)
        ]

    def condition(self, operator: str, values: Sequence[Any], day: dt.date | None) -> Q:
        """The rows for which it holds; values as `read_values` gives them."""
        if operator in (EMPTY, FILLED):
            missing = self.missing if self.missing is not None else Q()
            return missing if operator == EMPTY else ~missing
        if self.asks is None:
            return self.holds(values) if operator == IS else ~self.holds(values)
        if operator in (NEXT, LAST) and day is not None:
            reach = dt.timedelta(days=values[0])
            return self.asks(BETWEEN, [day, day + reach] if operator == NEXT else [day - reach, day])
        return self.asks(operator, values)


def any_of(one: Callable[[str], Q]) -> Callable[[Sequence[str]], Q]:
    """`holds` of a filter whose values each say something of their own."""
    return lambda values: reduce(or_, (one(value) for value in values))


def column(
    key: str,
    label: Any,
    path: str,
    kind: Kind,
    *,
    may_miss: bool = True,
    cents: bool = False,
    is_whole: bool = False,
    is_moment: bool = False,
    reads: Callable[[str], Any] | None = None,
) -> Filter:
    """A filter over a column of text, numbers, money or days. cents: the column holds a hundredth; is_moment: it holds
    instants, which are asked by their day in the time zone that is in force.
    """
    missing = Q(**{f"{path}__isnull": True})
    if kind == Kind.TEXT:
        missing |= Q(**{path: ""})

    def asks(operator: str, values: Sequence[Any]) -> Q:
        if kind == Kind.TEXT:
            return _asks_text(path, operator, values[0])
        if is_moment:
            return _asks_moment(path, operator, values)
        return _asks_amount(path, operator, [int(value * 100) for value in values] if cents else values)

    icon = "calendar" if kind == Kind.DATE else "filter"
    return Filter(
        key,
        label,
        icon=icon,
        kind=kind,
        asks=asks,
        missing=missing if may_miss else None,
        is_whole=is_whole,
        reads=reads,
    )


def _asks_text(path: str, operator: str, text: str) -> Q:
    if operator in (IS, IS_NOT):
        found = Q(**{f"{path}__iexact": text})
    else:
        found = Q(**{f"{path}__{'istartswith' if operator == STARTS else 'icontains'}": text})
    return ~found if operator in (IS_NOT, LACKS) else found


def _asks_amount(path: str, operator: str, values: Sequence[Any]) -> Q:
    if operator == BETWEEN:
        return Q(**{f"{path}__gte": values[0], f"{path}__lte": values[1]})
    found = Q(**{f"{path}{_LOOKUPS[operator]}": values[0]})
    return ~found if operator == IS_NOT else found


_LOOKUPS = {IS: "", IS_NOT: "", LEAST: "__gte", MOST: "__lte", BEFORE: "__lt", AFTER: "__gt"}


def _asks_moment(path: str, operator: str, days: Sequence[dt.date]) -> Q:
    first, last = days[0], days[-1]
    if operator == BEFORE:
        return Q(**{f"{path}__lt": _begin(first)})
    after = _begin(last + dt.timedelta(days=1))
    if operator == AFTER:
        return Q(**{f"{path}__gte": after})
    return Q(**{f"{path}__gte": _begin(first), f"{path}__lt": after})


def _begin(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time.min))


def read_values(
    one: Filter, operator: Operator, texts: Sequence[str], known: Sequence[tuple[str, Any]]
) -> tuple[list[Any], list[str]]:
    """(values for `Filter.condition`, the texts that addresses write them with). known: the filter's choices.
    Raises BadClause.
    """
    if operator.takes == Takes.NOTHING:
        return [], []
    if not texts or (operator.takes == Takes.TWO and len(texts) < 2):
        raise BadClause(_("Say the second value as well.") if texts else _("Say a value."))
    if len(texts) > (MOST_VALUES if operator.takes == Takes.MANY else 2 if operator.takes == Takes.TWO else 1):
        raise BadClause(_("Too many values."))
    if one.kind == Kind.CHOICE:
        menu = {value for value, _label in known}
        for text in texts:
            if text not in menu and (not one.is_open or len(text) > 200):
                raise BadClause(_("%(value)s is no longer there to choose.") % {"value": text[:100]})
        return list(texts), list(texts)
    adapter = _DAYS if operator.takes == Takes.DAYS else _WHOLE if one.is_whole else _ADAPTERS[one.kind]
    reads = one.reads if one.reads is not None and operator.takes != Takes.DAYS else str
    try:
        values = [adapter.validate_python(reads(text)) for text in texts]
    except ValidationError as refusal:
        error = refusal.errors(include_url=False)[0]
        raise BadClause(say(error["type"], error.get("ctx") or {})) from None
    except ValueError as refusal:
        raise BadClause(str(refusal)) from None
    if operator.takes == Takes.TWO and values[0] > values[1]:
        values.reverse()
    return values, [_written(value) for value in values]


def _written(value: Any) -> str:
    if isinstance(value, dt.date):
        return value.isoformat()
    if not isinstance(value, Decimal):
        return str(value)
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def in_words(one: Filter, operator: Operator, values: Sequence[Any], known: dict[str, Any], currency: str) -> str:
    """What a chip says after the operator."""
    if operator.takes == Takes.DAYS:
        return ngettext("%(count)s day", "%(count)s days", values[0]) % {"count": formats.number(values[0])}
    if operator.takes == Takes.TWO:
        return " – ".join(_said(one, value, currency) for value in values)
    if one.kind == Kind.CHOICE:
        return ", ".join(str(known.get(value, value)) for value in values)
    return ", ".join(_said(one, value, currency) for value in values)


def _said(one: Filter, value: Any, currency: str) -> str:
    if one.kind == Kind.DATE:
        return formats.table_day(value)
    if one.kind == Kind.MONEY:
        return formats.money(value, currency)
    return formats.exact(value) if one.kind == Kind.NUMBER else f"“{value}”"
