"""Closing days: what is refused, what is kept, what is restated, what is published."""

import datetime as dt
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from accounts.actions import save_contracts, save_fx_rates, void_account
from accounts.models import Account, ChangedFact
from leads.actions import save_spend
from metrics import queries
from metrics.closing import close_through
from metrics.errors import DayNotOver, MissingRate
from metrics.models import AccountDay, Closing, ClosingFailure, PeriodFigures, Restatement, RestatementBatch, TermEnd
from tests.metrics import books
from tests.metrics.digests import digest
from workspaces.actions.settings import update_metric_settings
from workspaces.scope import workspace_scope

pytestmark = pytest.mark.django_db
BY = books.BY
LINE = {"product": "core", "quantity": 1, "interval": "month", "discount_percent": "0"}


def contract(key, account="a", *, amount="100", starts="2025-01-10", ends=None, currency="CNY", **more):
    return {
        "external_id": key,
        "account": account,
        "currency": currency,
        "starts_on": starts,
        "ends_on": ends,
        "lines": [LINE | {"unit_amount": amount}],
        **more,
    }


@pytest.fixture
def workspace(db):
    """Accounts a and b with a contract each, nothing closed."""
    workspace, _ = books.open_content(
        {
            "workspace": {"base_currency": "CNY", "timezone": "Asia/Shanghai", "renewal_grace_days": 30},
            "accounts": [{"external_id": key, "name": key.upper()} for key in ("a", "b")],
            "contracts": [
                contract("one", ends="2025-06-09"),
                contract("two", "b", amount="50", starts="2025-02-01"),
            ],
            "fx_rates": [],
            "spend": [],
        }
    )
    return workspace


def series(workspace, *keys, first=books.EVER, last=books.NEVER, interval="month"):
    with workspace_scope(workspace):
        return queries.series(workspace=workspace, keys=keys, first=first, last=last, interval=interval)


def save(workspace, *rows):
    with workspace_scope(workspace):
        results = save_contracts(workspace=workspace, rows=rows, by=BY)
    assert [result.errors for result in results if result.errors] == []


def close(workspace, day, **kwargs):
    return books.close(workspace, day, **kwargs)


# Days


def test_a_day_is_closed_when_it_is_over_where_the_company_is(workspace):
    """10:00 on the 31st in London is 18:00 in Shanghai: the 30th is over, the 31st is not."""
    at = dt.datetime(2025, 3, 31, 10, tzinfo=ZoneInfo("Europe/London"))
    with pytest.raises(DayNotOver) as refusal:
        close_through(workspace=workspace, until=dt.date(2025, 3, 31), at=at)
    assert (refusal.value.day, refusal.value.last) == (dt.date(2025, 3, 31), dt.date(2025, 3, 30))
    with workspace_scope(workspace):
        assert not Closing.objects.exists()
        assert ChangedFact.objects.exists()
    assert close_through(workspace=workspace, until=dt.date(2025, 3, 30), at=at).closed_through == dt.date(2025, 3, 30)


@pytest.mark.parametrize("day", ["2025-03-30", "2025-10-26"])
def test_a_day_of_23_or_25_hours_is_one_day(db, day):
    content = books.book("book-8") | {"contracts": [], "fx_rates": [], "spend": []}
    content["workspace"] = {"base_currency": "EUR", "timezone": "Europe/Berlin"}
    workspace, _ = books.open_content(content)
    day = dt.date.fromisoformat(day)
    midnight = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(0), ZoneInfo("Europe/Berlin"))
    with pytest.raises(DayNotOver):
        close_through(workspace=workspace, until=day, at=midnight.astimezone(dt.UTC) - dt.timedelta(seconds=1))
    assert close_through(workspace=workspace, until=day, at=midnight.astimezone(dt.UTC)).days_closed == 1


