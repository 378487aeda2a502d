"""The books' movements and monthly figures, to the cent: facts in by the actions, figures out by the queries."""

import datetime as dt

import pytest

from tests.metrics import books

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", books.NAMES)
def test_golden_book_closed_at_once_is_exact(name):
    workspace, content = books.open_book(name)
    books.close(workspace, content["until"])
    assert_exact(workspace, content)


@pytest.mark.parametrize("name", ["edges", "book-8", "book-40"])
def test_golden_book_closed_bit_by_bit_is_exact(name):
    """Whatever days the closings end on, and whatever happens to be closed when: the same figures."""
    workspace, content = books.open_book(name)
    for day in ("2023-06-17", "2023-06-18", "2024-01-31", "2024-02-29", "2025-03-03", "2025-10-31", content["until"]):
        books.close(workspace, day)
    assert_exact(workspace, content)


def assert_exact(workspace, content):
    expected = content["expected"]
    movements = books.as_decimals(expected["movements"])
    assert books.movements(workspace) == sorted(movements, key=lambda row: (row["date"], row["account"]))
    rows = books.as_decimals(expected["months"])
    assert books.months(workspace, rows[0]) == rows


def test_golden_books_are_all_here():
    assert books.NAMES == ["book-250", "book-40", "book-8", "edges"]
    assert {books.book(name)["until"] for name in books.NAMES} == {dt.date(2025, 12, 31).isoformat()}
