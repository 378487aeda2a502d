"""Text → date. The order of day and month is read from the whole column; where the column does not tell, it is asked."""

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from functools import cache

from django.utils.translation import gettext as _

from jobs.imports.table import Cell

YMD, DMY, MDY = "ymd", "dmy", "mdy"
ORDERS = (YMD, DMY, MDY)
MONTHS = {"janfebmaraprmayjunjulaugsepoctnovdec"[3 * n : 3 * n + 3]: n + 1 for n in range(12)}
YEAR_FIRST = re.compile(r"(\d{4})\s*[-/.年\s]\s*(\d{1,2})\s*[-/.月\s]\s*(\d{1,2})\s*[日号]?")
COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
YEAR_LAST = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4}|\d{2})")
DAY_NAMED = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[-/. ]*([A-Za-z]{3,9})[-/., ]*(\d{4}|\d{2})")
NAMED_DAY = re.compile(r"([A-Za-z]{3,9})\.?[- ]*(\d{1,2})(?:st|nd|rd|th)?[-, ]+(\d{4})")
TIME = re.compile(r"[T\s]+\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?\s*([ap]m)?\s*(Z|[+-]\d{2}:?\d{2})?$", re.I)
FULL_WIDTH = str.maketrans("０１２３４５６７８９－／．　", "0123456789-/. ")
FIRST_YEAR, LAST_YEAR = 1900, 2200


class BadValue(ValueError):
    """A cell that cannot be understood; the text is for people."""


def shown(cell: Cell) -> str:
    text = str(cell)
    return text if len(text) <= 60 else text[:60] + "…"


def _plain(text: str) -> str:
    return TIME.sub("", text.translate(FULL_WIDTH).strip())


def possible_orders(cells: Iterable[Cell]) -> tuple[str, ...]:
    """Orders of day, month and year that the column's text leaves possible; several mean that somebody must say.

    Dates that say their order themselves (2025-03-01, 1 Mar 2025, a workbook's own dates) decide nothing and need
    nothing. When no order fits every cell, those that fit the most remain: the others are errors in their cells.
    """
    fits = dict.fromkeys(ORDERS, 0)
    seen = 0
    for text in {cell for cell in cells if isinstance(cell, str)}:
        if not (match := YEAR_LAST.fullmatch(_plain(text))):
            continue
        seen += 1
        for order in ORDERS:
            fits[order] += _is_plausible(match, order)
    if not seen:
        return (YMD,)
    most = max(fits.values())
    return tuple(order for order in ORDERS if fits[order] == most) if most else (DMY, MDY)


def ambiguous_sample(cells: Iterable[Cell]) -> str:
    """A text of the column whose order must be known, to show beside the question; empty when there is none."""
    return next((cell for cell in cells if isinstance(cell, str) and YEAR_LAST.fullmatch(_plain(cell))), "")


def _is_plausible(match: re.Match, order: str) -> bool:
    """29-02-2023 says that the day comes first although there was no such day."""
    if order == YMD and len(match[3]) == 4:
        return False
    _named_year, month, day = _in_order(match, order)
    return 1 <= int(month) <= 12 and 1 <= int(day) <= 31


def _in_order(match: re.Match, order: str) -> tuple[str, str, str]:
    """(year, month, day) as text."""
    first, second, third = match[1], match[2], match[3]
    if order == YMD:
        return first, second, third
    return (third, second, first) if order == DMY else (third, first, second)


def _ordered(match: re.Match, order: str) -> date | None:
    year, month, day = _in_order(match, order)
    return _real(_year(year), int(month), int(day))


def _year(text: str) -> int:
    year = int(text)
    if len(text) > 2:
        return year
    return year + (2000 if year < 70 else 1900)


def _real(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


@cache
def _month(name: str) -> int | None:
    return MONTHS.get(name[:3].lower())


def to_date(cell: Cell, order: str | None) -> date:
    """The day a cell names; a time of day is dropped. Raises BadValue. order: None when it was not decided."""
    if isinstance(cell, date):
        return _sensible(cell, cell)
    if isinstance(cell, Decimal):
        return _from_number(cell)
    text = _plain(cell)
    found: date | None = None
    if match := YEAR_FIRST.fullmatch(text) or COMPACT.fullmatch(text):
        found = _real(int(match[1]), int(match[2]), int(match[3]))
    elif match := YEAR_LAST.fullmatch(text):
        if order is None or (order == YMD and len(match[3]) == 4):
            raise BadValue(_("“%(text)s”: choose the order of day and month for this column.") % {"text": shown(cell)})
        found = _ordered(match, order)
    elif (match := DAY_NAMED.fullmatch(text)) and _month(match[2]):
        found = _real(_year(match[3]), _month(match[2]) or 0, int(match[1]))
    elif (match := NAMED_DAY.fullmatch(text)) and _month(match[1]):
        found = _real(int(match[3]), _month(match[1]) or 0, int(match[2]))
    else:
        raise BadValue(_("“%(text)s” is not a date. Write it as 2025-03-31.") % {"text": shown(cell)})
    if found is None:
        raise BadValue(_("“%(text)s”: there is no such day.") % {"text": shown(cell)})
    return _sensible(found, cell)


def _from_number(cell: Decimal) -> date:
    text = format(cell, "f")
    if (match := COMPACT.fullmatch(text)) and (found := _real(int(match[1]), int(match[2]), int(match[3]))):
        return _sensible(found, cell)
    raise BadValue(
        _("“%(text)s” is a number, not a date. Format the column as dates in the spreadsheet.") % {"text": shown(cell)}
    )


def _sensible(day: date, cell: Cell) -> date:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise BadValue(_("“%(text)s”: the year is out of range.") % {"text": shown(cell)})
    return day
