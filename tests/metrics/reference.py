"""The definitions of docs/metrics.md once more, as naively as they read: day by day, account by account, in fractions.

Shares nothing with the product, so that the two can find each other's mistakes. Takes a book as in tests/golden and
answers in the books' words. Slow; for small books.
"""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from tests.metrics.naive_arithmetic import cents, date, half_up, months_between, over, places, plus_months

DAY = dt.timedelta(days=1)
NEVER = dt.date.max
INTERVALS = {"month": 1, "quarter": 3, "year": 12}


class NoRate(Exception):
    def __init__(self, currency, day):
        super().__init__(currency, day)
        self.currency, self.day = currency, day


@dataclass
class Line:
    first: dt.date
    own_last: dt.date | None  # None: goes on as long as its contract
    mrr: Fraction
    product: str = ""

    def is_alive(self, day, last):
        ends = min((end for end in (self.own_last, last) if end), default=None)
        return self.first <= day and (ends is None or day <= ends)


@dataclass
class Contract:
    key: str
    account: str
    currency: str
    starts: dt.date
    ends: dt.date | None
    auto: bool
    notice: dt.date | None
    renews: str | None
    grace: int
    signed: dt.date | None = None
    lines: list[Line] = field(default_factory=list)
    succeeded_on: dt.date | None = None
    counted_to: dt.date | None = None
    successors: list["Contract"] = field(default_factory=list)

    @property
    def term(self):
        return max(1, months_between(self.starts, self.ends + DAY))

    def term_end(self, number):
        return plus_months(self.ends + DAY, number * self.term) - DAY

    @property
    def unsucceeded_last(self):
        if self.ends is None:
            return None
        if self.auto:
            if self.notice is None:
                return None
            number = 0
            while self.term_end(number) < self.notice:
                number += 1
            return self.term_end(number)
        with_grace = self.ends + self.grace * DAY
        if self.notice is None:
            return with_grace
        return self.ends if self.notice <= self.ends else min(self.notice, with_grace)

    @property
    def last(self):
        before = self.succeeded_on - DAY if self.succeeded_on else None
        return min((day for day in (self.unsucceeded_last, before, self.counted_to) if day), default=None)

    @property
    def end_known_from(self):
        """The days on which something said when this is over, if that is what ends it."""
        days = [self.notice] if self.notice else []
        if self.succeeded_on and self.last == self.succeeded_on - DAY:
            first = [successor.signed for successor in self.successors if successor.starts == self.succeeded_on]
            days.append(min((day for day in first if day), default=self.succeeded_on))
        return days

    def balance(self, day, last):
        return sum((line.mrr for line in self.lines if line.is_alive(day, last)), Fraction(0))


def line_mrr(contract: dict, line: dict) -> Fraction:
    first = date(line["starts_on"]) or date(contract["starts_on"])
    last = date(line["ends_on"]) or date(contract["ends_on"])
    if line.get("interval_months"):
        months = Fraction(line["interval_months"])
    elif line["interval"] == "term":
        after = last + DAY
        whole = months_between(first, after)
        months = whole + Fraction((after - plus_months(first, whole)).days, 30)
    else:
        months = {
            "week": Fraction(12, 52),
            "month": Fraction(1),
            "quarter": Fraction(3),
            "half_year": Fraction(6),
            "year": Fraction(12),
        }[line["interval"]]
    amount = Fraction(line["quantity"]) * Fraction(line["unit_amount"])
    amount *= (100 - Fraction(line["discount_percent"])) / 100
    if contract["tax_included"]:
        amount *= Fraction(100) / (100 + Fraction(contract["tax_rate_percent"] or 0))
    return cents(amount / months)