def test_every_closed_day_has_its_row(workspace):
    done = close(workspace, "2025-03-05")
    assert done.days_closed == 55
    with workspace_scope(workspace):
        days = list(Closing.objects.order_by("day").values_list("day", flat=True))
    assert days == [dt.date(2025, 1, 10) + dt.timedelta(days=number) for number in range(55)]
    assert close(workspace, "2025-03-06").days_closed == 1
    assert close(workspace, "2025-03-01").days_closed == 0
    with workspace_scope(workspace):
        assert queries.closed_through(workspace) == dt.date(2025, 3, 6)


def test_a_workspace_without_facts_closes_the_day_and_shows_nothing(db):
    content = {"workspace": {"base_currency": "CNY", "timezone": "Asia/Shanghai"}, "accounts": [], "contracts": []}
    workspace, _ = books.open_content(content | {"fx_rates": [], "spend": []})
    assert close(workspace, "2025-03-05").days_closed == 1
    assert series(workspace, "mrr") == []


# What is shown


def test_the_running_month_is_there_as_of_its_last_closed_day(workspace):
    close(workspace, "2025-02-10")
    rows = series(workspace, "mrr", "customers")
    assert [(row["period"], row["closed"], row["through"], row["mrr"], row["customers"]) for row in rows] == [
        ("2025-01", True, dt.date(2025, 1, 31), Decimal("100.00"), 1),
        ("2025-02", False, dt.date(2025, 2, 10), Decimal("150.00"), 2),
    ]
    quarters = series(workspace, "mrr", interval="quarter")
    assert [(row["period"], row["closed"], row["mrr"]) for row in quarters] == [("2025-Q1", False, Decimal("150.00"))]
    years = series(workspace, "mrr", interval="year")
    assert [(row["period"], row["closed"], row["mrr"]) for row in years] == [("2025", False, Decimal("150.00"))]


def test_a_renewal_is_open_until_its_grace_has_passed(workspace):
    close(workspace, "2025-07-09")
    (june,) = series(workspace, "contracts_due", "contracts_open", first=dt.date(2025, 6, 1), last=dt.date(2025, 6, 30))
    assert (june["contracts_due"], june["contracts_open"]) == (1, 1)
    close(workspace, "2025-07-10")
    (june,) = series(workspace, "contracts_due", "contracts_open", first=dt.date(2025, 6, 1), last=dt.date(2025, 6, 30))
    assert (june["contracts_due"], june["contracts_open"]) == (1, 0)


def test_current_values_are_published_onto_accounts(workspace):
    def published():
        with workspace_scope(workspace):
            return {
                account.external_id: (account.mrr, account.customer_since, account.churned_on, account.renewal_on)
                for account in Account.objects.all()
            }

    close(workspace, "2025-01-31")
    assert published() == {
        "a": (Decimal("100.00"), dt.date(2025, 1, 10), None, dt.date(2025, 6, 9)),
        "b": (Decimal("0.00"), None, None, None),
    }
    close(workspace, "2025-07-10")
    assert published() == {
        "a": (Decimal("0.00"), dt.date(2025, 1, 10), dt.date(2025, 7, 10), None),
        "b": (Decimal("50.00"), dt.date(2025, 2, 1), None, None),
    }


# Late facts


def test_late_facts_make_days_stale_until_the_next_closing(workspace):
    close(workspace, "2025-04-30")
    with workspace_scope(workspace):
        assert queries.stale_from(workspace) is None
    save(workspace, contract("late", "b", amount="25", starts="2025-03-15"))
    with workspace_scope(workspace):
        assert queries.stale_from(workspace) == dt.date(2025, 3, 15)
    assert [row["mrr"] for row in series(workspace, "mrr")][2:] == [Decimal("150.00"), Decimal("150.00")]
    done = close(workspace, "2025-04-30")
    assert (done.days_closed, done.restated_from) == (0, dt.date(2025, 3, 15))
    assert [row["mrr"] for row in series(workspace, "mrr")][2:] == [Decimal("175.00"), Decimal("175.00")]
    with workspace_scope(workspace):
        assert queries.stale_from(workspace) is None
        assert not ChangedFact.objects.exists()
        restated = Closing.objects.filter(restated_at__isnull=False).order_by("day")
        assert (restated.first().day, restated.last().day) == (dt.date(2025, 3, 15), dt.date(2025, 4, 30))
        batch = RestatementBatch.objects.get()
        log = {(row.interval, row.starts_on): row for row in batch.periods.all()}
    assert set(log) == {
        ("month", dt.date(2025, 3, 1)),
        ("month", dt.date(2025, 4, 1)),
        ("quarter", dt.date(2025, 1, 1)),
    }
    march = log["month", dt.date(2025, 3, 1)]
    assert (march.name, march.before["mrr"], march.after["mrr"]) == ("2025-03", "150.00", "175.00")
    assert (batch.reason, batch.from_day, batch.accounts_changed) == ("facts", dt.date(2025, 3, 15), 1)


