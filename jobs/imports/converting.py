"""How the cells of one column become values of a field."""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from jobs.imports import kinds
from jobs.imports.dates import to_date
from jobs.imports.kinds import Field
from jobs.imports.table import Cell
from jobs.imports.values import (
    decimal_mark,
    is_nothing,
    to_amount,
    to_boolean,
    to_choice,
    to_discount,
    to_identifier,
    to_integer,
    to_list,
    to_percent,
    to_text,
)

# In place of a choice's code: cells of this text have no value.
LEFT_EMPTY = "-"


@dataclass
class Column:
    """One mapped column. order: of day and month, None while undecided; scale: how bare numbers of a percent column are
    meant, None while undecided; words: text of a cell (`choice_key`) → code, where the field's own words do not do;
    joined: columns whose cells are put behind this one's.
    """

    field: str
    order: str | None = None
    multiplier: int = 1
    scale: str | None = None
    words: dict[str, str] = dataclasses.field(default_factory=dict)
    joined: list[int] = dataclasses.field(default_factory=list)


def joined_name(parts: list[Cell]) -> str:
    """Given and family name as one: 三 + 张 → 张三, Jane + Doe → Jane Doe."""
    texts = [text for part in parts if (text := to_text(part).strip())]
    if texts and all("\u4e00" <= sign <= "\u9fff" for text in texts for sign in text):
        return "".join(reversed(texts))
    return " ".join(texts)


def converter(each: Field, column: Column, cells: list[Cell]) -> Callable[[Cell], Any]:
    """cell → value as the API takes it, None for no value; raises BadValue."""
    if each.type == kinds.TEXT:
        return to_text
    if each.type == kinds.IDENTIFIER:
        return to_identifier
    read = _reader(each, column, cells)

    def convert(cell: Cell) -> Any:
        if is_nothing(cell) or (isinstance(cell, str) and cell.strip().lower() in each.nothing):
            return None
        return read(cell)

    return convert


def _reader(each: Field, column: Column, cells: list[Cell]) -> Callable[[Cell], Any]:
    if each.type == kinds.REFERENCE:
        return to_identifier
    if each.type == kinds.DATE:
        return lambda cell: to_date(cell, column.order)
    if each.type == kinds.BOOLEAN:
        return lambda cell: to_boolean(cell, each.words)
    if each.type == kinds.LIST:
        return lambda cell: to_list(cell, each.separators)
    if each.type in (kinds.CHOICE, kinds.CHOICES):
        words = {**each.words, **column.words}
        if each.type == kinds.CHOICE:
            return lambda cell: _or_nothing(to_choice(cell, words))
        return lambda cell: _without_nothing([to_choice(part, words) for part in to_list(cell, ",，;；、|/\n")])
    mark = decimal_mark(cells)
    if each.type == kinds.INTEGER:
        return lambda cell: to_integer(cell, mark)
    if each.type == kinds.PERCENT:
        return lambda cell: to_percent(cell, column.scale, mark)
    if each.type == kinds.DISCOUNT:
        return lambda cell: to_discount(cell, column.scale, mark)
    return lambda cell: to_amount(cell, mark, column.multiplier)


def _or_nothing(code: str) -> str | None:
    return None if code == LEFT_EMPTY else code


def _without_nothing(codes: list[str]) -> list[str] | None:
    return [code for code in codes if code != LEFT_EMPTY] or None
