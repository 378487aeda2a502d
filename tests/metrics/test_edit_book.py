"""However the facts came, the figures are those of a rebuild from nothing."""

from random import Random

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.ledger_digest import canonical_digest, ledger_digest
from tests.effort import examples
from tests.metrics.digests import digest
from tests.metrics.edit_book import END, START, EditBook, edited_one_by_one
from workspaces.scope import workspace_scope

pytestmark = pytest.mark.django_db
DAYS = (END - START).days
STEP = st.none() | st.integers(0, 4)


def assert_same(one, other):
    assert digest(one) == digest(other)
    digests = []
    for workspace in (one, other):
        with workspace_scope(workspace):
            digests.append(ledger_digest(workspace))
    assert digests[0] == digests[1]
    assert canonical_digest(digests[0]) == canonical_digest(digests[1])


@settings(max_examples=examples(12), derandomize=True, deadline=None, database=None)
@given(
    random=st.randoms(use_true_random=False),
    closings=st.lists(
        st.tuples(st.integers(0, 6), st.integers(0, DAYS), STEP, STEP),
        min_size=1,
        max_size=4,
    ),
)
def test_figures_after_edits_kills_and_closings_are_those_of_a_rebuild_from_nothing(random, closings):
    """closings: after how many more edits each comes, through which day, after which step it is killed first, and after
    which another edit comes in while it runs.
    """
    with transaction.atomic():
        book = EditBook(random, accounts=3)
        last = START
        for edits, offset, killed_after, edited_after in closings:
            for _ in range(edits):
                book.edit()
            last = max(last, START + (END - START) * offset // DAYS)
            book.close(last, killed_after=killed_after, edited_after=edited_after)
        book.close(last)
        assert_same(book.workspace, book.loaded_at_once(last))
        transaction.set_rollback(True)


def test_three_hundred_edits_one_by_one_end_where_loading_at_once_does():
    book = EditBook(Random(5))  # noqa: S311  the same edits every time
    until = edited_one_by_one(book, 300, between=3)
    assert_same(book.workspace, book.loaded_at_once(until))