def test_only_accounts_that_changed_are_written(workspace):
    close(workspace, "2025-04-30")
    with workspace_scope(workspace):
        AccountDay.objects.filter(account__external_id="a").update(balance=1)
        Account.objects.filter(external_id="a").update(mrr_cents=1)
    save(workspace, contract("late", "b", amount="25", starts="2025-03-15"))
    close(workspace, "2025-05-02")
    with workspace_scope(workspace):
        # Nobody may write figures by hand; what is left of it shows that account a was not looked at.
        assert AccountDay.objects.get(account__external_id="a").balance == 1
        assert list(Account.objects.order_by("external_id").values_list("mrr_cents", flat=True)) == [1, 7500]
        assert PeriodFigures.objects.get(interval="month", starts_on=dt.date(2025, 5, 1)).mrr_end == 175
    close(workspace, "2025-05-02", since=dt.date(2025, 1, 1))
    with workspace_scope(workspace):
        assert AccountDay.objects.get(account__external_id="a").balance == 100
        assert list(Account.objects.order_by("external_id").values_list("mrr_cents", flat=True)) == [10000, 7500]


def test_a_contract_before_the_first_closed_day_closes_the_days_before_it(workspace):
    close(workspace, "2025-04-30")
    save(workspace, contract("old", "b", starts="2024-12-20", ends="2025-01-31"))
    close(workspace, "2025-04-30")
    with workspace_scope(workspace):
        assert Closing.objects.order_by("day").first().day == dt.date(2024, 12, 20)
    rows = series(workspace, "mrr", "new_customers")
    assert [(row["period"], row["mrr"], row["new_customers"]) for row in rows][:2] == [
        ("2024-12", Decimal("100.00"), 1),
        ("2025-01", Decimal("200.00"), 1),
    ]


def test_periods_that_vanish_and_appear_are_in_the_log(workspace):
    close(workspace, "2025-04-30")
    save(workspace, contract("one", starts="2025-02-10", ends="2025-06-09"))
    assert close(workspace, "2025-04-30").restated_from == dt.date(2025, 1, 10)
    assert series(workspace, "mrr")[0]["period"] == "2025-02"
    january = {"interval": "month", "starts_on": dt.date(2025, 1, 1)}
    with workspace_scope(workspace):
        gone = Restatement.objects.get(**january)
        assert (gone.before["mrr"], gone.before["new_customers"], gone.after) == ("100.00", 1, None)
        assert Restatement.objects.get(interval="month", starts_on=dt.date(2025, 2, 1)).after["new_customers"] == 2
        Restatement.objects.all().delete()
    save(workspace, contract("one", starts="2024-12-10", ends="2025-06-09"))
    close(workspace, "2025-04-30")
    with workspace_scope(workspace):
        come = {(row.interval, row.starts_on): row for row in Restatement.objects.filter(before__isnull=True)}
    assert set(come) == {
        ("month", dt.date(2024, 12, 1)),
        ("month", dt.date(2025, 1, 1)),
        ("quarter", dt.date(2024, 10, 1)),
        ("year", dt.date(2024, 1, 1)),
    }
    assert come["month", dt.date(2025, 1, 1)].after["mrr"] == "100.00"
    with workspace_scope(workspace):
        void_account(workspace=workspace, pk=Account.objects.get(external_id="a").pk, reason="entered twice", by=BY)
        void_account(workspace=workspace, pk=Account.objects.get(external_id="b").pk, reason="entered twice", by=BY)
        Restatement.objects.all().delete()
    close(workspace, "2025-04-30")
    with workspace_scope(workspace):
        log = Restatement.objects.all()
        # The running year was never published as a whole.
        assert {(row.interval, row.after) for row in log} == {("month", None), ("quarter", None), ("year", None)}
        assert {row.starts_on for row in log if row.interval == "year"} == {dt.date(2024, 1, 1)}


