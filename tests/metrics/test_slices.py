"""Slices on random small books: as a naive second implementation has them, closing, and adding up to the whole."""

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.models import Account, Product, TraitChange
from metrics import queries
from metrics.registry import METRICS
from metrics.slices import queries as slices
from metrics.slices.cohorts import cohorts
from metrics.slices.slice import Slice
from tests.effort import examples
from tests.metrics import books
from tests.metrics.naive_arithmetic import half_up
from tests.metrics.random_books import ACCOUNTS, OFFSETS, START, UNTIL
from tests.metrics.random_books import books as random_books
from tests.metrics.reference import Book
from tests.metrics.sliced_reference import SlicedBook
from tests.metrics.test_properties import undone
from workspaces.scope import workspace_scope

pytestmark = pytest.mark.django_db
METRIC_KEYS = (
    "nrr", "grr", "committed_new", "committed_lost", "ltv",
    "contracts_due", "contracts_renewed", "renewal_rate_value",
)  # fmt: skip
EVER = {"first": books.EVER, "last": books.NEVER}
PRODUCTS = ("core", "extra")
INDUSTRIES = ("", "mining", "retail")


@st.composite
def sliced_books(draw):
    """A random book whose lines are of two products, and of what industry its accounts are and were."""
    content = draw(random_books())
    for contract in content["contracts"]:
        for line in contract["lines"]:
            line["product"] = draw(st.sampled_from(PRODUCTS))
    traits = {}
    for account in ACCOUNTS:
        changes = draw(st.dictionaries(OFFSETS, st.sampled_from(INDUSTRIES[1:]), max_size=2))
        days = [(START + dt.timedelta(days=offset), before) for offset, before in changes.items()]
        traits[account] = (draw(st.sampled_from(INDUSTRIES)), sorted(days))
    return content, traits


@st.composite
def conditions(draw):
    """Values by dimension; an absent one does not matter."""
    among = {"industry": INDUSTRIES, "product": PRODUCTS, "currency": ("CNY", "USD", "EUR")}
    chosen = draw(st.sets(st.sampled_from(sorted(among)), max_size=3))
    return {key: sorted(draw(st.sets(st.sampled_from(among[key]), min_size=1))) for key in sorted(chosen)}


def open_sliced(content, traits):
    workspace, content = books.open_content(content)
    with workspace_scope(workspace):
        for account in Account.objects.filter(workspace=workspace):
            now, changes = traits[account.external_id]
            Account.objects.filter(pk=account.pk).update(industry=now)
            TraitChange.objects.bulk_create(
                TraitChange(workspace=workspace, account=account, dimension="industry", changed_on=day, before=[before])
                for day, before in changes
            )
    return workspace, content


def reference(content, traits, until, wanted, rates_on=None) -> SlicedBook:
    def of(key):
        return set(wanted[key]) if key in wanted else None

    return SlicedBook(Book(content, until), traits, of("industry"), of("product"), of("currency"), rates_on)


def chosen_in(workspace, wanted, **rest) -> Slice:
    ids = dict(Product.objects.filter(workspace=workspace).values_list("name", "pk"))
    named = wanted | (
        {"product": [str(ids[name]) for name in wanted["product"] if name in ids]} if "product" in wanted else {}
    )
    return Slice.of(named, **rest)


def rows_of(workspace, chosen, interval="month", keys=METRIC_KEYS):
    window = {"workspace": workspace, "first": books.EVER, "last": books.NEVER, "interval": interval}
    bridges = slices.bridge(**window, chosen=chosen).rows
    metrics = slices.series(**window, keys=keys, chosen=chosen).rows
    return [
        {"period": row["period"], **{key: row[key] for key in slices.BRIDGE}, **{key: figures[key] for key in keys}}
        for row, figures in zip(bridges, metrics, strict=True)
    ]


@settings(max_examples=examples(20), derandomize=True, deadline=None, database=None)
@given(
    book=sliced_books(),
    until=UNTIL,
    asked=st.lists(conditions(), min_size=2, max_size=3),
    interval=st.sampled_from(["month", "month", "quarter", "year"]),
    rates_on=st.sampled_from([dt.date(2024, 1, 1), dt.date(2024, 12, 31)]),
)
def test_slices_are_those_of_the_reference_close_and_add_up(book, until, asked, interval, rates_on):
    """One closed book, looked at in all ways: closing it is what takes long."""
    content, traits = book
    with undone():
        workspace, content = open_sliced(content, traits)
        books.close(workspace, until)
        with workspace_scope(workspace):
            for wanted in asked:
                assert_as_reference(workspace, wanted, interval, reference(content, traits, until, wanted))
                at_once = reference(content, traits, until, wanted, rates_on)
                assert_as_reference(workspace, wanted, interval, at_once)
            assert_everything_is_the_whole(workspace)
            for group_by in ("industry", "product", "currency"):
                assert_groups_are_slices(workspace, group_by)


