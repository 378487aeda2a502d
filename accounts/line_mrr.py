"""MRR of one contract line, exactly as docs/metrics.md defines it. For showing a line beside its contract; the
ledger's figures are computed by the closing in SQL, and tests hold both to the same golden books.
"""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from accounts.terms import ONE_DAY, add_months, whole_months

MONTHS_OF = {
    "week": Fraction(12, 52),
    "month": Fraction(1),
    "quarter": Fraction(3),
    "half_year": Fraction(6),
    "year": Fraction(12),
}


@dataclass(frozen=True)
class Amount:
    """What a line says. first_day, last_day: its written window (its own dates, else its contract's), both inclusive.

    tax_rate_percent: the rate to take out, None when the amounts carry no tax. interval_months goes before interval.
    """

    quantity: Decimal
    unit_amount: Decimal
    interval: str
    first_day: dt.date
    last_day: dt.date | None
    interval_months: int | None = None
    discount_percent: Decimal = Decimal(0)
    tax_rate_percent: Decimal | None = None


def months_of(amount: Amount) -> Fraction:
    """How many months the amount is for. Raises ValueError for a whole term without an end."""
    if amount.interval_months:
        return Fraction(amount.interval_months)
    if amount.interval != "term":
        return MONTHS_OF[amount.interval]
    if amount.last_day is None:
        raise ValueError("an amount for the whole term needs a last day")
    return _months_between(amount.first_day, amount.last_day)


def line_mrr(amount: Amount) -> Decimal:
    """Monthly recurring revenue of the line, in the contract's currency, rounded half up to cents once."""
    value = Fraction(amount.quantity) * Fraction(amount.unit_amount) * (100 - Fraction(amount.discount_percent)) / 100
    if amount.tax_rate_percent is not None:
        value = value * 100 / (100 + Fraction(amount.tax_rate_percent))
    return _to_cents(value / months_of(amount))


def written_total(amount: Amount) -> Decimal | None:
    """What the line comes to over its written window, after discount, as written (tax left in), to cents; None when it
    has no last day.
    """
    if amount.last_day is None:
        return None
    value = Fraction(amount.quantity) * Fraction(amount.unit_amount) * (100 - Fraction(amount.discount_percent)) / 100
    window = _months_between(amount.first_day, amount.last_day)
    return _to_cents(value * window / months_of(amount))


def _months_between(first_day: dt.date, last_day: dt.date) -> Fraction:
    """Whole months of an inclusive window plus its remaining days ÷ 30."""
    after = last_day + ONE_DAY
    months = whole_months(first_day, after)
    return months + Fraction((after - add_months(first_day, months)).days, 30)


def _to_cents(value: Fraction) -> Decimal:
    """Half up; amounts are not negative."""
    cents = value * 100
    whole = (2 * cents.numerator + cents.denominator) // (2 * cents.denominator)
    return Decimal(whole).scaleb(-2)