def test_a_voided_account_leaves_no_figures(workspace):
    close(workspace, "2025-04-30")
    with workspace_scope(workspace):
        for account in Account.objects.all():
            void_account(workspace=workspace, pk=account.pk, reason="entered twice", by=BY)
    close(workspace, "2025-04-30")
    assert series(workspace, "mrr") == []
    with workspace_scope(workspace):
        for model in (AccountDay, TermEnd, PeriodFigures):
            assert not model.objects.exists()
        assert not Account.objects.exclude(mrr_cents=0, customer_since=None, churned_on=None, renewal_on=None).exists()


def test_late_spend_restates_spend_and_cost_alone(workspace):
    close(workspace, "2025-04-30")
    with workspace_scope(workspace):
        row = {"date": "2025-02-03", "channel": "seminar", "amount": "300"}
        save_spend(workspace=workspace, rows=[row], by=BY)
        assert queries.stale_from(workspace) == dt.date(2025, 2, 3)
    assert close(workspace, "2025-04-30").restated_from == dt.date(2025, 2, 3)
    february = series(workspace, "spend", "cac", "mrr")[1]
    assert (february["spend"], february["cac"], february["mrr"]) == (300, 300, 150)
    with workspace_scope(workspace):
        row = Restatement.objects.select_related("batch").get(interval="month")
        assert (row.batch.reason, row.before, row.after) == (
            "spend",
            {"spend": "0.00", "cac": "0.00", "cac_payback_months": "0.000000"},
            {"spend": "300.00", "cac": "300.00", "cac_payback_months": "7.500000"},
        )


def test_changed_settings_recompute_history_at_the_next_closing(workspace):
    close(workspace, "2025-07-31")
    assert series(workspace, "mrr")[5]["mrr"] == 150
    with workspace_scope(workspace):
        update_metric_settings(workspace=workspace, by=BY, renewal_grace_days=0, gross_margin_percent=60)
        assert queries.stale_from(workspace) == dt.date(2025, 1, 10)
    assert series(workspace, "mrr")[5]["mrr"] == 150
    # The margin of every month, and so its lifetime value, is another one.
    assert close(workspace, "2025-07-31").restated_from == dt.date(2025, 1, 10)
    assert series(workspace, "mrr")[5]["mrr"] == 50
    with workspace_scope(workspace):
        assert queries.stale_from(workspace) is None
        assert set(RestatementBatch.objects.values_list("reason", flat=True)) == {"settings"}
    changed = digest(workspace)
    close(workspace, "2025-07-31")
    assert digest(workspace) == changed


# Exchange rates


def test_a_missing_rate_stops_the_closing_and_keeps_the_last_good_figures(workspace):
    close(workspace, "2025-03-31")
    good = digest(workspace)
    save(workspace, contract("dollars", "b", currency="USD", starts="2025-04-02"))
    with pytest.raises(MissingRate) as refusal:
        close(workspace, "2025-05-31")
    assert (refusal.value.currency, refusal.value.day) == ("USD", dt.date(2025, 4, 2))
    assert {key: value for key, value in digest(workspace).items() if key not in ("spans", "terms")} == {
        key: value for key, value in good.items() if key not in ("spans", "terms")
    }
    with workspace_scope(workspace):
        assert queries.closed_through(workspace) == dt.date(2025, 3, 31)
        failure = queries.failure(workspace)
        assert (failure.code, failure.currency, failure.day) == ("missing_rate", "USD", dt.date(2025, 4, 2))
        save_fx_rates(workspace=workspace, rows=[{"currency": "USD", "date": "2025-04-02", "rate": "7.2"}], by=BY)
    close(workspace, "2025-05-31")
    with workspace_scope(workspace):
        assert queries.failure(workspace) is None
    assert series(workspace, "mrr")[3]["mrr"] == Decimal("870.00")


