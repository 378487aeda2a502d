"""What a slice is, once more and naively (docs/decisions/0016): day by day, account by account, beside the product."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction

from tests.metrics.naive_arithmetic import cents, half_up, over, places, plus_months
from tests.metrics.reference import DAY, INTERVALS, Book


@dataclass
class SlicedBook:
    """traits: account → (value now, [(day it changed, value before)]), of one dimension. wanted: values of the slice, or
    None for any. products, currencies: whose lines count, None for all. rates_on: convert everything at this day's rates.
    """

    book: Book
    traits: dict
    wanted: set | None = None
    products: set | None = None
    currencies: set | None = None
    rates_on: dt.date | None = None

    def trait(self, account, day):
        now, changes = self.traits[account]
        return next((before for changed, before in sorted(changes) if changed > day), now)

    def is_in(self, account, day):
        return self.wanted is None or self.trait(account, day) in self.wanted

    def counts(self, contract, line):
        """Whether a line is one of the slice's."""
        is_of_product = self.products is None or line.product in self.products
        return is_of_product and (self.currencies is None or contract.currency in self.currencies)

    def lines(self, account, day) -> dict:
        """By currency, what the lines that count come to."""
        found = defaultdict(Fraction)
        for contract in self.book.by_account[account]:
            for line in contract.lines:
                if self.counts(contract, line) and line.is_alive(day, contract.last):
                    found[contract.currency] += line.mrr
        return {currency: amount for currency, amount in found.items() if amount}

    def balances(self, account, day) -> dict:
        return self.lines(account, day) if self.is_in(account, day) else {}

    def exact(self, balances, day):
        at = self.rates_on or day
        return sum((amount * self.book.rate(money, at) for money, amount in balances.items()), Fraction(0))

    def worth(self, balances, day):
        return cents(self.exact(balances, day))

    def movements(self, first, last):
        """(day, account, kind, amount)."""
        day = first
        while day <= last:
            for account in self.book.by_account:
                before, after = self.balances(account, day - DAY), self.balances(account, day)
                if before == after:
                    continue
                if self.rates_on:
                    amount = self.worth(after, day) - self.worth(before, day)
                else:
                    changed = {
                        money: after.get(money, Fraction(0)) - before.get(money, Fraction(0))
                        for money in {*before, *after}
                    }
                    amount = cents(self.exact({money: by for money, by in changed.items() if by}, day))
                if not amount:
                    continue
                whole_before, whole_after = self.book.balances(account, day - DAY), self.book.balances(account, day)
                if not before:
                    kind = "entering" if whole_before else self._own_kind(account, day)
                elif not after:
                    kind = "leaving" if whole_after else "churn"
                else:
                    kind = "expansion" if amount > 0 else "contraction"
                yield day, account, kind, amount
            day += DAY

    def _own_kind(self, account, day):
        """How the account as a whole began on the day: as its own movement says, where that was not too small to be one."""
        kinds = [kind for moved_on, who, kind, _amount in self.book.movements if (moved_on, who) == (day, account)]
        return kinds[0] if kinds else "new" if self.book.ever.get(account) == day else "reactivation"

    def committed(self, day):
        """What is signed and not begun, and what is known to end, of the lines that count of accounts in the slice."""
        at = self.rates_on or day
        new, lost = Fraction(0), Fraction(0)
        for account in self.book.by_account:
            if self.is_in(account, day):
                begins, ends = self.book.committed_of(account, day, self.counts)
                new += self.book.converted(begins, at)
                lost += self.book.converted(ends, at)
        return new, lost

    def rows(self, interval) -> list[dict]:
        """One row for each period of the whole book."""
        if not self.book.movements:
            return []
        moved = list(self.movements(self.book.movements[0][0], self.book.until))
        start, rows = self.book._start_of(self.book.movements[0][0], interval), []
        while start <= self.book.until:
            after = plus_months(start, INTERVALS[interval])
            end = min(after - DAY, self.book.until)
            rows.append(self._row(start, end, [row for row in moved if start <= row[0] <= end], interval))
            start = after
        return rows

    def _row(self, start, end, moved, interval) -> dict:
        accounts = list(self.book.by_account)
        at_start = {account: self.balances(account, start - DAY) for account in accounts}
        at_end = {account: self.balances(account, end) for account in accounts}
        mrr_start = sum((self.worth(balances, start - DAY) for balances in at_start.values()), Fraction(0))
        mrr_end = sum((self.worth(balances, end) for balances in at_end.values()), Fraction(0))
        sums = {
            kind: sum((row[3] for row in moved if row[2] == kind), Fraction(0))
            for kind in ("new", "expansion", "contraction", "churn", "reactivation", "entering", "leaving")
        }
        window = self.book.chosen("nrr_window_months", end, 12)
        year_ago = plus_months(end.replace(day=1), 1 - window) - DAY
        then = {one: self.worth(had, year_ago) for one in accounts if (had := self.balances(one, year_ago))}
        now = {account: self.worth(self.lines(account, end), end) for account in then}
        start_customers = [account for account, had in at_start.items() if had]
        lost = [account for account in start_customers if not self.book.balances(account, end)]
        terms = [term for term in self.book.term_ends(start, end) if self.is_in(term[0].account, term[1])]
        if self.currencies is not None:
            terms = [term for term in terms if term[0].currency in self.currencies]
        signed, ending = self.committed(end)
        customers = len([account for account, has in at_end.items() if has])
        return {
            "period": self.book._name(start, interval),
            "mrr_start": half_up(mrr_start, 2),
            **{kind: half_up(amount, 2) for kind, amount in sums.items()},
            "fx": half_up(mrr_end - mrr_start - sum(sums.values(), Fraction(0)), 2),
            "mrr_end": half_up(mrr_end, 2),
            "customers_start": len(start_customers),
            "customers_end": customers,
            "new_customers": len([row for row in moved if row[2] == "new"]),
            "churned_customers": len(lost),
            "nrr": places(over(sum(now.values(), Fraction(0)), sum(then.values(), Fraction(0))), 6),
            "grr": places(over(sum((min(now[one], then[one]) for one in then), Fraction(0)), sum(then.values())), 6),
            "committed_new": half_up(signed, 2),
            "committed_lost": half_up(ending, 2),
            "ltv": places(over(self._margined(mrr_end, customers, end), self._mean_churn(end)), 2),
            "contracts_due": len(terms),
            "contracts_renewed": len([term for term in terms if term[2]]),
            "renewal_rate_value": places(
                over(sum((term[4] for term in terms), Fraction(0)), sum((term[3] for term in terms), Fraction(0))), 6
            ),
        }

    def _margined(self, mrr, customers, end):
        margin = Fraction(self.book.chosen("gross_margin_percent", end, 80)) / 100
        return None if not customers else mrr / customers * margin

    def _mean_churn(self, end):
        rates = []
        for back in range(self.book.chosen("ltv_churn_months", end, 12)):
            start = plus_months(end.replace(day=1), -back)
            month_end = min(plus_months(start, 1) - DAY, self.book.until)
            before = [account for account in self.book.by_account if self.balances(account, start - DAY)]
            gone = [account for account in before if not self.book.balances(account, month_end)]
            if before:
                rates.append(Fraction(len(gone), len(before)))
        return sum(rates, Fraction(0)) / len(rates) if rates else None
