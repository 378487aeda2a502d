"""Filters of lists over the fields that a workspace adds to its accounts, each by its kind."""

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import Case, DecimalField, F, Q, When
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from django.db.models.lookups import (
    Exact,
    GreaterThan,
    GreaterThanOrEqual,
    IContains,
    IExact,
    IsNull,
    IStartsWith,
    LessThan,
    LessThanOrEqual,
    Regex,
)

from accounts.conditions import NOTHING, Condition, holds
from accounts.dimension_values import Dimension
from accounts.models.custom_field import FieldKind
from jobs.imports.values import to_amount
from workspaces.filters import AFTER, BEFORE, HAS, IS_NOT, LACKS, LEAST, MOST, STARTS, Filter, Kind
from workspaces.where import BETWEEN

KINDS: dict[str, Kind] = {
    FieldKind.TEXT: Kind.TEXT,
    FieldKind.NUMBER: Kind.NUMBER,
    FieldKind.MONEY: Kind.MONEY,
    FieldKind.DATE: Kind.DATE,
}
# What numbers are stored as (accounts.custom_values). The cast is only asked of such, whatever order Postgres asks in.
NUMBER = r"^-?[0-9]+(?:\.[0-9]+)?$"
_COMPARED = {LEAST: GreaterThanOrEqual, MOST: LessThanOrEqual, BEFORE: LessThan, AFTER: GreaterThan}
_WORDS = {HAS: IContains, LACKS: IContains, STARTS: IStartsWith}


def own_filter(
    workspace, dimension: Dimension, people: Sequence[tuple[str, Any]], known: Callable[[Any, str], Any]
) -> Filter:
    """Of a dimension with a field. people: [(value, label)] of the workspace's members. known: as `Filter` has it."""
    field = dimension.field
    if field is None:
        raise ValueError(f"{dimension.key} is no field of the workspace's own")
    missing = holds(workspace, Condition(dimension.key, (NOTHING,)))
    if field.kind not in KINDS:
        choices = people if dimension.is_person else [(choice, choice) for choice in field.choices]
        return Filter(
            dimension.parameter,
            dimension.label,
            choices=lambda _workspace: choices,
            holds=lambda values: holds(workspace, Condition(dimension.key, tuple(values))),
            missing=missing,
            known=known,
        )
    kind = KINDS[field.kind]
    return Filter(
        dimension.parameter,
        dimension.label,
        kind=kind,
        asks=lambda operator, values: _asks(field.key, kind, operator, values),
        missing=missing,
        reads=to_amount if kind in (Kind.NUMBER, Kind.MONEY) else None,
        icon="calendar" if kind == Kind.DATE else "filter",
    )


def _asks(key: str, kind: Kind, operator: str, values: Sequence[Any]) -> Q:
    stored: Any = KeyTextTransform(key, F("custom"))
    if kind in (Kind.NUMBER, Kind.MONEY):
        # A match asked for yes or no takes half the time of one that hands out its text.
        number = Cast(stored, DecimalField(max_digits=30, decimal_places=6))
        stored = Case(When(Regex(stored, NUMBER), then=number))
    # Days compare as they are written.
    asked = [value.isoformat() if isinstance(value, dt.date) else value for value in values]
    if operator == BETWEEN:
        return Q(GreaterThanOrEqual(stored, asked[0])) & Q(LessThanOrEqual(stored, asked[1]))
    if operator in _COMPARED:
        return Q(_COMPARED[operator](stored, asked[0]))
    equal = IExact if kind == Kind.TEXT else Exact
    found = Q(_WORDS.get(operator, equal)(stored, asked[0]))
    # Neither is nor is not is true of nothing.
    return Q(IsNull(stored, True)) | ~found if operator in (IS_NOT, LACKS) else found
