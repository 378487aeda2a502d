"""What the demo's accounts are sliced by: channels of origin, tags, fields of the company's own, and what became of them
in the past year. Pure and seeded, with a chance of its own, so that contracts are the same with and without.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

from b2bops.demo import names

SEED = 20230102
# Of the accounts, how many change something in a month of the past year.
CHANGES_A_MONTH = 9
SHARES = {"seminar": 24, "content": 26, "paid": 18, "partner": 12, "sales": 20}


@dataclass
class DemoTraits:
    """changes: (day, rows for `save_accounts` that count from that day on), the earliest first."""

    custom_fields: list[dict] = field(default_factory=list)
    saved_filters: list[dict] = field(default_factory=list)
    changes: list[tuple[dt.date, list[dict]]] = field(default_factory=list)


def add_traits(accounts: list[dict], *, last_day: dt.date, tongue: int, owners: Sequence[str]) -> DemoTraits:
    """Give the rows of `accounts` what they were at first. tongue: 0 Chinese, 1 English."""
    chance = Random(SEED)  # noqa: S311 - a demo wants repeatable chance, not secrecy
    plans = [pair[tongue] for pair in names.PLANS]
    tags = {key: pair[tongue] for key, pair in names.TAGS.items()}
    for index, row in enumerate(accounts):
        # Every tenth came by itself, or nobody remembers.
        if index % 10:
            channel = chance.choices(list(SHARES), weights=list(SHARES.values()))[0]
            row["channel"] = names.CHANNELS[channel][tongue]
        plan = min(2, int(row["employees"] >= 150) + int(row["employees"] >= 600) + chance.choice([0, 0, 0, 1]))
        row["custom"] = {"plan": plans[plan], "annual_budget": str(row["employees"] * chance.randrange(6, 40) * 100)}
        if chance.random() < 0.6:
            row["custom"]["live_on"] = (last_day - dt.timedelta(days=chance.randrange(20, 900))).isoformat()
        if owners and chance.random() < 0.7:
            row["custom"]["success_manager"] = chance.choice(owners)
        likely = {
            "key": row["employees"] >= 700,
            "pilot": index % 7 == 3,
            "price": index % 9 == 4,
            "sites": index % 11 == 6,
        }
        row["tags"] = [tags[key] for key, holds in likely.items() if holds]
    return DemoTraits(
        custom_fields=_fields(plans, tongue),
        saved_filters=[
            {"name": ("大型客户", "Large customers")[tongue], "conditions": {"size": ["500-1999", "2000+"]}},
            {"name": ("重点旗舰客户", "Key accounts on the top plan")[tongue],
             "conditions": {"tag": [tags["key"]], "custom.plan": [plans[2]]}},
        ],
        changes=_changes(accounts, chance, last_day=last_day, tongue=tongue, owners=owners),
    )  # fmt: skip


def _fields(plans: list[str], tongue: int) -> list[dict]:
    pairs = {
        "plan": ("套餐", "Plan"),
        "annual_budget": ("年度预算", "Annual budget"),
        "live_on": ("上线日期", "Live since"),
        "success_manager": ("客户成功经理", "Customer success manager"),
    }
    kinds = {"plan": "choice", "annual_budget": "money", "live_on": "date", "success_manager": "person"}
    rows: list[dict] = [{"key": key, "name": pair[tongue], "kind": kinds[key]} for key, pair in pairs.items()]
    rows[0]["choices"] = plans
    return rows


def _changes(
    accounts: list[dict], chance: Random, *, last_day: dt.date, tongue: int, owners: Sequence[str]
) -> list[tuple[dt.date, list[dict]]]:
    """A dozen days of the past year on which some accounts moved, grew, were handed over or changed plan."""
    plans = [pair[tongue] for pair in names.PLANS]
    home = {region[tongue] for _city, region in names.CITIES}
    # Accounts change once only, so that what a row says was before is what the account's own row says.
    order = chance.sample(range(len(accounts)), min(len(accounts), 12 * CHANGES_A_MONTH))
    days = sorted(last_day - dt.timedelta(days=30 * month + chance.randrange(3, 28)) for month in range(12))
    changes = []
    for number, day in enumerate(days):
        rows = []
        for index in order[number * CHANGES_A_MONTH : (number + 1) * CHANGES_A_MONTH]:
            account = accounts[index]
            row: dict = {"external_id": account["external_id"]}
            match chance.randrange(4):
                case 0 if len(owners) > 1 and account.get("owner"):
                    row["owner"] = chance.choice([owner for owner in owners if owner != account["owner"]])
                case 0 | 1 if account["region"] in home:
                    row["region"] = chance.choice(sorted(home - {account["region"]}))
                case 2:
                    row["employees"] = account["employees"] * chance.choice([3, 4])
                case _:
                    # One plan up, and one tag less.
                    plan = plans.index(account["custom"]["plan"])
                    row["custom"] = {"plan": plans[min(2, plan + 1)]}
                    row["tags"] = account["tags"][1:]
            rows.append(row)
        changes.append((day, rows))
    return changes