class Book:
    def __init__(self, content: dict, until: dt.date):
        choices = content["workspace"]
        self.until = until
        self.base = choices["base_currency"]
        # What was chosen from which day on; a row says only what it changes.
        self.choices = [(dt.date.min, choices)]
        for row in sorted(content.get("settings", []), key=lambda row: row["effective_from"]):
            self.choices.append((date(row["effective_from"]), self.choices[-1][1] | row))
        self.start_month = choices.get("fiscal_year_start_month", 1)
        self.rates = sorted((row["currency"], date(row["date"]), Fraction(row["rate"])) for row in content["fx_rates"])
        self.spend = [(date(row["date"]), Fraction(row["amount"])) for row in content["spend"]]
        self.contracts = self._contracts(content["contracts"])
        self.by_account = defaultdict(list)
        for contract in self.contracts:
            self.by_account[contract.account].append(contract)
        self._balances = {}
        self.movements, self.ever = self._movements()

    def chosen(self, name, day, otherwise):
        """The setting `name` that is in force on `day`."""
        return [row for since, row in self.choices if since <= day][-1].get(name, otherwise)

    def _contracts(self, rows) -> list[Contract]:
        made = {}
        for row in rows:
            if row["kind"] != "subscription":
                continue
            contract = Contract(
                row["external_id"],
                row["account"],
                row["currency"],
                date(row["starts_on"]),
                date(row["ends_on"]),
                bool(row["auto_renew"] and row["ends_on"]),
                date(row["cancelled_on"]),
                row["renews"],
                self.chosen("renewal_grace_days", date(row["ends_on"] or row["starts_on"]), 0),
                date(row.get("signed_on")),
            )
            if contract.notice and self.chosen("churn_timing", contract.notice, "") == "notice":
                contract.counted_to = contract.notice
            for line in row["lines"]:
                own = date(line["ends_on"])
                contract.lines.append(
                    Line(
                        date(line["starts_on"]) or contract.starts,
                        None if own is None or own == contract.ends else own,
                        line_mrr(row, line),
                        line["product"],
                    )
                )
            made[contract.key] = contract
        for contract in made.values():
            before = made.get(contract.renews)
            if before and before.account == contract.account:
                before.successors.append(contract)
        for contract in made.values():
            if contract.successors:
                contract.succeeded_on = min(successor.starts for successor in contract.successors)
        return list(made.values())

    # Balances

    def balances(self, account, day) -> dict[str, Fraction]:
        """By currency, what is above zero."""
        key = account, day
        if key not in self._balances:
            found = defaultdict(Fraction)
            for contract in self.by_account[account]:
                found[contract.currency] += contract.balance(day, contract.last)
            self._balances[key] = {currency: amount for currency, amount in found.items() if amount}
        return self._balances[key]

    def rate(self, currency, day) -> Fraction:
        if currency == self.base:
            return Fraction(1)
        rates = [rate for money, from_day, rate in self.rates if money == currency and from_day <= day]
        if not rates:
            raise NoRate(currency, day)
        return rates[-1]

    def worth(self, account, day) -> Fraction:
        return cents(
            sum((amount * self.rate(money, day) for money, amount in self.balances(account, day).items()), Fraction(0))
        )

    def is_paying(self, account, day) -> bool:
        return bool(self.balances(account, day))

    def paying(self, day) -> list[str]:
        return [account for account in self.by_account if self.is_paying(account, day)]

    def _movements(self):
        rows, ever, left = [], {}, {}
        for account, contracts in self.by_account.items():
            days = set()
            for contract in contracts:
                for line in contract.lines:
                    days.add(line.first)
                    ends = min((end for end in (line.own_last, contract.last) if end), default=None)
                    if ends:
                        days.add(ends + DAY)
            for day in sorted(days):
                if day > self.until:
                    break
                before, after = self.balances(account, day - DAY), self.balances(account, day)
                if before == after:
                    continue
                amount = cents(
                    sum(
                        (
                            (after.get(money, Fraction(0)) - before.get(money, Fraction(0))) * self.rate(money, day)
                            for money in {*before, *after}
                            if after.get(money) != before.get(money)
                        ),
                        Fraction(0),
                    )
                )
                if not before:
                    longest = self.chosen("reactivation_after_days", day, None)
                    is_back = account in ever and (longest is None or (day - left[account]).days <= longest)
                    kind = "reactivation" if is_back else "new"
                elif not after:
                    kind = "churn"
                else:
                    kind = "expansion" if amount > 0 else "contraction"
                if after:
                    ever.setdefault(account, day)
                else:
                    left[account] = day
                if amount:
                    rows.append((day, account, kind, amount))
        return sorted(rows), ever

    # What is committed

    def committed(self, day) -> tuple[Decimal, Decimal]:
        """What is signed and not begun, and what counts but is known to end, at the end of `day`."""
        new, lost = Fraction(0), Fraction(0)
        for account in self.by_account:
            begins, ends = self.committed_of(account, day)
            new += self.converted(begins, day)
            lost += self.converted(ends, day)
        return half_up(new, 2), half_up(lost, 2)

    def committed_of(self, account, day, counts=lambda contract, line: True):
        """Both by currency, of one account's lines that count."""
        begins, ends = defaultdict(Fraction), defaultdict(Fraction)
        for contract in self.by_account[account]:
            known = contract.signed or contract.starts
            for line in contract.lines:
                last = min((end for end in (line.own_last, contract.last) if end), default=None)
                if not counts(contract, line) or (last is not None and last < line.first):
                    continue
                if known <= day < line.first:
                    begins[contract.currency] += line.mrr
                leaves = line.own_last is not None and last == line.own_last
                known_to_end = [known] if leaves else contract.end_known_from
                if line.first <= day and last is not None and day <= last and min(known_to_end, default=NEVER) <= day:
                    ends[contract.currency] += line.mrr
        return begins, ends

    def converted(self, amounts, day) -> Fraction:
        """In cents; what has no rate yet does not count yet."""
        total = Fraction(0)
        for currency, amount in amounts.items():
            try:
                total += amount * self.rate(currency, day)
            except NoRate:
                continue
        return cents(total)

    # Renewals

    def term_ends(self, first, last):
        """(contract, day, renewed, value, value renewed) of what falls due from `first` through `last`."""
        for contract in self.contracts:
            if contract.ends is None:
                continue
            number = 0
            while True:
                day = contract.term_end(number)
                if day > last:
                    break
                start = contract.succeeded_on
                grace = self.chosen("renewal_grace_days", day, 0)
                by_successor = start is not None and start <= day + (grace + 1) * DAY
                noticed = contract.notice is not None and contract.notice <= day
                by_itself = contract.auto and not noticed and not by_successor
                if day >= first:
                    native = contract.balance(day, None)
                    value = cents(native * self.rate(contract.currency, day)) if native else Fraction(0)
                    renewed = value if by_itself else Fraction(0)
                    if by_successor:
                        followers = [successor for successor in contract.successors if successor.starts == start]
                        worth = Fraction(0)
                        for follower in followers:
                            native = follower.balance(start, follower.last)
                            worth += cents(native * self.rate(follower.currency, start)) if native else 0
                        renewed = min(value, worth)
                    yield contract, day, by_successor or by_itself, value, renewed
                if not by_itself:
                    break
                number += 1

    # Periods

    def rows(self, interval: str) -> list[dict]:
        """One row for each period from the one of the first movement to the one of `until`, in the books' words."""
        if not self.movements:
            return []
        start = self._start_of(self.movements[0][0], interval)
        rows = []
        while start <= self.until:
            after = plus_months(start, INTERVALS[interval])
            rows.append(self._row(start, after - DAY, interval))
            start = after
        return rows

    def _start_of(self, day, interval):
        start = day.replace(day=1)
        while (start.month - self.start_month) % INTERVALS[interval]:
            start = plus_months(start, -1)
        return start

    def _churn(self, start, end):
        """Customers at the start without a balance at the end, customers at the start."""
        before = self.paying(start - DAY)
        return len([account for account in before if not self.is_paying(account, end)]), len(before)

    def _spent(self, first, last):
        return sum((amount for day, amount in self.spend if first <= day <= min(last, self.until)), Fraction(0))

    def _row(self, start, period_end, interval) -> dict:
        end = min(period_end, self.until)
        moved = defaultdict(Fraction)
        new_customers = 0
        for day, _account, kind, amount in self.movements:
            if start <= day <= end:
                moved[kind] += amount
                new_customers += kind == "new"
        mrr_start = sum((self.worth(account, start - DAY) for account in self.paying(start - DAY)), Fraction(0))
        customers = self.paying(end)
        mrr = sum((self.worth(account, end) for account in customers), Fraction(0))
        churned, customers_start = self._churn(start, end)
        lost = -(moved["churn"] + moved["contraction"])
        window = self.chosen("nrr_window_months", end, 12)
        year_ago = plus_months(end.replace(day=1), 1 - window) - DAY
        lag = self.chosen("cac_lag_months", end, 0)
        margin = Fraction(self.chosen("gross_margin_percent", end, 80)) / 100
        then = {account: self.worth(account, year_ago) for account in self.paying(year_ago)}
        now = {account: self.worth(account, end) if self.is_paying(account, end) else Fraction(0) for account in then}
        terms = list(self.term_ends(start, end))
        lagged = plus_months(start, -lag), plus_months(period_end + DAY, -lag) - DAY
        cac = over(self._spent(*lagged), new_customers)
        asp = over(moved["new"], new_customers)
        arpa = over(mrr, len(customers))
        ltv = over(arpa * margin if arpa is not None else None, self._mean_churn(end))
        return {
            "period": self._name(start, interval),
            "mrr_start": half_up(mrr_start, 2),
            **{kind: half_up(moved[kind], 2) for kind in ("new", "expansion", "contraction", "churn", "reactivation")},
            "fx": half_up(mrr - mrr_start - sum(moved.values(), Fraction(0)), 2),
            "mrr_end": half_up(mrr, 2),
            "customers_start": customers_start,
            "customers_end": len(customers),
            "new_customers": new_customers,
            "churned_customers": churned,
            "customer_churn_rate": places(over(churned, customers_start), 6),
            "arr": half_up(mrr * 12, 2),
            "gross_mrr_churn_rate": places(over(lost, mrr_start), 6),
            "net_mrr_churn_rate": places(over(lost - moved["expansion"] - moved["reactivation"], mrr_start), 6),
            "quick_ratio": places(over(moved["new"] + moved["expansion"] + moved["reactivation"], lost), 6),
            "asp": places(asp, 2),
            "cac_payback_months": places(over(cac, asp * margin if asp is not None else None), 6),
            "ltv_cac": places(over(ltv, cac), 6),
            "arpa": places(arpa, 2),
            "ltv": places(ltv, 2),
            "nrr": places(over(sum(now.values(), Fraction(0)), sum(then.values(), Fraction(0))), 6),
            "grr": places(
                over(sum((min(now[key], then[key]) for key in then), Fraction(0)), sum(then.values(), Fraction(0))), 6
            ),
            "spend": half_up(self._spent(start, end), 2),
            "cac": places(cac, 2),
            "contracts_due": len(terms),
            "contracts_renewed": len([term for term in terms if term[2]]),
            "renewal_rate": places(over(len([term for term in terms if term[2]]), len(terms)), 6),
            "renewal_rate_value": places(
                over(sum((term[4] for term in terms), Fraction(0)), sum((term[3] for term in terms), Fraction(0))), 6
            ),
        }

    def _mean_churn(self, end):
        first_month = self._start_of(self.movements[0][0], "month")
        rates = []
        for back in range(self.chosen("ltv_churn_months", end, 12)):
            start = plus_months(end.replace(day=1), -back)
            if start < first_month:
                break
            churned, before = self._churn(start, min(plus_months(start, 1) - DAY, self.until))
            if before:
                rates.append(Fraction(churned, before))
        return sum(rates, Fraction(0)) / len(rates) if rates else None

    def _name(self, start, interval):
        if interval == "month":
            return f"{start.year:04}-{start.month:02}"
        # The year is called by its last day: go on month by month until the next one begins.
        following, passed = plus_months(start, 1), 1
        while following.month != self.start_month:
            following, passed = plus_months(following, 1), passed + 1
        year = (following - DAY).year
        return f"{year:04}" if interval == "year" else f"{year:04}-Q{4 - (passed - 1) // 3}"

    def movement_rows(self) -> list[dict]:
        return [
            {"account": account, "date": day.isoformat(), "kind": kind, "amount": half_up(amount, 2)}
            for day, account, kind, amount in self.movements
        ]
