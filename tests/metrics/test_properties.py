"""What must hold for every book, tried on random small ones: the bridge of docs/metrics.md, and reproducible figures."""

import datetime as dt
from contextlib import contextmanager
from decimal import Decimal
from itertools import pairwise

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.actions import save_contracts, save_fx_rates, void_contract, void_fx_rate
from accounts.models import Contract, FxRate
from leads.actions import save_spend
from metrics import queries
from metrics.models import Closing, Restatement
from tests.effort import examples
from tests.metrics import books
from tests.metrics.digests import digest
from tests.metrics.random_books import START, UNTIL, contracts, rates, spend
from tests.metrics.random_books import books as random_books
from tests.metrics.reference import Book
from workspaces.scope import workspace_scope

pytestmark = pytest.mark.django_db
KEYS = [key for key in books.book("edges")["expected"]["months"][0] if key != "period"]
INTERVALS = ("month", "quarter", "year")
careful = settings(max_examples=examples(24), derandomize=True, deadline=None, database=None)


@contextmanager
def undone():
    """Each example starts from nothing and leaves nothing."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def assert_as_reference(workspace, content, until):
    expected = Book(content, until)
    assert books.movements(workspace) == expected.movement_rows()
    for interval in INTERVALS:
        rows = expected.rows(interval)
        assert books.months(workspace, ["period", *KEYS], interval) == rows


@careful
@given(content=random_books(), until=UNTIL)
def test_figures_are_those_of_the_reference_and_stay_when_closed_again(content, until):
    with undone():
        workspace, content = books.open_content(content)
        books.close(workspace, until)
        assert_as_reference(workspace, content, until)
        assert_bounds(workspace, until)
        once, closings = digest(workspace), closed(workspace)
        for since in (None, START):
            books.close(workspace, until, since=since)
            assert digest(workspace) == once
            assert closed(workspace) == closings
            with workspace_scope(workspace):
                assert not Restatement.objects.exists()


def assert_bounds(workspace, until):
    """The bridge closes, periods join, quarters are their months, and retention keeps its bounds."""
    window = {"workspace": workspace, "first": START, "last": until}
    kinds = ("new", "expansion", "contraction", "churn", "reactivation", "fx")
    with workspace_scope(workspace):
        bridges = {interval: queries.bridge(**window, interval=interval) for interval in INTERVALS}
        retention = [queries.series(**window, keys=["nrr", "grr"], interval=interval) for interval in INTERVALS]
    for bridge in bridges.values():
        for row in bridge:
            assert row["mrr_start"] + sum(row[kind] for kind in kinds) == row["mrr_end"]
        for row, following in pairwise(bridge):
            assert row["mrr_end"] == following["mrr_start"]
            assert row["customers_end"] == following["customers_start"]
    for name in (*kinds, "new_customers"):
        assert len({sum(row[name] for row in bridge) for bridge in bridges.values()}) == 1
    for row in (row for rows in retention for row in rows if row["grr"] is not None):
        assert 0 <= row["grr"] <= min(row["nrr"], Decimal(1))


@careful
@given(content=random_books(), until=UNTIL, data=st.data())
def test_order_of_arrival_and_of_closings_does_not_matter(content, until, data):
    """One workspace hears everything at once and closes once; the other hears it bit by bit, closing in between, and
    chooses its settings of old days only then.
    """
    with undone():
        at_once, content = books.open_content(content, "at-once")
        books.close(at_once, until)
        bit_by_bit, _ = books.open_content(content | {"contracts": [], "spend": [], "settings": []}, "bit-by-bit")
        days = sorted(data.draw(st.lists(st.dates(START, until), max_size=2))) if until > START else []
        parts = [[], [], []]
        for row in data.draw(st.permutations(content["contracts"])):
            # A predecessor that is not there yet: the link comes with a second write.
            parts[data.draw(st.integers(0, 2))].append(row)
        choices = sorted(content["settings"], key=lambda row: row["effective_from"])
        with workspace_scope(bit_by_bit):
            for number, part in enumerate(parts):
                if part:
                    bare = [row | {"renews": None} for row in part]
                    assert not any(
                        result.errors for result in save_contracts(workspace=bit_by_bit, rows=bare, by=books.BY)
                    )
                if number < len(days):
                    books.close(bit_by_bit, days[number])
                for row in choices[number : number + 1]:
                    books.choose(bit_by_bit, row)
            save_spend(workspace=bit_by_bit, rows=content["spend"], by=books.BY)
            if content["contracts"]:
                results = save_contracts(workspace=bit_by_bit, rows=content["contracts"], by=books.BY)
                assert not any(result.errors for result in results)
        books.close(bit_by_bit, until)
        assert digest(bit_by_bit) == digest(at_once)


@careful
@given(content=random_books(), until=UNTIL, data=st.data())
def test_late_changes_give_what_a_rebuild_gives(content, until, data):
    """Edits, voids, late rates and spend are worked into closed days as if they had been there from the beginning."""
    with undone():
        workspace, content = books.open_content(content)
        books.close(workspace, until)
        for _ in range(data.draw(st.integers(1, 3))):
            content = change(workspace, content, data)
        books.close(workspace, until)
        assert_as_reference(workspace, content, until)
        incremental = digest(workspace)
        books.close(workspace, until, since=dt.date(2000, 1, 1))
        assert digest(workspace) == incremental


def change(workspace, content, data) -> dict:
    """One late write through the actions; the content as it is then."""
    rows = content["contracts"]
    what = data.draw(st.sampled_from(["edit", "void", "add", "rates", "rate voided", "spend"]))
    with workspace_scope(workspace):
        if what in ("edit", "void") and rows:
            row = data.draw(st.sampled_from(rows))
            if what == "void":
                pk = Contract.objects.standing().get(workspace=workspace, external_id=row["external_id"]).pk
                void_contract(workspace=workspace, pk=pk, reason="entered twice", by=books.BY)
                rest = [other for other in rows if other is not row]
                rows = [other | {"renews": None} if other["renews"] == row["external_id"] else other for other in rest]
                return content | {"contracts": rows}
            number = int(row["external_id"][1:])
            edited = data.draw(contracts(number, [other for other in rows if other is not row]))
            return _saved(workspace, content, edited)
        if what == "add":
            return _saved(workspace, content, data.draw(contracts(90 + len(rows), rows)))
        if what == "rates":
            late = data.draw(rates())
            save_fx_rates(workspace=workspace, rows=late, by=books.BY)
            kept = {(row["currency"], row["date"]): row for row in [*content["fx_rates"], *late]}
            return content | {"fx_rates": list(kept.values())}
        if what == "rate voided":
            row = data.draw(st.sampled_from(content["fx_rates"]))
            if row["date"] != "2020-01-01":
                pk = FxRate.objects.standing().get(currency=row["currency"], date=row["date"]).pk
                void_fx_rate(workspace=workspace, pk=pk, reason="wrong", by=books.BY)
                return content | {"fx_rates": [other for other in content["fx_rates"] if other is not row]}
        if what == "spend":
            late = data.draw(spend())
            save_spend(workspace=workspace, rows=late, by=books.BY)
            kept = {row["date"]: row for row in [*content["spend"], *late]}
            return content | {"spend": list(kept.values())}
    return content


def _saved(workspace, content, row) -> dict:
    (result,) = save_contracts(workspace=workspace, rows=[row], by=books.BY)
    if result.status == "error":
        return content
    rest = [other for other in content["contracts"] if other["external_id"] != row["external_id"]]
    return content | {"contracts": [*rest, row]}


def closed(workspace) -> list[tuple]:
    with workspace_scope(workspace):
        return list(Closing.objects.order_by("day").values_list("day", "restated_at"))
