"""A book that is edited a long time: one edit after the other through the real actions, days closed in between, the
closing killed now and then and started again; beside it what stands in the end, loaded at once and closed once.
"""

import datetime as dt
from collections.abc import Callable
from contextlib import suppress
from itertools import count
from random import Random

from accounts.actions import save_accounts, save_contracts, save_fx_rates, void_account, void_contract, void_fx_rate
from accounts.models import Account, Contract, FxRate
from leads.actions import save_spend, void_spend
from leads.models import Spend
from metrics.queries import closed_through
from tests.cast import make_user, make_workspace
from tests.metrics import books
from workspaces.actions.settings import update_metric_settings
from workspaces.scope import workspace_scope

START, END = dt.date(2024, 1, 1), dt.date(2025, 4, 20)
ANCHOR = {"external_id": "anchor", "name": "Anchor"}
CURRENCIES = ("CNY", "CNY", "USD", "EUR")
CHOICES = {
    "renewal_grace_days": (0, 1, 30),
    "gross_margin_percent": (60, 75),
    "cac_lag_months": (0, 1, 2),
    "ltv_churn_months": (3, 12),
}
# How often each kind of edit comes, of a hundred.
EDITS = {
    "contract": 38,
    "amount": 14,
    "end": 14,
    "move": 4,
    "void contract": 9,
    "void account": 1,
    "rate": 8,
    "void rate": 3,
    "spend": 6,
    "void spend": 2,
    "settings": 1,
}


class Killed(Exception):
    """Stands for a worker that dies in the middle of a step."""


