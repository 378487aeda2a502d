"""The reference itself gives the golden figures; otherwise agreeing with it would prove nothing."""

import datetime as dt

import pytest

from tests.metrics import books
from tests.metrics.reference import Book


@pytest.mark.parametrize("name", ["edges", "book-8", "book-40"])
def test_reference_gives_the_golden_figures(name):
    content = books.book(name)
    figures = Book(content, dt.date.fromisoformat(content["until"]))
    expected = content["expected"]
    movements = books.as_decimals(expected["movements"])
    assert figures.movement_rows() == sorted(movements, key=lambda row: (row["date"], row["account"]))
    assert figures.rows("month") == books.as_decimals(expected["months"])
