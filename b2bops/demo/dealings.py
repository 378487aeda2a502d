"""What happens between the demo's people and its customers: interactions, tasks, whole committees, views of lists.

Pure and seeded, with a chance of its own, so that contracts and figures are the same with and without.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

from b2bops.demo import names
from b2bops.demo.talks import COMMITTEE, KINDS, THEMES, Theme

SEED = 20230103
# How far back it is known what was said.
DAYS = 210
MOST_TALKS = 8
KEY_EMPLOYEES = 700
# Days since the last talk: of those who are looked after, and of the others.
REGULAR, SILENT = (1, 26), (36, 150)
SILENT_SHARE = 0.16
DONE_DAYS = 45
# So many days before the end nobody has talked about the renewal yet.
SOONEST_TALK = 120


@dataclass
class Dealings:
    """Rows for the batch actions. views: (list, name, state). stages: (contract, how far its renewal is)."""

    contacts: list[dict] = field(default_factory=list)
    interactions: list[dict] = field(default_factory=list)
    tasks: list[dict] = field(default_factory=list)
    views: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    stages: list[tuple[str, str]] = field(default_factory=list)


def add_dealings(
    accounts: Sequence[dict], contacts: Sequence[dict], contracts: Sequence[dict], *, last_day: dt.date, tongue: int
) -> Dealings:
    """tongue: 0 Chinese, 1 English."""
    return _Dealer(last_day, tongue).deal(accounts, contacts, contracts)


class _Dealer:
    def __init__(self, last_day: dt.date, tongue: int):
        self.chance = Random(SEED)  # noqa: S311 - a demo wants repeatable chance, not secrecy
        self.last_day, self.tongue = last_day, tongue
        self.made = Dealings()

    def deal(self, accounts, contacts, contracts) -> Dealings:
        people: dict[str, list[str]] = {}
        for contact in contacts:
            people.setdefault(contact["account"], []).append(contact["external_id"])
        terms: dict[str, list[tuple[dt.date, dt.date]]] = {}
        for contract in contracts:
            ends_on = contract.get("cancelled_on", dt.date.max) if contract.get("auto_renew") else contract["ends_on"]
            terms.setdefault(contract["account"], []).append((contract["starts_on"], ends_on))
        for index, account in enumerate(accounts):
            key = account["external_id"]
            if account["employees"] >= KEY_EMPLOYEES and index % 3:
                self._round_off(key, contacts, people.setdefault(key, []))
            self._talk(account, people.get(key, []), sorted(terms.get(key, [])))
        self._views()
        self._stages(contracts)
        return self.made

    def _round_off(self, account: str, contacts: Sequence[dict], people: list[str]) -> None:
        """Give a key account everybody that a purchase takes."""
        known = {role for contact in contacts if contact["account"] == account for role in contact["roles"]}
        for number, (title, buying_roles) in enumerate(COMMITTEE, 5):
            if known & set(buying_roles):
                continue
            surname, address = self.chance.choice(names.SURNAMES), self.chance.choice(names.ADDRESSES)
            name = surname[0] + address[0] if self.tongue == 0 else f"{address[1]} {surname[1]}"
            row: dict = {
                "external_id": f"{account}-{number}",
                "account": account,
                "name": name,
                "title": title[self.tongue],
            }
            row |= {"roles": list(buying_roles), "mobile": f"100{self.chance.randrange(10**8):08d}"}
            self.made.contacts.append(row)
            people.append(row["external_id"])

    def _talk(self, account: dict, people: Sequence[str], terms: Sequence[tuple[dt.date, dt.date]]) -> None:
        """The talks with one account, from the last one back; with what comes out of them."""
        chance = self.chance
        is_customer = any(end >= self.last_day for _start, end in terms)
        if terms and not is_customer and chance.random() < 0.7:
            return  # They left, and nobody asks any more.
        is_silent = chance.random() < SILENT_SHARE
        pace = 14 if account["employees"] >= KEY_EMPLOYEES else 32
        since = chance.randint(*(SILENT if is_silent else REGULAR))
        first = max(self.last_day - dt.timedelta(days=DAYS), min((start for start, _end in terms), default=dt.date.min))
        day, number = self.last_day - dt.timedelta(days=since), 0
        while number == 0 or (day >= first and number < MOST_TALKS):
            self._interaction(account, self._theme(day, terms), _workday(day), people, is_last=number == 0)
            day -= dt.timedelta(days=chance.randint(pace // 2, pace * 3 // 2))
            number += 1

    def _theme(self, day: dt.date, terms: Sequence[tuple[dt.date, dt.date]]) -> str:
        if not terms:
            return "lead"
        if (day - terms[0][0]).days < 60:
            return "onboarding"
        if any(-5 <= (end - day).days <= 100 for _start, end in terms) and self.chance.random() < 0.75:
            return "renewal"
        return self.chance.choices(["review", "growth", "service"], weights=[5, 3, 3])[0]

    def _interaction(self, account: dict, theme: str, day: dt.date, people: Sequence[str], *, is_last: bool) -> None:
        chance, words = self.chance, THEMES[theme]
        kind = chance.choices(list(KINDS), weights=list(KINDS.values()))[0]
        row: dict = {
            "external_id": f"DEMO-I{len(self.made.interactions) + 1:05d}",
            "account": account["external_id"],
            "kind": kind,
            "happened_on": day,
            "subject": self._one(words.subjects),
            "minutes": self._one(words.minutes),
            "author": account.get("owner"),
        }
        if people and kind != "note":
            row["contacts"] = chance.sample(people, min(len(people), 1 if kind in ("call", "mail") else 2))
        if words.needs and chance.random() < 0.4:
            row["need"] = self._one(words.needs)
        if words.feedback and chance.random() < 0.4:
            row["feedback"] = self._one(words.feedback)
        if chance.random() < (0.65 if is_last else 0.3):
            row["next_step"] = self._one(words.steps)
            self._task(account, words, row, is_last=is_last)
        self.made.interactions.append(row)

    def _task(self, account: dict, words: Theme, talk: dict, *, is_last: bool) -> None:
        """What follows from a talk: done within days, or still to do; a few are forgotten."""
        chance, day = self.chance, talk["happened_on"]
        due = _workday(day + dt.timedelta(days=chance.randint(3, 14)))
        if is_last:
            # What was to follow long ago would have been done: the step stands later.
            due = max(due, _workday(self.last_day + dt.timedelta(days=chance.randint(-9, 24))))
            talk["next_step_on"] = due
        is_done = due <= self.last_day and chance.random() < (0.55 if is_last else 1)
        if (is_done and (self.last_day - due).days > DONE_DAYS) or chance.random() < 0.35:
            return
        row: dict = {
            "external_id": f"DEMO-T{len(self.made.tasks) + 1:04d}",
            "account": account["external_id"],
            "title": talk["next_step"],
            "due_on": due if is_done or chance.random() < 0.93 else None,
            "priority": chance.choices(["low", "normal", "high"], weights=[1, 7, 2])[0],
            "assignee": account.get("owner"),
        }
        if is_done:
            # In working hours, by the clock of whoever reads it within Asia.
            row["done_at"] = dt.datetime.combine(due, dt.time(chance.randint(1, 9), chance.randrange(60)), dt.UTC)
        self.made.tasks.append(row)

    def _stages(self, contracts) -> None:
        """How far people are with the renewals of the coming months: the sooner, the further."""
        renewed = {contract.get("renews") for contract in contracts}
        for contract in contracts:
            days = (contract["ends_on"] - self.last_day).days if contract.get("ends_on") else -1
            if contract.get("auto_renew") or contract["external_id"] in renewed or not 0 < days <= SOONEST_TALK:
                continue
            if self.chance.random() < days / SOONEST_TALK:
                continue
            stage = self.chance.choices(("talking", "offer_sent", "agreed", "will_not_renew"), (5, 3, 2, 1))[0]
            self.made.stages.append((contract["external_id"], stage))

    def _views(self) -> None:
        key = names.TAGS["key"][self.tongue]
        self.made.views = [
            ("accounts", ("重点客户", "Key accounts")[self.tongue], {"standing": "paying", "tag": key, "sort": "-mrr"}),
            ("contacts", ("拍板人", "Decision makers")[self.tongue], {"role": "decision_maker"}),
            ("tasks", ("全部逾期", "Everything overdue")[self.tongue], {"view": "open", "due": "overdue"}),
        ]

    def _one(self, pairs: Sequence[tuple[str, str]]) -> str:
        return self.chance.choice(pairs)[self.tongue]


def _workday(day: dt.date) -> dt.date:
    """The day, or the Friday before it."""
    return day - dt.timedelta(days=max(0, day.weekday() - 4))