class EditBook:
    """Draws edits from `random` and applies them to a workspace; `content` is what stands, as in tests/golden.

    The first account, contract and spend stay as they are, so that both ways begin to close on the same day.
    """

    def __init__(self, random: Random, *, accounts: int = 8, slug: str = "edited"):
        self.random = random
        self.number = 0
        self.settings = {name: values[0] for name, values in CHOICES.items()}
        self.voided: list[str] = []
        self.content: dict[str, list[dict]] = {
            "accounts": [ANCHOR, *({"external_id": f"a{number}", "name": f"A {number}"} for number in range(accounts))],
            "contracts": [],
            "fx_rates": [
                {"currency": currency, "date": "2020-01-01", "rate": rate}
                for currency, rate in (("USD", "7"), ("EUR", "8"))
            ],
            "spend": [{"date": START.isoformat(), "channel": "search", "amount": "100.07"}],
        }
        line = {"product": "core", "quantity": 1, "unit_amount": "500", "interval": "month"}
        anchor = {"external_id": "anchor", "account": "anchor", "currency": "CNY", "starts_on": START.isoformat()}
        self.content["contracts"].append(anchor | {"ends_on": None, "renews": None, "lines": [line]})
        self.workspace = _company(slug, self.content, self.settings)

    def close(self, until: dt.date, *, killed_after: int | None = None, edited_after: int | None = None) -> None:
        """Close through `until`, or what is closed already brought up to date.

        killed_after: killed once at the end of the step after so many, and started again. edited_after: an edit comes in
        between that step and the next one.
        """
        with workspace_scope(self.workspace):
            until = max(filter(None, (until, closed_through(self.workspace))))
        if killed_after is not None:
            with suppress(Killed):
                books.close(self.workspace, until, guard=_after(killed_after, _kill))
        books.close(self.workspace, until, guard=_after(edited_after, self.edit))

    def loaded_at_once(self, until: dt.date, slug: str = "at-once"):
        """Another workspace that hears only what stands, in another order, and closes once."""
        shuffled = {key: self.random.sample(rows, len(rows)) for key, rows in self.content.items()}
        workspace = _company(slug, shuffled, self.settings)
        with workspace_scope(workspace):
            for key in self.voided:
                _void(void_account, workspace, Account, external_id=key)
        books.close(workspace, until)
        return workspace

    def edit(self) -> None:
        """One edit, whichever comes; one that the actions refuse changes nothing."""
        (what,) = self.random.choices(list(EDITS), list(EDITS.values()))
        with workspace_scope(self.workspace):
            getattr(self, "_edit_" + what.replace(" ", "_"))()

    def _edit_contract(self) -> None:
        self.number += 1
        self._save_contract(self._contract(self._account()) | {"external_id": f"c{self.number}"})

    def _edit_amount(self) -> None:
        if row := self._some("contracts"):
            lines = [line | {"unit_amount": self._amount()} for line in row["lines"]]
            self._save_contract(row | {"lines": lines})

    def _edit_end(self) -> None:
        if row := self._some("contracts"):
            drawn = self._contract(row["account"], starts_on=dt.date.fromisoformat(row["starts_on"]))
            self._save_contract(row | {key: drawn[key] for key in ("ends_on", "auto_renew", "cancelled_on")})

    def _edit_move(self) -> None:
        """To another account, or to other days."""
        if row := self._some("contracts"):
            if self.random.random() < 0.5:
                self._save_contract(row | {"account": self._account(), "renews": None})
            else:
                self._save_contract(self._contract(row["account"]) | {"external_id": row["external_id"]})

    def _edit_void_contract(self) -> None:
        if row := self._some("contracts"):
            _void(void_contract, self.workspace, Contract, external_id=row["external_id"])
            self._forget_contracts({row["external_id"]})

    def _edit_void_account(self) -> None:
        account = self._account()
        if account == "anchor":
            return
        _void(void_account, self.workspace, Account, external_id=account)
        self.voided.append(account)
        self._forget_contracts({row["external_id"] for row in self.content["contracts"] if row["account"] == account})
        self.number += 1
        row = {"external_id": f"a{account[1:]}-{self.number}", "name": f"A {account[1:]} anew"}
        save_accounts(workspace=self.workspace, rows=[row], by=books.BY)
        self.content["accounts"].append(row)

    def _edit_rate(self) -> None:
        row = {
            "currency": self.random.choice(("USD", "EUR")),
            "date": self._day().isoformat(),
            "rate": self.random.choice(("0.0001", "6.9001", "7.12345678", "7.25", "8.005")),
        }
        save_fx_rates(workspace=self.workspace, rows=[row], by=books.BY)
        self._replace("fx_rates", row, "currency", "date")

    def _edit_void_rate(self) -> None:
        if row := self._some("fx_rates", but=2):
            _void(void_fx_rate, self.workspace, FxRate, currency=row["currency"], date=row["date"])
            self.content["fx_rates"].remove(row)

    def _edit_spend(self) -> None:
        row = {"date": self._day().isoformat(), "channel": "search", "amount": f"{self.random.randrange(1, 900)}.05"}
        if row["date"] != START.isoformat():
            save_spend(workspace=self.workspace, rows=[row], by=books.BY)
            self._replace("spend", row, "date")

    def _edit_void_spend(self) -> None:
        if row := self._some("spend"):
            _void(void_spend, self.workspace, Spend, date=row["date"])
            self.content["spend"].remove(row)

    def _edit_settings(self) -> None:
        name = self.random.choice(list(CHOICES))
        self.settings[name] = self.random.choice(CHOICES[name])
        update_metric_settings(workspace=self.workspace, by=books.BY, **{name: self.settings[name]})

    def _some(self, key: str, but: int = 1) -> dict | None:
        """One of the rows that may change: the first ones may not."""
        rows = self.content[key][but:]
        return self.random.choice(rows) if rows else None

    def _account(self) -> str:
        standing = [row["external_id"] for row in self.content["accounts"] if row["external_id"] not in self.voided]
        return self.random.choice(standing)

    def _day(self) -> dt.date:
        """Clustered on the ends of months, where periods turn."""
        day = START + dt.timedelta(days=self.random.randrange((END - START).days))
        if self.random.random() < 0.3:
            day = max(day.replace(day=1) - dt.timedelta(days=self.random.randrange(2)), START)
        return day

    def _amount(self) -> str:
        return self.random.choice(("0", "0.01", "7", "99.99", "100", "1234.56", "10000.005"))

    def _contract(self, account: str, *, starts_on: dt.date | None = None) -> dict:
        starts = max(starts_on or self._day(), START)
        length = self.random.choice((None, 0, 27, 30, 89, 180, 364, 365, 365))
        ends = None if length is None else starts + dt.timedelta(days=length)
        notice = None
        if ends and self.random.random() < 0.2:
            notice = max(ends + dt.timedelta(days=self.random.randrange(-40, 60)), starts)
        mates = [row for row in self.content["contracts"] if row["account"] == account]
        renews = self.random.choice(mates) if mates and self.random.random() < 0.4 else None
        if renews and renews["ends_on"] and not starts_on:
            starts = dt.date.fromisoformat(renews["ends_on"]) + dt.timedelta(days=self.random.choice((-5, 1, 1, 1, 20)))
            starts = max(starts, START)
            ends = starts + dt.timedelta(days=length or 365)
            notice = None
        return {
            "account": account,
            "kind": "subscription",
            "currency": self.random.choice(CURRENCIES),
            "starts_on": starts.isoformat(),
            "ends_on": ends and ends.isoformat(),
            "signed_on": (starts - dt.timedelta(days=signed)).isoformat()
            if (signed := self._signed_before())
            else None,
            "auto_renew": self.random.random() < 0.3,
            "cancelled_on": notice and notice.isoformat(),
            "renews": renews and renews["external_id"],
            "lines": [
                {
                    "product": "core",
                    "quantity": self.random.choice((1, 3, 37)),
                    "unit_amount": self._amount(),
                    "interval": self.random.choice(("month", "quarter", "year", "term" if ends else "week")),
                    "discount_percent": self.random.choice(("0", "12.5", "100")),
                }
                for _ in range(self.random.choice((1, 1, 2)))
            ],
        }

    def _signed_before(self) -> int:
        """Days between the signature and the start; 0: nobody wrote down when it was signed."""
        return self.random.choice((0, 0, 10, 45))

    def _save_contract(self, row: dict) -> None:
        (result,) = save_contracts(workspace=self.workspace, rows=[row], by=books.BY)
        if result.status != "error":
            self._replace("contracts", row, "external_id")

    def _replace(self, key: str, row: dict, *names: str) -> None:
        rows = self.content[key]
        same = [place for place, other in enumerate(rows) if all(other[name] == row[name] for name in names)]
        if same:
            rows[same[0]] = row
        else:
            rows.append(row)

    def _forget_contracts(self, keys: set[str]) -> None:
        self.content["contracts"] = [
            row | {"renews": None} if row["renews"] in keys else row
            for row in self.content["contracts"]
            if row["external_id"] not in keys
        ]


