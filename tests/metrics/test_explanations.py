"""Every figure is its formula over its inputs, and every input the sum of its rows: on random small books."""

import datetime as dt
import inspect
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics import queries, ratios
from metrics.explanations.queries import all_rows, explanation
from metrics.explanations.rows import rows_of
from metrics.explanations.workings import COLUMNS, INPUTS, WORKINGS, inputs_of, working_of
from metrics.registry import METRICS
from metrics.slices import queries as slices
from tests.effort import examples
from tests.metrics import books
from tests.metrics.random_books import UNTIL
from tests.metrics.test_properties import undone
from tests.metrics.test_slices import chosen_in, conditions, open_sliced, sliced_books
from workspaces.scope import workspace_scope

pytestmark = pytest.mark.django_db
# What `monthly_churn` is the mean of, and what is a setting, do not add up.
NOT_SUMS = {"monthly_churn", "gross_margin_percent"}


@settings(max_examples=examples(12), derandomize=True, deadline=None, database=None)
@given(
    book=sliced_books(),
    until=UNTIL,
    wanted=st.one_of(st.just({}), conditions()),
    interval=st.sampled_from(["month", "month", "quarter", "year"]),
    rates_on=st.sampled_from([None, None, dt.date(2024, 12, 31)]),
    place=st.integers(0, 20),
)
def test_rows_add_up_to_inputs_and_inputs_to_the_figure(book, until, wanted, interval, rates_on, place):
    content, traits = book
    with undone():
        workspace, _ = open_sliced(content, traits)
        books.close(workspace, until)
        with workspace_scope(workspace):
            chosen = chosen_in(workspace, wanted, rates_on=rates_on)
            window = {"workspace": workspace, "first": books.EVER, "last": books.NEVER, "interval": interval}
            series = slices.series(**window, keys=list(METRICS), chosen=chosen).rows
            bridge = slices.bridge(**window, chosen=chosen).rows
            if not series:
                return
            row, bridged = series[place % len(series)], bridge[place % len(series)]
            for key in [*WORKINGS, *COLUMNS]:
                found = explanation(workspace, key, day=row["starts_on"], interval=interval, chosen=chosen)
                assert found.value == (row[key] if key in row else bridged[key])
                if not found.unavailable:
                    assert_adds_up(found)


def assert_adds_up(found):
    amounts = {}
    for one in found.inputs:
        rows = list(all_rows(found.cell, one.input))
        if one.input.rows:
            assert len(rows) == one.rows_count
        if one.input.name not in NOT_SUMS:
            assert sum(row["value"] for row in rows) == one.value
        amounts[one.input.name] = one.value
        # A page at a time is the same rows in the same order.
        paged, after = [], None
        while page := rows_of(found.cell, one.input, after=after, limit=2):
            paged += page
            after = page[-1]["place"]
        assert paged == rows
    # The working itself, calculated: exact wherever no mean of months is in it.
    if "monthly_churn" not in amounts:
        assert worked(found.metric.key, amounts, found.metric.unit) == found.value
    assert found.working.count("=") == 1


def worked(key, amounts, unit):
    text = working_of(key).replace("÷", "/").replace("×", "*").replace("−", "-")
    for name, amount in amounts.items():
        share = Fraction(amount) / (100 if INPUTS[name].unit == "percent" else 1)
        text = text.replace(f"{{{name}}}", f"Fraction({share.numerator}, {share.denominator})")
    try:
        value = Fraction(eval(text))  # noqa: S307 - a working of the product's own
    except ZeroDivisionError:
        return None
    return int(value) if unit == "count" else ratios.rounded(value, 2 if unit == "money" else 6)


def test_every_metric_and_column_of_the_bridge_is_explained():
    assert set(WORKINGS) == set(METRICS)
    assert set(slices.BRIDGE) <= set(WORKINGS) | set(COLUMNS)


@pytest.mark.parametrize("key", WORKINGS)
def test_a_metric_uses_no_more_than_its_inputs(key):
    """Fed with nothing but the inputs of its working, a metric has all that it asks for."""
    names = {one.name for one in inputs_of(key)}
    asked = []

    class Watched:
        def __getattr__(self, name):
            asked.append(name)
            return [(1, 7)] if name == "monthly_churn" else 3

    METRICS[key].compute(Watched())
    assert set(asked) == names, inspect.getsource(METRICS[key].compute)


def test_what_has_no_figures_is_refused(db):
    workspace, _ = books.open_book("book-8")
    with workspace_scope(workspace), pytest.raises(LookupError):
        explanation(workspace, "mrr", day=dt.date(2024, 1, 1))
    with workspace_scope(workspace), pytest.raises(queries.UnknownMetric):
        explanation(workspace, "joy", day=dt.date(2024, 1, 1))
