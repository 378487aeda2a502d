"""An account's own ledger: every change of its MRR with the lines that caused it, and what the rates moved between. Pure."""

import datetime as dt
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from metrics.calendar import month_ends

ONE_DAY = dt.timedelta(days=1)
ZERO = Decimal("0.00")


@dataclass(frozen=True)
class Span:
    """A line and the days on which it counts, as `metrics.models.LineSpan` has it, with what its contract and product are
    called.
    """

    contract_id: Any
    contract: str
    product: str
    currency: str
    first_day: dt.date
    last_day: dt.date | None
    mrr: Decimal


@dataclass(frozen=True)
class Cause:
    """A line that began (`change` above zero) or ended: in its own currency, the day's rate, and what that is in base."""

    span: Span
    change: Decimal
    rate: Decimal
    amount: Decimal


@dataclass(frozen=True)
class RateChange:
    """What a balance in another currency met: the rates at the entry before and at this one."""

    currency: str
    balance: Decimal
    before: Decimal
    after: Decimal


@dataclass(frozen=True)
class Entry:
    """kind: of a movement, ``fx`` for what rates moved since the entry before, None where rounding left nothing to book.
    mrr: after it, in base currency; balances: the same by currency. Amounts of all entries add up to the last `mrr`.
    """

    day: dt.date
    kind: str | None
    amount: Decimal
    mrr: Decimal
    balances: dict[str, Decimal]
    lines: list[Cause] = field(default_factory=list)
    rates: list[RateChange] = field(default_factory=list)


class Rates:
    """Rates of other currencies by day; the base currency's is 1."""

    def __init__(self, base: str, rows: Sequence[tuple[str, dt.date, Decimal]]):
        self.base = base
        self._days: dict[str, list[dt.date]] = {}
        self._rates: dict[str, list[Decimal]] = {}
        for currency, day, rate in sorted(rows):
            self._days.setdefault(currency, []).append(day)
            self._rates.setdefault(currency, []).append(rate)

    def on(self, currency: str, day: dt.date) -> Decimal:
        """In force on `day`: of what is closed there is one."""
        if currency == self.base:
            return Decimal(1)
        return self._rates[currency][bisect_right(self._days[currency], day) - 1]

    def worth(self, balances: Mapping[str, Decimal], day: dt.date) -> Decimal:
        exact = sum((amount * self.on(currency, day) for currency, amount in balances.items()), Decimal(0))
        return exact.quantize(ZERO, ROUND_HALF_UP)


def entries(
    days: Sequence[tuple[dt.date, dict[str, Decimal], str | None, Decimal | None]],
    spans: Sequence[Span],
    rates: Rates,
    *,
    through: dt.date,
) -> list[Entry]:
    """Oldest first. days: (day, balances from then on, kind, amount) as the closing wrote them, oldest first.

    What the rates did is told on the days of movements, at ends of months, and on `through`.
    """
    if not days:
        return []
    found: list[Entry] = []
    at: dt.date = days[0][0]
    balances: dict[str, Decimal] = {}
    mrr = ZERO
    changed = {day: (after, kind, amount) for day, after, kind, amount in days}
    stops = sorted({*changed, *(end for end in month_ends(days[0][0], through) if end <= through)})
    for day in stops:
        if moved := _fx(balances, mrr, at, day, rates):
            mrr += moved.amount
            found.append(moved)
        if day in changed:
            balances, kind, amount = changed[day]
            mrr = rates.worth(balances, day)
            found.append(Entry(day, kind, amount or ZERO, mrr, balances, _causes(spans, day, rates)))
            # Rounded by itself, a movement can differ by a cent from what the balance did.
            if found and (rest := mrr - sum(entry.amount for entry in found)):
                found.append(Entry(day, "fx", rest, mrr, balances))
        at = day
    return found


def _fx(balances: dict[str, Decimal], mrr: Decimal, since: dt.date, day: dt.date, rates: Rates) -> Entry | None:
    """What the rates did to the balance from `since` to `day`; None when nothing."""
    now = rates.worth(balances, day)
    if now == mrr:
        return None
    changes = [
        RateChange(currency, balance, rates.on(currency, since), rates.on(currency, day))
        for currency, balance in sorted(balances.items())
        if rates.on(currency, since) != rates.on(currency, day)
    ]
    return Entry(day, "fx", now - mrr, now, balances, rates=changes)


def _causes(spans: Sequence[Span], day: dt.date, rates: Rates) -> list[Cause]:
    found = []
    for span in spans:
        for change, on in ((span.mrr, span.first_day), (-span.mrr, span.last_day and span.last_day + ONE_DAY)):
            if on == day:
                rate = rates.on(span.currency, day)
                found.append(Cause(span, change, rate, (change * rate).quantize(ZERO, ROUND_HALF_UP)))
    return sorted(found, key=lambda cause: (cause.change > 0, cause.span.contract, cause.span.product))
