"""Metrics from exact sums. Pure.

Everything is worked out in fractions and rounded once, half away from zero, at the end: an intermediate rounded on the
way (a churn rate of 1/7) moves a cent. A metric whose denominator is zero is None, never 0 or infinite.
"""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple


class Sums(NamedTuple):
    """The exact sums of one period, amounts in base currency; names as in `metrics.models.PeriodFigures`.

    monthly_churn: (churned customers, customers at the start) of each of the months that lifetime value looks at.
    contracts_open: as of the last closed day, so the only one of these that is not kept per period. committed_new and
    committed_lost: None where they were not kept yet when the period was published.
    """

    mrr_start: Decimal
    new: Decimal
    expansion: Decimal
    contraction: Decimal
    churn: Decimal
    reactivation: Decimal
    mrr_end: Decimal
    customers_start: int
    customers_end: int
    new_customers: int
    churned_customers: int
    nrr_then: Decimal
    nrr_now: Decimal
    grr_now: Decimal
    contracts_due: int
    contracts_renewed: int
    value_due: Decimal
    value_renewed: Decimal
    spend: Decimal
    cac_spend: Decimal
    gross_margin_percent: Decimal
    committed_new: Decimal | None
    committed_lost: Decimal | None
    contracts_open: int = 0
    monthly_churn: Sequence[tuple[int, int]] = ()


def money(value: Fraction | None) -> Decimal | None:
    """An amount to cents."""
    return rounded(value, 2)


def rate(value: Fraction | None) -> Decimal | None:
    """A ratio to six places."""
    return rounded(value, 6)


def rounded(value: Fraction | None, places: int) -> Decimal | None:
    """`value` rounded half away from zero, in whole-number arithmetic."""
    if value is None:
        return None
    numerator, denominator = value.as_integer_ratio()
    units = (2 * abs(numerator) * 10**places + denominator) // (2 * denominator)
    return Decimal(units if numerator >= 0 else -units).scaleb(-places)


def over(numerator, denominator) -> Fraction | None:
    """The exact quotient, None when there is nothing to divide by."""
    if numerator is None or denominator is None or denominator == 0:
        return None
    over_numerator, over_denominator = numerator.as_integer_ratio()
    under_numerator, under_denominator = denominator.as_integer_ratio()
    return Fraction(over_numerator * under_denominator, over_denominator * under_numerator)


def customer_churn_rate(sums: Sums) -> Fraction | None:
    return over(sums.churned_customers, sums.customers_start)


def gross_mrr_churn_rate(sums: Sums) -> Fraction | None:
    return over(-(sums.churn + sums.contraction), sums.mrr_start)


def net_mrr_churn_rate(sums: Sums) -> Fraction | None:
    return over(-(sums.churn + sums.contraction + sums.expansion + sums.reactivation), sums.mrr_start)


def nrr(sums: Sums) -> Fraction | None:
    return over(sums.nrr_now, sums.nrr_then)


def grr(sums: Sums) -> Fraction | None:
    return over(sums.grr_now, sums.nrr_then)


def quick_ratio(sums: Sums) -> Fraction | None:
    return over(sums.new + sums.expansion + sums.reactivation, -(sums.churn + sums.contraction))


def arpa(sums: Sums) -> Fraction | None:
    return over(sums.mrr_end, sums.customers_end)


def asp(sums: Sums) -> Fraction | None:
    return over(sums.new, sums.new_customers)


def mean_monthly_churn(sums: Sums) -> Fraction | None:
    """The simple mean of the monthly churn rates; months without a customer at their start are left out."""
    rates = [Fraction(churned, start) for churned, start in sums.monthly_churn if start]
    return sum(rates, Fraction(0)) / len(rates) if rates else None


def ltv(sums: Sums) -> Fraction | None:
    per_account = arpa(sums)
    if per_account is None:
        return None
    return over(per_account * Fraction(sums.gross_margin_percent) / 100, mean_monthly_churn(sums))


def cac(sums: Sums) -> Fraction | None:
    return over(sums.cac_spend, sums.new_customers)


def ltv_cac(sums: Sums) -> Fraction | None:
    return over(ltv(sums), cac(sums))


def cac_payback_months(sums: Sums) -> Fraction | None:
    sale = asp(sums)
    if sale is None:
        return None
    return over(cac(sums), sale * Fraction(sums.gross_margin_percent) / 100)


def renewal_rate(sums: Sums) -> Fraction | None:
    return over(sums.contracts_renewed, sums.contracts_due)


def renewal_rate_value(sums: Sums) -> Fraction | None:
    return over(sums.value_renewed, sums.value_due)


def committed_mrr(sums: Sums) -> Decimal | None:
    """What MRR comes to once all that is signed has begun and all that is known to end has ended."""
    if sums.committed_new is None or sums.committed_lost is None:
        return None
    return sums.mrr_end + sums.committed_new - sums.committed_lost
