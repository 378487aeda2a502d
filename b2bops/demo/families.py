"""Which of the demo's accounts belong together: groups that buy through their companies in several cities. Pure, and
without chance, so that contracts are the same with and without.
"""

import datetime as dt

from b2bops.demo import names

# Brand → of its accounts, those that pay first: the group itself is the first one; the others that stand directly under it
# and, by such a one, those under that.
GROUPS: dict[int, dict[int, tuple[int, ...]]] = {
    1: {1: (), 2: (), 3: (), 4: ()},
    13: {1: (2, 3), 4: (), 5: ()},
    24: {1: (), 2: ()},
}


def add_families(accounts: list[dict], contracts: list[dict], *, last_day: dt.date, tongue: int) -> None:
    """Give the rows of `accounts` their parents, and groups their names. tongue: 0 Chinese, 1 English."""
    paying = {row["account"] for row in contracts if _runs(row, last_day)}
    for brand, below in GROUPS.items():
        rows = accounts[brand :: len(names.BRANDS)]
        # A group is at home here, which its credit code tells.
        rows.sort(key=lambda row: ("credit_code" not in row, row["external_id"] not in paying, row["external_id"]))
        group = rows[0]
        group["name"] = group["short_name"] = names.BRANDS[brand][tongue] + ("集团", " Group")[tongue]
        group["legal_name"] = f"{names.BRANDS[brand][0]}集团有限公司"
        for second, third in below.items():
            rows[second]["parent"] = group["external_id"]
            for under in third:
                rows[under]["parent"] = rows[second]["external_id"]


def _runs(contract: dict, day: dt.date) -> bool:
    goes_on = contract.get("auto_renew") and "cancelled_on" not in contract
    return contract["starts_on"] <= day and (contract["ends_on"] >= day or bool(goes_on))
