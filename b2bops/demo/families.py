"""Which of the demo's accounts belong together: groups that buy through their companies in several cities. Pure, and
without chance, so that contracts are the same with and without.
"""

from b2bops.demo import names

# Brand → which of its accounts, by the order in which they came: the group first, then those directly under it, and, by
# such a one, those under that.
GROUPS: dict[int, tuple[int, dict[int, tuple[int, ...]]]] = {
    1: (0, {1: (), 2: (), 3: (), 4: ()}),
    13: (0, {1: (), 3: (2, 4), 5: ()}),
    24: (0, {2: (), 3: ()}),
}


def add_families(accounts: list[dict], *, tongue: int) -> None:
    """Give the rows of `accounts` their parents, and groups their names. tongue: 0 Chinese, 1 English."""
    for brand, (head, below) in GROUPS.items():
        rows = accounts[brand :: len(names.BRANDS)]
        group = rows[head]
        group["name"] = group["short_name"] = names.BRANDS[brand][tongue] + ("集团", " Group")[tongue]
        group["legal_name"] = f"{names.BRANDS[brand][0]}集团有限公司"
        for second, third in below.items():
            rows[second]["parent"] = group["external_id"]
            for under in third:
                rows[under]["parent"] = rows[second]["external_id"]
