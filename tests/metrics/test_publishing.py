"""What was published stays what it was, and a restatement says what changed it."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import InternalError, transaction

from accounts.actions import save_contracts, save_fx_rates
from leads.actions import save_spend
from metrics import queries
from metrics.closing import close_through
from metrics.models import PublishedFigures, Restatement, RestatementBatch, RestatementFact
from metrics.registry import METRICS
from tests.metrics import books
from workspaces.actions.settings import add_metric_settings, update_metric_settings, update_workspace
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
    workspace, _ = books.open_content(
        {
            "workspace": {"base_currency": "CNY", "timezone": "Asia/Shanghai"},
            "accounts": [{"external_id": key, "name": key.upper()} for key in ("a", "b", "c")],
            "contracts": [contract("one", ends="2025-06-09"), contract("two", "b", amount="50", starts="2025-02-01")],
            "fx_rates": [],
            "spend": [],
        }
    )
    return workspace


def close(workspace, day, *, on=None):
    """Close through `day`, asked for on the local day `on` (the day after when left out)."""
    day = dt.date.fromisoformat(day)
    at = books.after(dt.date.fromisoformat(on) - dt.timedelta(days=1) if on else day)
    return close_through(workspace=workspace, until=day, at=at)


def save(workspace, *rows):
    with workspace_scope(workspace):
        results = save_contracts(workspace=workspace, rows=rows, by=BY)
    assert [result.errors for result in results if result.errors] == []


def mrr(workspace, day, *, interval="month"):
    """{period: MRR} as it was published at the end of `day`; None: as it is."""
    with workspace_scope(workspace):
        rows = queries.series(
            workspace=workspace,
            keys=["mrr"],
            first=books.EVER,
            last=books.NEVER,
            interval=interval,
            as_published=day and dt.date.fromisoformat(day),
        )
    return {row["period"]: row["mrr"] for row in rows}


def test_what_was_published_is_read_back_for_any_day(workspace):
    close(workspace, "2025-02-15")
    close(workspace, "2025-03-10")
    save(workspace, contract("late", "b", amount="25", starts="2025-01-20"))
    close(workspace, "2025-04-05")
    assert mrr(workspace, "2025-02-14") == {}
    # Closed early on 16 February: published on that day, and the running month is left out.
    assert mrr(workspace, "2025-02-16") == {"2025-01": Decimal("100.00")}
    assert mrr(workspace, "2025-03-31") == {"2025-01": Decimal("100.00"), "2025-02": Decimal("150.00")}
    assert mrr(workspace, "2025-03-31", interval="quarter") == {}
    now = {"2025-01": Decimal("125.00"), "2025-02": Decimal("175.00"), "2025-03": Decimal("175.00")}
    assert mrr(workspace, "2025-04-06") == now == {key: mrr(workspace, None)[key] for key in now}
    assert mrr(workspace, "2025-04-06", interval="quarter") == {"2025-Q1": Decimal("175.00")}


def test_as_published_is_what_every_metric_was(workspace):
    """Not only stored sums: rates, lifetime value and the bridge, too."""
    close(workspace, "2025-08-31")
    keys = list(METRICS)
    window = {"workspace": workspace, "first": books.EVER, "last": books.NEVER}
    day = dt.date(2025, 9, 1)
    with workspace_scope(workspace):
        for interval in ("month", "quarter", "year"):
            then = [row for row in queries.series(keys=keys, interval=interval, **window) if row["closed"]]
            bridge = [row for row in queries.bridge(interval=interval, **window) if row["closed"]]
            assert queries.series(keys=keys, interval=interval, as_published=day, **window) == then
            assert queries.bridge(interval=interval, as_published=day, **window) == bridge
    save(workspace, contract("late", "c", starts="2025-02-20", ends="2025-05-05"))
    with workspace_scope(workspace):
        update_metric_settings(workspace=workspace, by=BY, gross_margin_percent=50)
    close(workspace, "2025-08-31", on="2025-09-20")
    with workspace_scope(workspace):
        assert [row for row in queries.series(keys=keys, **window) if row["closed"]] != then
        assert queries.series(keys=keys, interval="month", as_published=day, **window) == queries.series(
            keys=keys, interval="month", as_published=dt.date(2025, 9, 19), **window
        )


def test_a_row_is_kept_only_when_figures_change_and_then_never_changed(workspace):
    close(workspace, "2025-03-31")
    with workspace_scope(workspace):
        assert PublishedFigures.objects.count() == 4, "three months and a quarter"
    close(workspace, "2025-04-02")
    save(workspace, contract("late", "b", amount="25", starts="2025-03-15"))
    close(workspace, "2025-04-03")
    with workspace_scope(workspace):
        assert PublishedFigures.objects.count() == 6, "March and the quarter once more"
        with pytest.raises(InternalError, match="never changed"), transaction.atomic():
            PublishedFigures.objects.update(figures=None)
        row = PublishedFigures.objects.filter(name="2025-03").latest("id")
        assert (row.figures["mrr_end"], row.figures["customers_end"]) == ("175.00", 2)


def test_periods_that_vanish_or_appear_are_published_and_restated(workspace):
    close(workspace, "2025-03-31")
    save(workspace, contract("older", "c", starts="2024-12-01", ends="2024-12-20"))
    close(workspace, "2025-03-31", on="2025-05-01")
    assert mrr(workspace, "2025-05-01")["2024-12"] == 0
    save(workspace, contract("older", "c", starts="2025-01-10", ends="2025-01-20"))
    close(workspace, "2025-03-31", on="2025-05-10")
    assert "2024-12" not in mrr(workspace, "2025-05-10")
    assert "2024-12" in mrr(workspace, "2025-05-09")
    with workspace_scope(workspace):
        appeared, vanished = Restatement.objects.filter(name="2024-12").order_by("id")
        assert (appeared.before, appeared.after["new"]) == (None, "100.00")
        assert (vanished.before["new"], vanished.after) == ("100.00", None)


def test_a_restatement_names_its_facts(workspace):
    close(workspace, "2025-04-30")
    save(
        workspace,
        contract("late", "b", amount="25", starts="2025-03-15"),
        contract("later", "b", amount="5", starts="2025-05-15"),
    )
    with workspace_scope(workspace):
        save_spend(workspace=workspace, rows=[{"date": "2025-02-03", "channel": "seminar", "amount": "300"}], by=BY)
    close(workspace, "2025-04-30", on="2025-05-03")
    with workspace_scope(workspace):
        batch = RestatementBatch.objects.get()
        assert (batch.reason, batch.actors, batch.facts, batch.from_day) == (
            "facts",
            ["B2BOps"],
            2,
            dt.date(2025, 2, 3),
        )
        facts = RestatementFact.objects.order_by("-from_day")
        assert [(fact.subject_type, fact.subject_label, fact.from_day, fact.accounts) for fact in facts] == [
            ("contract", "late", dt.date(2025, 3, 15), 1),
            ("spend", "seminar 2025-02-03", dt.date(2025, 2, 3), 0),
        ]
        assert set(Restatement.objects.values_list("name", flat=True)) == {
            "2025-02",
            "2025-03",
            "2025-04",
            "2025-Q1",
        }


def test_a_rate_that_touches_many_accounts_is_one_fact(workspace):
    with workspace_scope(workspace):
        save_fx_rates(workspace=workspace, rows=[{"currency": "USD", "date": "2025-01-01", "rate": "7"}], by=BY)
    save(workspace, *[contract(f"usd-{key}", key, currency="USD") for key in ("a", "b", "c")])
    close(workspace, "2025-04-30")
    with workspace_scope(workspace):
        save_fx_rates(workspace=workspace, rows=[{"currency": "USD", "date": "2025-03-01", "rate": "8"}], by=BY)
    close(workspace, "2025-04-30", on="2025-05-03")
    with workspace_scope(workspace):
        fact = RestatementFact.objects.get()
        assert (fact.subject_type, fact.subject_label, fact.accounts) == ("fx_rate", "USD 2025-03-01", 3)
        march = Restatement.objects.get(name="2025-03")
        assert (march.before["fx"], march.after["fx"]) == ("0.00", "300.00")


def test_changed_settings_are_facts_of_their_restatement(workspace):
    close(workspace, "2025-08-31")
    with workspace_scope(workspace):
        add_metric_settings(workspace=workspace, effective_from=dt.date(2025, 6, 1), gross_margin_percent=50, by=BY)
    close(workspace, "2025-08-31", on="2025-09-02")
    with workspace_scope(workspace):
        update_metric_settings(workspace=workspace, effective_from=dt.date(2025, 6, 1), by=BY, gross_margin_percent=60)
    close(workspace, "2025-08-31", on="2025-09-03")
    with workspace_scope(workspace):
        batches = RestatementBatch.objects.order_by("id")
        assert [(batch.reason, batch.facts, batch.actors) for batch in batches] == [("settings", 1, ["B2BOps"])] * 2
        assert {fact.subject_label for fact in RestatementFact.objects.all()} == {"2025-06-01"}


def test_another_fiscal_calendar_is_published_anew_and_restates_no_figure(workspace):
    close(workspace, "2025-08-31")
    before = mrr(workspace, None), mrr(workspace, "2025-09-01", interval="quarter")
    with workspace_scope(workspace):
        workspace = update_workspace(
            workspace=workspace, name="Book", language="en", timezone="Asia/Shanghai", fiscal_year_start_month=3, by=BY
        )
    close(workspace, "2025-08-31", on="2025-09-10")
    assert (mrr(workspace, None), mrr(workspace, "2025-09-01", interval="quarter")) == before
    assert mrr(workspace, "2025-09-10", interval="quarter") == {
        "2025-Q4": Decimal("150.00"),
        "2026-Q1": Decimal("150.00"),
        "2026-Q2": Decimal("50.00"),
    }
    with workspace_scope(workspace):
        batch = RestatementBatch.objects.get()
        assert (batch.reason, batch.facts, batch.periods.count()) == ("calendar", 1, 0)


def test_what_was_not_kept_yet_is_not_told_and_is_no_restatement(workspace):
    """Periods published before committed MRR was kept: no value then, and nothing restated when the next closing knows."""
    close(workspace, "2025-03-31")
    with workspace_scope(workspace):
        old = PublishedFigures.objects.filter(interval="month", name="2025-02").get()
        figures = {key: value for key, value in old.figures.items() if not key.startswith("committed")}
        PublishedFigures.objects.create(
            workspace=workspace, interval="month", starts_on=old.starts_on, ends_on=old.ends_on, name=old.name,
            published_at=old.published_at, figures=figures,
        )  # fmt: skip
    close(workspace, "2025-04-30")
    span = {"workspace": workspace, "first": dt.date(2025, 2, 1), "last": dt.date(2025, 2, 1)}
    with workspace_scope(workspace):
        assert not Restatement.objects.exists()
        assert PublishedFigures.objects.filter(interval="month", name="2025-02").count() == 2
        keys = ("mrr", "committed_mrr", "committed_new")
        (then,) = queries.series(keys=keys, as_published=dt.date(2025, 12, 31), **span)
        (now,) = queries.series(keys=keys, **span)
    assert (then["mrr"], then["committed_mrr"], then["committed_new"]) == (Decimal(150), None, None)
    assert (now["committed_mrr"], now["committed_new"]) == (Decimal(150), Decimal(0))