def edited_one_by_one(book: EditBook, edits: int, *, between: int) -> dt.date:
    """Apply so many edits, with a closing after each `between` of them on average; the last closed day.

    The closed days go on as the edits come, so that most edits change days closed before. One closing in ten is killed
    at some step and started again, and into one in ten comes an edit.
    """
    until = START
    for number in range(1, edits + 1):
        book.edit()
        if book.random.random() * between < 1:
            until = START + (END - START) * number // edits
            step, luck = book.random.randrange(4), book.random.random()
            book.close(until, killed_after=step if luck < 0.1 else None, edited_after=step if luck > 0.9 else None)
    book.close(END)
    return END


def _company(slug: str, content: dict, settings: dict):
    workspace = make_workspace(slug, owner=make_user(slug), currency="CNY", timezone="Asia/Shanghai")
    with workspace_scope(workspace):
        update_metric_settings(workspace=workspace, by=books.BY, **settings)
        # A successor may stand before its predecessor here: all of them first, then with their links.
        bare = [row | {"renews": None} for row in content["contracts"]]
        books.write(workspace, content | {"contracts": bare})
        books.write(workspace, {"contracts": content["contracts"]})
    return workspace


def _void(action, workspace, model, **key) -> None:
    row = model.objects.standing().get(workspace=workspace, **key)
    action(workspace=workspace, pk=row.pk, reason="entered twice", by=books.BY)


def _kill() -> None:
    raise Killed


def _after(steps: int | None, call: Callable[[], None]) -> Callable[[], None]:
    """A guard that lets so many steps pass and calls in the next one; never when `steps` is None."""
    number = count()

    def guard() -> None:
        if next(number) == steps:
            call()

    return guard
