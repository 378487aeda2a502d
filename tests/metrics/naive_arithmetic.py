"""Dates and roundings for the reference, written without a look at the product's own."""

import calendar
import datetime as dt
from decimal import Decimal
from fractions import Fraction


def plus_months(day: dt.date, months: int) -> dt.date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def months_between(first: dt.date, last: dt.date) -> int:
    months = 0
    while plus_months(first, months + 1) <= last:
        months += 1
    return months


def half_up(value: Fraction, places: int) -> Decimal:
    scaled = abs(value) * 10**places
    units = scaled.numerator // scaled.denominator
    if scaled - units >= Fraction(1, 2):
        units += 1
    return Decimal(units if value >= 0 else -units).scaleb(-places)


def cents(value: Fraction) -> Fraction:
    return Fraction(half_up(value, 2))


def date(text) -> dt.date | None:
    return dt.date.fromisoformat(text) if isinstance(text, str) else text


def over(numerator, denominator):
    return None if numerator is None or not denominator else Fraction(numerator) / Fraction(denominator)


def places(value, count):
    return None if value is None else half_up(value, count)
