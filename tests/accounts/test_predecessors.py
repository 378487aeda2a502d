"""The guess which contract follows which."""

import datetime as dt

from accounts.predecessors import NEAR_DAYS, Candidate, likely_predecessors


def contract(pk, starts, ends=None, *, auto_renew=False, cancelled=None, renews=None):
    day = dt.date.fromisoformat
    return Candidate(
        pk, day(starts), day(ends) if ends else None, auto_renew, day(cancelled) if cancelled else None, renews
    )


OLD = contract("old", "2024-01-01", "2024-12-31")


def pairs(*contracts, asked=(), offered=()):
    return likely_predecessors(contracts, asked=set(asked), offered=set(offered))


def test_contract_that_starts_near_an_end_is_paired_with_it():
    for starts in ("2024-11-01", "2025-01-01", "2025-02-20"):
        assert pairs(OLD, contract("new", starts)) == [("new", "old")]


def test_contract_that_starts_too_far_away_is_not():
    last = dt.date(2025, 1, 1) + dt.timedelta(days=NEAR_DAYS)
    assert pairs(OLD, contract("new", last.isoformat())) == [("new", "old")]
    assert pairs(OLD, contract("new", (last + dt.timedelta(days=1)).isoformat())) == []


def test_nearest_end_wins_and_each_predecessor_is_offered_once():
    other = contract("other", "2024-02-01", "2025-01-31")
    assert pairs(OLD, other, contract("b", "2025-02-01"), contract("a", "2025-01-01")) == [("a", "old"), ("b", "other")]
    assert pairs(OLD, contract("near", "2025-01-02"), contract("far", "2025-02-02")) == [("near", "old")]


def test_contracts_that_wait_for_no_successor_are_left_out():
    new = contract("new", "2025-01-01")
    assert pairs(contract("open", "2024-01-01"), new) == []
    assert pairs(contract("rolls", "2024-01-01", "2024-12-31", auto_renew=True), new) == []
    assert pairs(contract("ends", "2024-01-01", "2024-12-31", cancelled="2024-12-01"), new) == []
    assert pairs(OLD, contract("linked", "2025-01-01", renews="old"), contract("late", "2025-01-15")) == []


def test_questions_are_asked_once():
    new = contract("new", "2025-01-01")
    assert pairs(OLD, new, asked=["new"]) == []
    assert pairs(OLD, new, offered=["old"]) == []
