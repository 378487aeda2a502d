"""Makes the demo company's rows. Pure and seeded: the same language and last day give the same rows.

A firm that sells a seat-based platform with modules: customers come in waves (spring and autumn strong, the weeks around
the Spring Festival weak), sign for a year mostly, renew early, on time or late, grow, shrink, leave and sometimes return.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from random import Random

from accounts.credit_code import ALPHABET, WEIGHTS
from b2bops.demo import names
from b2bops.demo.dealings import Dealings, add_dealings
from b2bops.demo.families import add_families
from b2bops.demo.traits import DemoTraits, add_traits

SEED = 20230101
MONTHS = 36
ACCOUNTS = 400
# Customers who were there before the first month of the books.
BEFORE = 40
GROWTH_A_MONTH = 0.022
# How many customers sign in a month, relative to an average one.
SEASON = {1: 0.7, 2: 0.4, 3: 1.4, 4: 1.1, 5: 1.0, 6: 1.3, 7: 0.9, 8: 0.8, 9: 1.3, 10: 0.9, 11: 1.3, 12: 1.4}
END_REASONS = ["price", "competitor", "budget", "not_used", "service", "business_closed", "product"]
TAX_RATE = "6"


@dataclass
class DemoRows:
    """Rows for the batch actions, in the order they must be written."""

    fx_rates: list[dict] = field(default_factory=list)
    products: list[dict] = field(default_factory=list)
    spend: list[dict] = field(default_factory=list)
    annotations: list[dict] = field(default_factory=list)
    accounts: list[dict] = field(default_factory=list)
    contacts: list[dict] = field(default_factory=list)
    contracts: list[dict] = field(default_factory=list)
    traits: DemoTraits = field(default_factory=DemoTraits)
    dealings: Dealings = field(default_factory=Dealings)


def add_months(day: dt.date, months: int) -> dt.date:
    """The same day of a later month, or its last one."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    following = dt.date(year + (month == 11), (month + 1) % 12 + 1, 1)
    return dt.date(year, month + 1, min(day.day, (following - dt.timedelta(days=1)).day))