def test_a_missing_rate_in_closed_days_undoes_the_whole_restatement(workspace):
    close(workspace, "2025-04-30")
    good = digest(workspace)
    save(workspace, contract("dollars", "b", currency="USD", starts="2025-02-02"), contract("late", amount="5"))
    with pytest.raises(MissingRate) as refusal:
        close(workspace, "2025-04-30")
    assert (refusal.value.currency, refusal.value.day) == ("USD", dt.date(2025, 2, 2))
    assert digest(workspace) == good
    with workspace_scope(workspace):
        assert ChangedFact.objects.count() == 2
        assert ClosingFailure.objects.count() == 1
        assert queries.stale_from(workspace) == dt.date(2025, 1, 10)


def test_a_rate_moves_no_movement_but_the_fx_row(workspace):
    with workspace_scope(workspace):
        rates = [{"currency": "USD", "date": f"2025-{month:02}-01", "rate": str(6 + month)} for month in (1, 4)]
        save_fx_rates(workspace=workspace, rows=rates, by=BY)
    save(workspace, contract("dollars", "b", currency="USD", starts="2025-02-02"))
    close(workspace, "2025-04-30")
    with workspace_scope(workspace):
        april = queries.bridge(workspace=workspace, first=dt.date(2025, 4, 1), last=dt.date(2025, 4, 30))[0]
    assert (april["mrr_start"], april["fx"], april["mrr_end"]) == (850, 300, 1150)
    assert [april[kind] for kind in ("new", "expansion", "contraction", "churn", "reactivation")] == [0] * 5
    with workspace_scope(workspace):
        save_fx_rates(workspace=workspace, rows=[{"currency": "USD", "date": "2025-04-15", "rate": "11"}], by=BY)
    close(workspace, "2025-04-30")
    with workspace_scope(workspace):
        april = queries.bridge(workspace=workspace, first=dt.date(2025, 4, 1), last=dt.date(2025, 4, 30))[0]
        assert (april["fx"], april["mrr_end"]) == (400, 1250)
        assert Account.objects.get(external_id="b").mrr == 1150


# Being killed


class Killed(Exception):
    pass


@pytest.mark.parametrize("step", range(6))
def test_a_closing_killed_between_or_inside_steps_goes_on_where_it_was(workspace, step):
    undisturbed, _ = books.open_content(
        {
            "workspace": {"base_currency": "CNY", "timezone": "Asia/Shanghai", "renewal_grace_days": 30},
            "accounts": [{"external_id": key, "name": key.upper()} for key in ("a", "b")],
            "contracts": [
                contract("one", ends="2025-06-09"),
                contract("two", "b", amount="50", starts="2025-02-01"),
            ],
            "fx_rates": [],
            "spend": [],
        },
        "undisturbed",
    )
    close(undisturbed, "2025-04-15")
    calls = []

    def guard():
        calls.append(None)
        if len(calls) > step:
            raise Killed

    with pytest.raises(Killed):
        close(workspace, "2025-04-15", guard=guard)
    with workspace_scope(workspace):
        # A killed step left nothing: days are closed as far as the steps before it.
        assert (
            queries.closed_through(workspace)
            == [
                None,
                None,
                dt.date(2025, 1, 31),
                dt.date(2025, 2, 28),
                dt.date(2025, 3, 31),
                dt.date(2025, 4, 15),
            ][step]
        )
    close(workspace, "2025-04-15")
    assert digest(workspace) == digest(undisturbed)


def test_progress_goes_up_to_one(workspace):
    seen = []
    close(workspace, "2025-04-15", progress=lambda fraction, message="", **values: seen.append((fraction, values)))
    assert [values["day"] for _, values in seen] == [
        dt.date(2025, 1, 31),
        dt.date(2025, 2, 28),
        dt.date(2025, 3, 31),
        dt.date(2025, 4, 15),
    ]
    fractions = [fraction for fraction, _ in seen]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1
