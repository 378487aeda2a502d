"""Changing metric settings: seen beforehand, then made and computed again."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.actions import save_accounts, save_contracts
from jobs.models import Run
from jobs.runs import claim_one, execute
from metrics.closing import close_through
from metrics.models import Closing, PeriodFigures, PublishedFigures, RestatementBatch
from tests.metrics.books import after
from tests.metrics.digests import digest
from workspaces.models import Activity, MetricSettings
from workspaces.scope import workspace_scope

pytestmark = pytest.mark.django_db(transaction=True)
DAY = dt.date(2025, 8, 31)


@pytest.fixture
def closed(cast):
    """A customer who left at the end of June without notice, and one who stays; closed through August 2025."""
    line = {"product": "core", "quantity": 1, "unit_amount": "100", "interval": "month"}
    who = {"workspace": cast.workspace, "by": cast.actor(cast.owner)}
    with workspace_scope(cast.workspace):
        save_accounts(rows=[{"external_id": key, "name": key} for key in "ab"], **who)
        rows = [
            {"external_id": key, "account": key, "currency": "CNY", "starts_on": "2025-01-01", "lines": [line]}
            for key in "ab"
        ]
        save_contracts(rows=[rows[0] | {"ends_on": "2025-06-30"}, rows[1]], **who)
    close_through(workspace=cast.workspace, until=DAY, at=after(DAY))
    return cast


def everything(workspace):
    """All that a preview must leave as it was."""
    with workspace_scope(workspace):
        counts = [model.objects.count() for model in (Closing, PublishedFigures, RestatementBatch, MetricSettings)]
        return counts, digest(workspace)


def work(workspace) -> Run:
    """Do the newest run here."""
    with workspace_scope(workspace):
        run = Run.objects.latest("created_at")
    assert claim_one(run)
    execute(run.pk, workspace.pk)
    with workspace_scope(workspace):
        run.refresh_from_db()
    return run


def url(name, *args):
    return reverse(f"metrics:{name}", args=["acme", *args])


def test_a_change_is_shown_beforehand_and_made_when_it_is_applied(closed):
    workspace, client = closed.workspace, closed.client(closed.owner)
    before = everything(workspace)
    form = client.get(url("settings_new")).context["form"].initial
    answer = client.post(
        url("settings_new"),
        form | {"effective_from": "2025-06-15", "renewal_grace_days": 45, "reactivation_after_days": ""},
    )
    run = work(workspace)
    page = url("settings_preview", run.pk)
    assert (answer.url, run.kind, run.state, run.error) == (page, "settings_preview", Run.SUCCEEDED, None)
    assert everything(workspace) == before
    found = {(period["interval"], period["name"]): period for period in run.result["periods"]}
    # The grace of a contract is that of its end: 30 June, when 45 days are in force. It ends in the running quarter.
    assert set(found) == {("month", "2025-07"), ("month", "2025-08")}
    assert (found["month", "2025-07"]["before"]["mrr"], found["month", "2025-07"]["after"]["mrr"]) == (
        "100.00",
        "200.00",
    )
    shown = client.get(page).content.decode()
    assert "2 closed periods through 31 Aug 2025 would have other figures" in shown
    assert "July 2025" in shown
    assert "45 days" in shown
    applied = client.post(page)
    closing = work(workspace)
    assert (applied.url, closing.state) == (url("closing_page", closing.pk), Run.SUCCEEDED)
    with workspace_scope(workspace):
        july = PeriodFigures.objects.get(interval="month", starts_on=dt.date(2025, 7, 1))
        assert (july.mrr_end, july.customers_end) == (200, 2)
        batch = RestatementBatch.objects.get()
        assert (batch.reason, batch.actors, batch.facts, batch.periods.count()) == (
            "settings",
            ["owner@example.com"],
            1,
            2,
        )
        trail = Activity.objects.filter(subject_type="metricsettings").latest("id")
        assert (trail.verb, trail.before, trail.after) == (
            "created",
            {"renewal_grace_days": 0},
            {"renewal_grace_days": 45},
        )
    # The same preview again would change what has been changed since.
    assert "The settings have changed since" in client.post(page, follow=True).content.decode()
    with workspace_scope(workspace):
        assert MetricSettings.objects.count() == 2
    # And it can be withdrawn, which is shown beforehand too.
    with workspace_scope(workspace):
        dated = MetricSettings.objects.get(effective_from=dt.date(2025, 6, 15))
    client.post(url("settings_change", dated.pk), {"withdraw": "1"})
    undo = work(workspace)
    assert {period["name"] for period in undo.result["periods"]} == {"2025-07", "2025-08"}
    client.post(url("settings_preview", undo.pk))
    work(workspace)
    assert everything(workspace)[1] == before[1]


def test_facts_that_wait_are_not_the_changes_doing(closed):
    workspace, client = closed.workspace, closed.client(closed.owner)
    with workspace_scope(workspace):
        row = {
            "external_id": "b",
            "lines": [{"product": "core", "quantity": 2, "unit_amount": "100", "interval": "month"}],
        }
        save_contracts(workspace=workspace, by=closed.actor(closed.owner), rows=[row])
        first = MetricSettings.objects.get()
    form = client.get(url("settings_change", first.pk)).context["form"].initial
    client.post(url("settings_change", first.pk), form | {"gross_margin_percent": "40", "reactivation_after_days": ""})
    run = work(workspace)
    assert {key for period in run.result["periods"] for key in period["before"]} <= {
        "ltv",
        "ltv_cac",
        "cac_payback_months",
    }
    assert {period["name"] for period in run.result["periods"]} >= {"2025-07", "2025-08"}


def test_settings_of_a_workspace_that_has_closed_nothing_are_saved_at_once(cast):
    client = cast.client(cast.owner)
    with workspace_scope(cast.workspace):
        first = MetricSettings.objects.get()
    form = client.get(url("settings_change", first.pk)).context["form"].initial | {"reactivation_after_days": "60"}
    assert client.post(url("settings_change", first.pk), form).url == url("metric_settings")
    with workspace_scope(cast.workspace):
        assert MetricSettings.objects.get().reactivation_after_days == 60
        assert not Run.objects.exists()
    assert client.post(url("settings_change", first.pk), form | {"renewal_grace_days": "400"}).status_code == 422
    assert "counts as new after more than 60 days" in client.get(url("metric_settings")).content.decode()


@pytest.mark.parametrize("role", ["manager", "member", "viewer"])
def test_settings_are_read_by_all_and_changed_by_owners(closed, role):
    client = closed.client(closed.people[role])
    assert "Only owners may change these." in client.get(url("metric_settings")).content.decode()
    with workspace_scope(closed.workspace):
        first = MetricSettings.objects.get()
    assert client.post(url("settings_new"), {"effective_from": "2025-06-15"}).status_code == 403
    assert client.post(url("settings_change", first.pk), {"withdraw": "1"}).status_code == 403
    with workspace_scope(closed.workspace):
        assert not Run.objects.exists()
