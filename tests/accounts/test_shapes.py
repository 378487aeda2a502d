from decimal import Decimal

import pytest

from accounts.shapes import AccountShape, LineShape
from workspaces.shapes import check


@pytest.mark.parametrize("value", ["1e9999999", "1e-9999999", "NaN", "Infinity", "1.5"])
def test_whole_number_that_is_none(value):
    """At once: made into an integer first, the first of these would take hours."""
    shape, errors = check(AccountShape, {"name": "A", "employees": Decimal(value)})
    assert (shape, list(errors)) == (None, ["employees"])
    line = {"product": "core", "unit_amount": 1, "interval_months": Decimal(value)}
    assert list(check(LineShape, line)[1]) == ["interval_months"]


def test_whole_number_as_decimal():
    assert check(AccountShape, {"name": "A", "employees": Decimal("1E+3")})[0].employees == 1000
