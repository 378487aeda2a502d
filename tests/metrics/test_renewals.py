"""Renewals: where each stands, that the rates are the registry's, and who owned what fell due."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given, settings

from metrics import queries
from metrics.models import RENEWED, PeriodFigures, Standing
from metrics.renewals import added_up, by_period, calendar_days, renewal_rates, tallies, term_ends
from tests.effort import examples
from tests.metrics import books
from tests.metrics.random_books import UNTIL
from tests.metrics.random_books import books as random_books
from tests.metrics.test_closing import contract
from tests.metrics.test_properties import undone
from workspaces.scope import workspace_scope

pytestmark = pytest.mark.django_db
CLOSED = dt.date(2025, 6, 10)


def renewed(key, *, starts, signed=None, account="a", **fields):
    return contract(key, account, amount="100", starts=starts, renews=key[:-1], signed_on=signed, **fields)


@pytest.fixture
def workspace(db):
    """Terms of a month or so, with a grace of ten days, in every standing that there is."""
    ended = {
        key: contract(key, "a", amount="100", starts="2025-01-01", ends=ends)
        for key, ends in {
            "overlapped": "2025-02-10",
            "signed before": "2025-02-28",
            "signed in time": "2025-02-28",
            "next day": "2025-02-28",
            "signed on the day": "2025-03-31",
            "signed later": "2025-03-31",
            "began later": "2025-03-31",
            "too late": "2025-04-10",
            "open": "2025-06-05",
            "due": "2025-07-31",
            "known already": "2025-07-31",
        }.items()
    }
    rows = [
        *ended.values(),
        contract("gone", "b", amount="100", starts="2025-01-01", ends="2025-02-28", cancelled_on="2025-02-01"),
        contract("going", "b", amount="100", starts="2025-01-01", ends="2025-08-31", cancelled_on="2025-06-01"),
        contract("rolls", "b", amount="7", starts="2025-01-01", ends="2025-03-31", auto_renew=True, currency="USD"),
        renewed("overlapped+", starts="2025-02-10"),
        renewed("signed before+", starts="2025-03-05", signed="2025-01-29"),
        renewed("signed in time+", starts="2025-03-01", signed="2025-01-30"),
        renewed("next day+", starts="2025-03-01"),
        renewed("signed on the day+", starts="2025-04-01", signed="2025-03-31"),
        renewed("signed later+", starts="2025-04-01", signed="2025-04-02"),
        renewed("began later+", starts="2025-04-11"),
        renewed("too late+", starts="2025-04-22"),
        renewed("known already+", starts="2025-08-01", signed="2025-06-01"),
    ]
    workspace, content = books.open_content(
        {
            "workspace": {"base_currency": "CNY", "timezone": "Asia/Shanghai", "renewal_grace_days": 10},
            "accounts": [{"external_id": key, "name": key.upper()} for key in "ab"],
            "contracts": rows,
            "fx_rates": [
                {"currency": "USD", "date": "2025-01-01", "rate": "7"},
                {"currency": "USD", "date": "2025-06-01", "rate": "6"},
            ],
            "spend": [],
        }
    )
    assert len(content["contracts"]) == len(rows)
    books.close(workspace, CLOSED)
    return workspace


def test_each_renewal_has_its_standing_and_worth(workspace):
    with workspace_scope(workspace):
        rows = term_ends(workspace, closed=CLOSED).values_list("contract__external_id", "day", "standing", "worth")
        found = {(key, str(day)): (standing, worth) for key, day, standing, worth in rows}
    hundred = Decimal("100.00")
    assert found == {
        ("overlapped", "2025-02-10"): (Standing.RENEWED_EARLY, hundred),
        ("signed before", "2025-02-28"): (Standing.RENEWED_EARLY, hundred),
        ("signed in time", "2025-02-28"): (Standing.RENEWED_ON_TIME, hundred),
        ("next day", "2025-02-28"): (Standing.RENEWED_ON_TIME, hundred),
        ("signed on the day", "2025-03-31"): (Standing.RENEWED_ON_TIME, hundred),
        ("signed later", "2025-03-31"): (Standing.RENEWED_LATE, hundred),
        ("began later", "2025-03-31"): (Standing.RENEWED_LATE, hundred),
        ("too late", "2025-04-10"): (Standing.LOST, hundred),
        ("open", "2025-06-05"): (Standing.OPEN, hundred),
        ("due", "2025-07-31"): (Standing.DUE, hundred),
        ("known already", "2025-07-31"): (Standing.RENEWED_EARLY, hundred),
        ("gone", "2025-02-28"): (Standing.GIVEN_UP, hundred),
        ("going", "2025-08-31"): (Standing.GIVEN_UP, hundred),
        # What was converted on its day stays; what is to come is told at the rate of the last closed day.
        ("rolls", "2025-03-31"): (Standing.RENEWED_ITSELF, Decimal("49.00")),
        ("rolls", "2025-06-30"): (Standing.DUE, Decimal("42.00")),
    }


def test_tallies_and_calendar_add_up_to_the_rows(workspace, django_assert_max_num_queries):
    with workspace_scope(workspace):
        rows = term_ends(workspace, closed=CLOSED).filter(day__range=(dt.date(2025, 3, 1), dt.date(2025, 3, 31)))
        assert [(one.standing, one.count, one.worth) for one in tallies(rows)] == [
            (Standing.RENEWED_ON_TIME, 1, Decimal("100.00")),
            (Standing.RENEWED_LATE, 2, Decimal("200.00")),
            (Standing.RENEWED_ITSELF, 1, Decimal("49.00")),
        ]
        with django_assert_max_num_queries(2):
            days = calendar_days(rows, most=3)
    assert list(days) == [dt.date(2025, 3, 31)]
    day = days[dt.date(2025, 3, 31)]
    assert (day.count, day.worth, [row.worth for row in day.largest]) == (4, Decimal("349.00"), [Decimal("100.00")] * 3)


def assert_rates_are_the_registrys(workspace, closed):
    """Σ renewed ÷ due of the calendar is the metric, for every period; owners add up to it."""
    window = {"first": books.EVER, "last": books.NEVER}
    with workspace_scope(workspace):
        for interval in ("month", "quarter", "year"):
            figures = {
                row.starts_on: (row.contracts_due, row.contracts_renewed, row.value_due, row.value_renewed)
                for row in PeriodFigures.objects.filter(workspace=workspace, interval=interval)
            }
            rates = renewal_rates(workspace, closed=closed, interval=interval, **window)
            found = {row.period.starts_on: (row.due, row.renewed, row.value_due, row.value_renewed) for row in rates}
            nothing = dict.fromkeys(figures, (0, 0, 0, 0))
            # Figures begin with the first balance; before it a contract may end whose lines come to nothing.
            early = [starts_on for starts_on in found if starts_on not in figures]
            assert all(found.pop(starts_on)[2:] == (0, 0) for starts_on in early)
            assert nothing | found == figures
            keys = ("renewal_rate", "renewal_rate_value")
            series = queries.series(workspace=workspace, keys=keys, interval=interval, **window)
            by_name = {row.period.name: (row.rate, row.rate_value) for row in rates}
            told = {row["period"]: tuple(row[key] for key in keys) for row in series}
            assert {name: by_name.get(name, (None, None)) for name in told} == told
            owners = renewal_rates(workspace, closed=closed, interval=interval, is_by_owner=True, **window)
            assert added_up(owners, by_period) == added_up(rates, by_period)


def test_rates_are_the_registrys_in_a_golden_book():
    workspace, content = books.open_book("book-40")
    books.close(workspace, content["until"])
    closed = dt.date.fromisoformat(content["until"])
    assert_rates_are_the_registrys(workspace, closed)
    with workspace_scope(workspace):
        rows = term_ends(workspace, closed=closed)
        told = sum(one.count for one in tallies(rows.filter(day__lte=closed)) if one.standing in RENEWED)
        assert told == sum(month["contracts_renewed"] for month in content["expected"]["months"])


@settings(max_examples=examples(12), derandomize=True, deadline=None, database=None)
@given(content=random_books(), until=UNTIL)
def test_rates_are_the_registrys_in_random_books(content, until):
    with undone():
        workspace, _content = books.open_content(content)
        books.close(workspace, until)
        assert_rates_are_the_registrys(workspace, until)