def assert_as_reference(workspace, wanted, interval, expected):
    chosen = replace(chosen_in(workspace, wanted), rates_on=expected.rates_on)
    # The value of a term end falls to products by share, and at other rates it is not known.
    keys = METRIC_KEYS if "product" not in wanted and not expected.rates_on else METRIC_KEYS[:5]
    rows = rows_of(workspace, chosen, interval, keys)
    names = ["period", *slices.BRIDGE, *keys]
    assert rows == [{name: row[name] for name in names} for row in expected.rows(interval)]
    assert not expected.rates_on or all(row["fx"] == 0 for row in rows)
    until = expected.book.until
    moved = slices.movements(workspace=workspace, first=START, last=until, chosen=chosen)
    assert sorted((row["date"], row["account"], row["kind"], row["amount"]) for row in moved) == sorted(
        (day, account, kind, half_up(amount, 2)) for day, account, kind, amount in expected.movements(START, until)
    )


def assert_everything_is_the_whole(workspace):
    """By whatever way it is worked out: nothing asked, all currencies asked for, all industries."""
    keys = [key for key in METRICS if key != "contracts_open"]
    bridge, series = queries.bridge(workspace=workspace, **EVER), queries.series(workspace=workspace, keys=keys, **EVER)
    for wanted in ({}, {"currency": ["CNY", "EUR", "USD"]}, {"industry": list(INDUSTRIES)}):
        chosen = Slice.of(wanted)
        for row, whole in zip(slices.bridge(workspace=workspace, chosen=chosen, **EVER).rows, bridge, strict=True):
            assert row == whole | {"entering": 0, "leaving": 0}
        told = [key for key in keys if not wanted or key not in slices.SPENT]
        found = slices.series(workspace=workspace, keys=told, chosen=chosen, **EVER)
        for row, whole in zip(found.rows, series, strict=True):
            assert row == {key: whole[key] for key in row}


def assert_groups_are_slices(workspace, group_by):
    """Each group is what it is alone; those of accounts add up to the whole, what only changed hands included."""
    grouped = Slice.of(group_by=group_by)
    rows = slices.bridge(workspace=workspace, chosen=grouped, **EVER).rows
    figures = slices.series(workspace=workspace, keys=METRIC_KEYS, chosen=grouped, **EVER).rows
    for group in {row["group"] for row in rows}:
        alone = grouped.narrowed(group.value or "")
        for found, own in (
            (rows, slices.bridge(workspace=workspace, chosen=alone, **EVER).rows),
            (figures, slices.series(workspace=workspace, keys=METRIC_KEYS, chosen=alone, **EVER).rows),
        ):
            assert [row | {"group": 0} for row in found if row["group"] == group] == [row | {"group": 0} for row in own]
    if group_by != "industry":
        return
    kinds = ("expansion", "contraction", "entering", "leaving", "fx")
    for whole in queries.bridge(workspace=workspace, **EVER):
        parts = [row for row in rows if row["period"] == whole["period"]]
        for key in ("mrr_start", "mrr_end", "new", "churn", "reactivation", "customers_end", "new_customers"):
            assert sum(part[key] for part in parts) == whole[key]
        assert sum(part[kind] for part in parts for kind in kinds) == sum(whole.get(kind, 0) for kind in kinds)


@pytest.mark.parametrize("name", ["edges", "book-40"])
def test_cohorts_of_everything_are_those_of_the_whole(name):
    workspace, content = books.open_book(name)
    books.close(workspace, content["until"])
    with workspace_scope(workspace):
        currencies = sorted({row["currency"] for row in content["contracts"]})
        for by in ("month", "quarter", "year"):
            for measure in queries.COHORT_MEASURES:
                whole = queries.cohorts(workspace=workspace, by=by, measure=measure)
                for wanted in ({}, {"currency": currencies}, {"industry": industries_of(content)}):
                    chosen = Slice.of(wanted)
                    assert cohorts(workspace=workspace, by=by, measure=measure, chosen=chosen).rows == whole
        grouped = cohorts(workspace=workspace, chosen=Slice.of(group_by="industry"))
        assert sum(row["size"] for row in grouped.rows) == sum(
            row["size"] for row in queries.cohorts(workspace=workspace)
        )


def industries_of(content) -> list[str]:
    return sorted({"", *(row.get("industry") or "" for row in content["accounts"])})
