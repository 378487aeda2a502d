"""Line MRR against the golden books: the first movement of an account is the sum of the lines alive on that day."""

import datetime as dt
import json
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import pytest

from accounts.line_mrr import Amount, line_mrr, written_total

GOLDEN = Path(__file__).parents[1] / "golden"


def day(text):
    return dt.date.fromisoformat(text) if text else None


def amount_of(contract, line):
    return Amount(
        quantity=Decimal(str(line["quantity"])),
        unit_amount=Decimal(str(line["unit_amount"])),
        interval=line["interval"],
        interval_months=line.get("interval_months"),
        discount_percent=Decimal(str(line.get("discount_percent") or 0)),
        tax_rate_percent=Decimal(str(contract["tax_rate_percent"])) if contract["tax_included"] else None,
        first_day=day(line["starts_on"] or contract["starts_on"]),
        last_day=day(line["ends_on"] or contract["ends_on"]),
    )


@pytest.mark.parametrize("book, accounts", [("book-40", 37), ("edges", 18)])
def test_line_mrr_of_first_day_equals_golden_new_movement(book, accounts):
    golden = json.loads((GOLDEN / f"{book}.json").read_text())
    contracts = defaultdict(list)
    for contract in golden["contracts"]:
        contracts[contract["account"]].append(contract)
    checked = 0
    for movement in golden["expected"]["movements"]:
        theirs = contracts[movement["account"]]
        if movement["kind"] != "new" or {one["currency"] for one in theirs} != {"CNY"}:
            continue
        on = day(movement["date"])
        alive = [
            line_mrr(amount)
            for one in theirs
            if one["kind"] == "subscription"
            for amount in (amount_of(one, line) for line in one["lines"])
            if amount.first_day <= on and (amount.last_day is None or amount.last_day >= on)
        ]
        assert sum(alive) == Decimal(movement["amount"]), movement
        checked += 1
    assert checked == accounts


def simple(**changes):
    values = {
        "quantity": Decimal(1),
        "unit_amount": Decimal(1200),
        "interval": "year",
        "first_day": dt.date(2025, 1, 1),
        "last_day": dt.date(2025, 12, 31),
    }
    return Amount(**(values | changes))


@pytest.mark.parametrize(
    "changes, expected",
    [
        ({}, "100.00"),
        ({"interval": "week", "unit_amount": Decimal(100), "quantity": Decimal(3)}, "1300.00"),
        ({"interval": "term", "last_day": dt.date(2026, 1, 15)}, "96.00"),
        ({"interval": "term", "interval_months": 24}, "50.00"),
        ({"discount_percent": Decimal(15)}, "85.00"),
        ({"tax_rate_percent": Decimal(6)}, "94.34"),
        ({"unit_amount": Decimal("0.06")}, "0.01"),  # half a cent goes up
        ({"unit_amount": Decimal("0.05")}, "0.00"),
    ],
)
def test_line_mrr(changes, expected):
    assert line_mrr(simple(**changes)) == Decimal(expected)


def test_line_mrr_of_a_term_without_end_is_refused():
    with pytest.raises(ValueError, match="last day"):
        line_mrr(simple(interval="term", last_day=None))


@pytest.mark.parametrize(
    "changes, expected",
    [
        ({"quantity": Decimal(3), "discount_percent": Decimal(15), "tax_rate_percent": Decimal(6)}, "3060.00"),
        ({"interval": "month", "unit_amount": Decimal(100)}, "1200.00"),
        ({"interval": "month", "unit_amount": Decimal(100), "last_day": dt.date(2025, 2, 15)}, "150.00"),
        ({"interval": "term"}, "1200.00"),
        ({"last_day": None}, None),
    ],
)
def test_written_total_is_what_the_window_comes_to_with_tax(changes, expected):
    assert written_total(simple(**changes)) == (Decimal(expected) if expected else None)