class DemoCompany:
    """One making of the rows, in the home `currency` and one foreign one.

    `last_day` is the last day of the demo's past; contracts run on beyond it. owners: mail addresses of the members whom
    the accounts are spread over; some stay without one.
    """

    def __init__(self, *, last_day: dt.date, language: str, currency: str = "CNY", owners: Sequence[str] = ()):
        self.random = Random(SEED)  # noqa: S311 - a demo wants repeatable chance, not secrecy
        self.last_day = last_day
        self.first_day = add_months(last_day.replace(day=1), 1 - MONTHS)
        self.tongue = 0 if language.startswith("zh") else 1
        self.owners = owners
        self.home, self.abroad = currency, "EUR" if currency == "USD" else "USD"
        # Units of the home currency for one abroad, around which rates wander.
        self.level = 7.05 if currency == "CNY" else 1.1
        self.rows = DemoRows()
        self.serial = 0

    def make(self) -> DemoRows:
        self._make_products()
        self._make_rates()
        self._make_accounts()
        self._make_spend()
        self._make_annotations()
        add_families(self.rows.accounts, self.rows.contracts, last_day=self.last_day, tongue=self.tongue)
        self.rows.traits = add_traits(
            self.rows.accounts, last_day=self.last_day, tongue=self.tongue, owners=self.owners
        )
        self.rows.dealings = add_dealings(
            self.rows.accounts, self.rows.contacts, self.rows.contracts, last_day=self.last_day, tongue=self.tongue
        )
        return self.rows

    def word(self, pair) -> str:
        return pair[self.tongue]

    def _make_products(self) -> None:
        self.rows.products = [
            {"external_id": f"P-{code}", "name": self.word(pair), "code": code} for code, pair in names.PRODUCTS.items()
        ]

    def _make_rates(self) -> None:
        """A rate of the foreign currency for each month, wandering about its level; from before the first contract on."""
        rate = self.level
        for month in range(-11, MONTHS + 1):
            step = self.random.uniform(-0.09, 0.09) * self.level / 7.05
            rate = min(self.level * 1.0426, max(self.level * 0.9575, rate + step))
            self.rows.fx_rates.append(
                {"currency": self.abroad, "date": add_months(self.first_day, month), "rate": f"{rate:.4f}"}
            )

    def _make_accounts(self) -> None:
        starts = self._start_days()
        for index in range(ACCOUNTS):
            account = self._account(index)
            if index < len(starts):
                Customer(self, account["external_id"], starts[index], is_abroad=index % 12 == 5).live()

    def _start_days(self) -> list[dt.date]:
        """First days of service of the customers; the rest of the accounts have not signed yet."""
        weights = []
        for month in range(MONTHS):
            day = add_months(self.first_day, month)
            weights.append(SEASON[day.month] * (1 + GROWTH_A_MONTH) ** month)
        customers = round(ACCOUNTS * 0.87)
        months = sorted(self.random.choices(range(MONTHS), weights=weights, k=customers - BEFORE))
        days = [self.first_day - dt.timedelta(days=self.random.randrange(1, 300)) for _ in range(BEFORE)]
        days += [add_months(self.first_day, month) + dt.timedelta(days=self.random.randrange(28)) for month in months]
        return [day for day in days if day <= self.last_day]

    def _account(self, index: int) -> dict:
        place, region = self.random.choice(names.ABROAD if index % 12 == 5 else names.CITIES)
        industry = self.random.choice(names.INDUSTRIES)
        brand = names.BRANDS[index % len(names.BRANDS)]
        joined = self.word(brand) + ("" if self.tongue == 0 else " ") + self.word(industry)
        # The city tells the branches of one brand apart, as companies' registered names do.
        name = self.word(place) + joined if self.tongue == 0 else f"{joined} {self.word(place)}"
        row = {
            "external_id": f"DEMO-{index + 1:04d}",
            "name": f"{name}{self._ordinal(name)}",
            "short_name": joined,
            "legal_name": f"{place[0]}{brand[0]}{industry[0]}有限公司"
            if region[0] != "海外"
            else f"{joined} Pte. Ltd.",
            "industry": self.word(industry),
            "region": self.word(region),
            "employees": int(self.random.lognormvariate(5.4, 1.0)) + 12,
        }
        if self.owners and index % 8:
            row["owner"] = self.owners[index % len(self.owners)]
        if region[0] != "海外":
            row["credit_code"] = demo_credit_code(index)
        self.rows.accounts.append(row)
        for number in range(self.random.choices([0, 1, 2, 3, 4], weights=[4, 22, 34, 28, 12])[0]):
            title, roles = self.random.choice(names.TITLES)
            surname, address = self.random.choice(names.SURNAMES), self.random.choice(names.ADDRESSES)
            full = surname[0] + address[0] if self.tongue == 0 else f"{address[1]} {surname[1]}"
            self.rows.contacts.append(
                {
                    "external_id": f"{row['external_id']}-{number + 1}",
                    "account": row["external_id"],
                    "name": full,
                    "title": self.word(title),
                    "roles": roles,
                    "stance": names.STANCES[(index + 4 * number) % len(names.STANCES)],
                    # A block of numbers that no operator hands out.
                    "mobile": f"100{self.random.randrange(10**8):08d}",
                }
            )
        return row

    def _ordinal(self, name: str) -> str:
        taken = sum(1 for row in self.rows.accounts if row["name"].startswith(name))
        return f" {taken + 1}" if taken else ""

    def _make_spend(self) -> None:
        """By month and channel; sales costs grow with the firm, seminars peak in spring and autumn."""
        for month in range(MONTHS):
            first = add_months(self.first_day, month)
            scale = (1 + GROWTH_A_MONTH) ** month
            base = {
                "seminar": 44_000 * SEASON[first.month] ** 2,
                "content": 36_000,
                "paid": 52_000 * SEASON[first.month],
                "partner": 20_000,
                "sales": 168_000,
            }
            for position, (channel, amount) in enumerate(base.items()):
                day = first + dt.timedelta(days=4 + position)
                named = names.CAMPAIGNS.get(channel)
                if day <= self.last_day:
                    self.rows.spend.append(
                        {
                            "external_id": f"DEMO-{first:%Y%m}-{channel}",
                            "date": day,
                            "channel": self.word(names.CHANNELS[channel]),
                            "campaign": self.word(named[first.month // 7]) if named else "",
                            "amount": f"{amount * scale * self.random.uniform(0.85, 1.15):.2f}",
                        }
                    )

    def _make_annotations(self) -> None:
        for months_ago, text in names.ANNOTATIONS:
            day = add_months(self.last_day.replace(day=1), -months_ago) + dt.timedelta(days=months_ago)
            row = {"external_id": f"DEMO-{months_ago}", "date": day, "text": self.word(text)}
            self.rows.annotations.append(row)


class Customer:
    """One customer's contracts, from the first signature to the last day or to leaving."""

    def __init__(self, company: DemoCompany, account: str, start: dt.date, *, is_abroad: bool):
        self.company = company
        self.random = company.random
        self.account = account
        self.start = start
        self.currency = company.abroad if is_abroad else company.home
        self.seats = max(8, int(self.random.lognormvariate(3.7, 0.75)))
        self.seat_price = self.random.choice([680, 780, 880, 980, 1180])
        self.discount = self.random.choices(["0", "5", "10", "15", "20"], weights=[40, 15, 20, 15, 10])[0]
        self.modules = [
            code
            for code, chance in (("insight", 0.35), ("connect", 0.22), ("support", 0.2))
            if self.random.random() < chance
        ]
        # Some customers are never really won over; most others stay for years.
        self.loyalty = 0.55 if self.random.random() < 0.3 else 0.9
        self.months = self.random.choices([12, 24, 3, 1], weights=[74, 8, 8, 10])[0]

    def live(self) -> None:
        start, renews = self.start, None
        while start <= self.company.last_day:
            if self.months == 1:
                self._sign_monthly(start)
                return
            contract = self._sign(start, renews)
            due = contract["ends_on"] + dt.timedelta(days=1)
            if self.random.random() > self._chance_to_renew():
                contract["end_reason"] = self.random.choice(END_REASONS)
                if contract["ends_on"] - dt.timedelta(days=35) <= self.company.last_day and self.random.random() < 0.6:
                    contract["cancelled_on"] = contract["ends_on"] - dt.timedelta(days=self.random.randrange(5, 35))
                if contract["ends_on"] > self.company.last_day and "cancelled_on" not in contract:
                    del contract["end_reason"]  # not known yet
                if self.random.random() > 0.12:
                    return
                start, renews = due + dt.timedelta(days=self.random.randrange(70, 260)), None
            else:
                start, renews = self._next_start(due), contract["external_id"]
            self._grow()
            if start > self.company.last_day + dt.timedelta(days=45):
                return
        # Signed already, not begun yet.
        if renews and self.random.random() < 0.5:
            self._sign(start, renews)

    def _chance_to_renew(self) -> float:
        return 1 - (1 - self.loyalty) * (0.5 if self.months == 3 else 1)

    def _next_start(self, due: dt.date) -> dt.date:
        """Early, on time or late, as renewals go."""
        when = self.random.random()
        if when < 0.16:
            return due - dt.timedelta(days=self.random.randrange(5, 40))
        if when < 0.80:
            return due
        if when < 0.95:
            return due + dt.timedelta(days=self.random.randrange(2, 29))
        return due + dt.timedelta(days=self.random.randrange(33, 75))

    def _grow(self) -> None:
        change = self.random.choices([1.0, 1.15, 1.4, 1.9, 0.85, 0.6], weights=[28, 28, 22, 10, 8, 4])[0]
        self.seats = max(5, round(self.seats * change))
        if self.random.random() < 0.18:
            spare = [code for code in ("insight", "connect", "support") if code not in self.modules]
            self.modules += spare[:1]

    def _sign(self, start: dt.date, renews: str | None) -> dict:
        end = add_months(start, self.months) - dt.timedelta(days=1)
        lines = self._lines(interval="year" if self.months >= 12 else "quarter")
        if self.months == 12 and self.random.random() < 0.16:
            joins = start + dt.timedelta(days=self.random.randrange(60, 240))
            lines.append(lines[0] | {"quantity": max(3, self.seats // 5), "starts_on": joins})
        if self.months == 24:
            # Long contracts state a total for the whole term.
            total = sum((Decimal(line["quantity"]) * Decimal(line["unit_amount"]) for line in lines), Decimal(0)) * 2
            lines = [{"product": lines[0]["product"], "quantity": 1, "unit_amount": f"{total:.2f}", "interval": "term",
                      "discount_percent": self.discount}]  # fmt: skip
        contract = self._contract(start, end, lines) | {
            "signed_on": min(start, self.company.last_day) - dt.timedelta(days=self.random.randrange(3, 25)),
            "settlement": self.random.choice(["prepaid", "prepaid", "at_once", "by_schedule"]),
        }
        # Some ledgers do not say which contract follows which: the product asks.
        is_recent = (self.company.last_day - start).days < 45
        if renews and not (is_recent and self.random.random() < 0.4):
            contract["renews"] = renews
        self.company.rows.contracts.append(contract)
        if renews is None and self.seats > 45 and self.random.random() < 0.5:
            self._sign_rollout(start)
        return contract

    def _sign_monthly(self, start: dt.date) -> None:
        """By the month, renewing itself until notice."""
        contract = self._contract(start, add_months(start, 1) - dt.timedelta(days=1), self._lines(interval="month"))
        contract |= {"auto_renew": True, "signed_on": start, "settlement": "prepaid"}
        months = int(self.random.expovariate(1 / 26)) + 2
        notice = add_months(start, months) - dt.timedelta(days=8)
        if notice <= self.company.last_day:
            contract |= {"cancelled_on": notice, "end_reason": self.random.choice(END_REASONS)}
        self.company.rows.contracts.append(contract)

    def _sign_rollout(self, start: dt.date) -> None:
        line = self._line("rollout", 1, self.random.randrange(12, 60) * 1000, "term")
        end = start + dt.timedelta(days=60)
        self.company.rows.contracts.append(self._contract(start, end, [line]) | {"kind": "project", "signed_on": start})

    def _contract(self, start: dt.date, end: dt.date, lines: list[dict]) -> dict:
        self.company.serial += 1
        serial = f"{self.company.serial:04d}"
        return {
            "external_id": f"DEMO-C{serial}",
            "number": f"HT-{start.year}-{serial}",
            "account": self.account,
            "currency": self.currency,
            "starts_on": start,
            "ends_on": end,
            "tax_included": self.currency == self.company.home,
            "tax_rate_percent": TAX_RATE if self.currency == self.company.home else None,
            "lines": lines,
        }

    def _lines(self, *, interval: str) -> list[dict]:
        share = {"year": 1, "quarter": 4, "month": 12}[interval]
        lines = [self._line("core", self.seats, self.seat_price / share, interval)]
        prices = {"insight": 9_600 + self.seats * 120, "connect": 6_000, "support": 12_000 + self.seats * 60}
        lines += [self._line(code, 1, prices[code] / share, interval) for code in self.modules]
        return lines

    def _line(self, code: str, quantity: int, amount: float, interval: str) -> dict:
        share = self.company.level if self.currency == self.company.abroad else 1
        return {
            "product": self.company.word(names.PRODUCTS[code]),
            "quantity": quantity,
            "unit_amount": f"{amount / share:.2f}",
            "interval": interval,
            "discount_percent": self.discount if code == "core" else "0",
        }


def demo_credit_code(index: int) -> str:
    """A well-formed code of region 000000, which no authority has, so that it is nobody's."""
    body = f"91000000DEM{index:06d}".replace("O", "0")
    total = sum(ALPHABET.index(character) * weight for character, weight in zip(body, WEIGHTS, strict=True))
    return body + ALPHABET[-total % 31]
