"""Contracts through the action that every door calls."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from accounts.actions import decide_renewal, save_accounts, save_contracts, void_contract
from accounts.models import Account, ChangedFact, Contract, ContractLine, Product, RenewalProposal
from workspaces.actions.members import deactivate_member
from workspaces.batch import Conflict
from workspaces.models import Activity
from workspaces.scope import workspace_scope

LINE = {"product": "core", "quantity": 2, "unit_amount": "100.50", "interval": "month"}


@pytest.fixture
def by(acme):
    return acme.actor(acme.owner)


@pytest.fixture
def save(acme, by):
    save_accounts(workspace=acme.workspace, rows=[{"external_id": key, "name": key} for key in ("A1", "A2")], by=by)

    def save(*rows, **options):
        rows = [{"account": "A1", "currency": "CNY", "starts_on": "2025-01-01", **row} for row in rows]
        return save_contracts(workspace=acme.workspace, rows=rows, by=by, **options)

    return save


def errors(results):
    return [(result.index, path) for result in results for path in result.errors]


def test_contract_and_lines_are_written_with_activity_and_changed_day(acme, save):
    (result,) = save({"external_id": "C1", "ends_on": "2025-12-31", "lines": [LINE, LINE | {"product": "seats"}]})
    assert (result.status, result.errors) == ("created", {})
    contract = Contract.objects.get(pk=result.id)
    assert (contract.kind, contract.ends_on) == ("subscription", dt.date(2025, 12, 31))
    lines = ContractLine.objects.filter(contract=contract).select_related("product").order_by("position")
    assert [(line.product.name, line.quantity, line.unit_amount) for line in lines] == [
        ("core", Decimal(2), Decimal("100.50")),
        ("seats", Decimal(2), Decimal("100.50")),
    ]
    changed = ChangedFact.objects.get()
    assert (changed.account_id, changed.from_day) == (contract.account_id, dt.date(2025, 1, 1))
    assert (changed.actor, changed.subject_type, changed.subject_id, changed.subject_label) == (
        "owner@example.com",
        "contract",
        str(contract.pk),
        "C1",
    )
    trail = Activity.objects.get(subject_type="contract")
    assert (trail.verb, trail.actor, trail.door, trail.before) == ("created", "owner@example.com", "page", None)
    assert trail.after["lines"][0]["unit_amount"] == "100.50"


def test_same_rows_again_change_nothing(acme, save):
    row = {"external_id": "C1", "ends_on": "2025-12-31", "lines": [LINE]}
    save(row)
    trail, changed = Activity.objects.count(), ChangedFact.objects.count()
    (again,) = save(row)
    assert again.status == "unchanged"
    assert (Activity.objects.count(), ChangedFact.objects.count()) == (trail, changed)


def test_absent_field_keeps_null_clears_and_lines_are_replaced_whole(acme, save, by):
    save({"external_id": "C1", "ends_on": "2025-12-31", "number": "HT-1", "lines": [LINE, LINE]})
    ChangedFact.objects.all().delete()
    (kept,) = save_contracts(workspace=acme.workspace, rows=[{"external_id": "C1", "number": None}], by=by)
    contract = Contract.objects.get(pk=kept.id)
    assert (kept.status, contract.number, contract.ends_on) == ("updated", "", dt.date(2025, 12, 31))
    assert contract.lines.count() == 2
    assert not ChangedFact.objects.exists(), "a number moves no figure"
    save_contracts(workspace=acme.workspace, rows=[{"external_id": "C1", "lines": [LINE]}], by=by)
    assert contract.lines.count() == 1


def test_moved_end_touches_only_days_from_the_earlier_end_on(acme, save, by):
    save({"external_id": "C1", "ends_on": "2025-12-31", "lines": [LINE]})
    ChangedFact.objects.all().delete()
    save_contracts(workspace=acme.workspace, rows=[{"external_id": "C1", "ends_on": "2025-09-30"}], by=by)
    assert ChangedFact.objects.get().from_day == dt.date(2025, 9, 30)


def test_renews_may_name_a_later_row_of_the_batch(acme, save):
    results = save({"external_id": "C2", "starts_on": "2026-01-01", "renews": "C1"}, {"external_id": "C1"})
    assert [result.status for result in results] == ["created", "created"]
    assert Contract.objects.get(external_id="C2").renews.external_id == "C1"


def test_bad_rows_are_named_and_good_rows_kept(acme, save):
    results = save(
        {"external_id": "good", "lines": [LINE]},
        {"external_id": "unknown-account", "account": "A9"},
        {"external_id": "ends-first", "ends_on": "2024-12-31"},
        {"external_id": "impossible", "starts_on": "2025-02-29"},
        {"external_id": "negative", "lines": [LINE | {"unit_amount": "-1"}]},
        {"external_id": "absurd", "lines": [LINE | {"unit_amount": "1e30"}]},
        {"external_id": "currency", "currency": "YUAN"},
        {"external_id": "good", "number": "twice"},
        {"external_id": "outside", "ends_on": "2025-06-30", "lines": [LINE | {"ends_on": "2025-07-01"}]},
        {"external_id": "notice", "cancelled_on": "2025-03-01"},
        {"external_id": "misspelt", "end_on": "2025-03-01"},
        {"external_id": "endless-term", "lines": [LINE | {"interval": "term"}]},
        {"external_id": "no-tax-rate", "tax_included": True},
    )
    assert results[0].status == "created"
    assert errors(results) == [
        (1, "account"),
        (2, "ends_on"),
        (3, "starts_on"),
        (4, "lines.0.unit_amount"),
        (5, "lines.0.unit_amount"),
        (6, "currency"),
        (7, "external_id"),
        (8, "lines.0.ends_on"),
        (9, "cancelled_on"),
        (10, "end_on"),
        (11, "lines.0.interval"),
        (12, "tax_rate_percent"),
    ]
    assert list(Contract.objects.values_list("external_id", flat=True)) == ["good"]


def test_line_may_reach_into_a_rolled_term_of_a_contract_that_renews_itself(acme, save):
    line = LINE | {"starts_on": "2026-02-01", "ends_on": "2026-12-31"}
    row = {"external_id": "C1", "ends_on": "2025-12-31", "lines": [line]}
    assert errors(save(row)) == [(0, "lines.0.starts_on"), (0, "lines.0.ends_on")]
    assert errors(save(row | {"auto_renew": True})) == []
    early = row | {"auto_renew": True, "lines": [LINE | {"starts_on": "2024-12-31"}]}
    assert errors(save(early)) == [(0, "lines.0.starts_on")]


def test_circles_and_strange_predecessors_are_refused(acme, save):
    save(
        {"external_id": "other", "account": "A2"},
        {"external_id": "work", "kind": "project"},
        {"external_id": "chain-1"},
        {"external_id": "chain-2", "starts_on": "2026-01-01", "renews": "chain-1"},
    )
    before = set(Contract.objects.values_list("external_id", "renews__external_id"))
    results = save(
        {"external_id": "self", "renews": "self"},
        {"external_id": "left", "renews": "right"},
        {"external_id": "right", "renews": "left"},
        {"external_id": "chain-1", "renews": "chain-2"},
        {"external_id": "elsewhere", "renews": "other"},
        {"external_id": "after-work", "renews": "work"},
        {"external_id": "nothing", "renews": "nowhere"},
        {"external_id": "falls-too", "renews": "self"},
        {"external_id": "renewing-work", "kind": "project", "renews": "chain-2"},
    )
    assert errors(results) == [(index, "renews") for index in range(9)]
    assert set(Contract.objects.values_list("external_id", "renews__external_id")) == before


def test_renewed_contract_stays_a_subscription_of_its_account(acme, save):
    save({"external_id": "C1"}, {"external_id": "C2", "starts_on": "2026-01-01", "renews": "C1"})
    assert errors(save({"external_id": "C1", "account": "A2"})) == [(0, "account")]
    assert errors(save({"external_id": "C1", "kind": "usage"})) == [(0, "kind")]


def test_dry_run_writes_nothing(acme, save):
    (result,) = save({"external_id": "C1", "lines": [LINE]}, dry_run=True)
    assert result.status == "created"
    assert not Contract.objects.exists()
    assert not Product.objects.exists()


def test_predecessor_is_proposed_and_asked_once(acme, save, by):
    save(
        {"external_id": "old", "ends_on": "2025-12-31", "lines": [LINE]},
        {"external_id": "new", "starts_on": "2026-01-10", "lines": [LINE]},
        {"external_id": "far", "starts_on": "2026-12-01"},
        {"external_id": "elsewhere", "account": "A2", "starts_on": "2026-01-01"},
    )
    proposal = RenewalProposal.objects.select_related("contract", "predecessor").get()
    assert (proposal.contract.external_id, proposal.predecessor.external_id) == ("new", "old")
    ChangedFact.objects.all().delete()
    decide_renewal(workspace=acme.workspace, proposal_id=proposal.pk, confirm=True, by=by)
    assert Contract.objects.get(external_id="new").renews.external_id == "old"
    assert ChangedFact.objects.get().from_day == dt.date(2025, 12, 31)
    with pytest.raises(Conflict):
        decide_renewal(workspace=acme.workspace, proposal_id=proposal.pk, confirm=False, by=by)
    save({"external_id": "new", "starts_on": "2026-01-10", "renews": None})
    assert RenewalProposal.objects.count() == 1


def test_dismissed_proposal_is_not_asked_again(acme, save, by):
    save({"external_id": "old", "ends_on": "2025-12-31"}, {"external_id": "new", "starts_on": "2026-01-10"})
    decide_renewal(workspace=acme.workspace, proposal_id=RenewalProposal.objects.get().pk, confirm=False, by=by)
    save({"external_id": "new", "starts_on": "2026-01-11"})
    assert RenewalProposal.objects.filter(decided_at__isnull=True).count() == 0
    assert Contract.objects.get(external_id="new").renews is None


def test_naming_the_predecessor_settles_the_open_question(acme, save):
    save({"external_id": "old", "ends_on": "2025-12-31"}, {"external_id": "new", "starts_on": "2026-01-10"})
    save({"external_id": "new", "starts_on": "2026-01-10", "renews": "old"})
    assert RenewalProposal.objects.get().is_confirmed is True


def test_voided_contract_frees_its_external_id_and_unlinks_successors(acme, save, by):
    (old, new) = save({"external_id": "old", "ends_on": "2025-12-31"}, {"external_id": "new", "renews": "old"})
    void_contract(workspace=acme.workspace, pk=old.id, reason="entered twice", by=by)
    assert Contract.objects.get(pk=new.id).renews is None
    assert Contract.objects.get(pk=old.id).void_reason == "entered twice"
    (again,) = save({"external_id": "old"})
    assert again.status == "created"
    assert again.id != old.id


def test_ids_that_belong_to_two_rows_are_refused(acme, by):
    one, two = save_accounts(
        workspace=acme.workspace,
        rows=[{"external_id": "B1", "name": "One"}, {"external_id": "B2", "name": "Two"}],
        by=by,
    )
    (result,) = save_accounts(workspace=acme.workspace, rows=[{"id": str(one.id), "external_id": "B2"}], by=by)
    assert (result.status, list(result.errors)) == ("error", ["external_id"])
    results = save_accounts(
        workspace=acme.workspace,
        rows=[{"id": str(one.id), "external_id": "B3"}, {"id": str(two.id), "external_id": "B3"}],
        by=by,
    )
    assert [row.status for row in results] == ["updated", "error"]


def test_renewing_itself_may_change_without_any_end(acme, save):
    save({"external_id": "C1"})
    (result,) = save({"external_id": "C1", "auto_renew": True})
    assert result.status == "updated"
    save({"external_id": "C2"}, {"external_id": "C3", "starts_on": "2026-01-01"})
    (linked,) = save({"external_id": "C3", "starts_on": "2026-01-01", "auto_renew": True, "renews": "C2"})
    assert linked.status == "updated"
    assert ChangedFact.objects.order_by("-id").first().from_day == dt.date(2026, 1, 1)


def test_total_over_another_term_changes_all_of_it(acme, save):
    row = {"external_id": "C1", "ends_on": "2025-12-31", "lines": [LINE | {"interval": "term"}]}
    save(row)
    ChangedFact.objects.all().delete()
    save(row | {"ends_on": "2026-12-31"})
    assert ChangedFact.objects.get().from_day == dt.date(2025, 1, 1)


def test_total_behind_the_written_end_needs_an_end_of_its_own(acme, save):
    late = LINE | {"interval": "term", "starts_on": "2026-03-01"}
    row = {"external_id": "C1", "ends_on": "2025-12-31", "auto_renew": True}
    assert errors(save(row | {"lines": [late]})) == [(0, "lines.0.interval")]
    assert errors(save(row | {"lines": [late | {"ends_on": "2026-12-31"}]})) == []


def test_amounts_that_no_column_could_sum_are_refused(acme, save):
    line = LINE | {"quantity": "1000000000", "unit_amount": "100000"}
    assert errors(save({"external_id": "C1", "lines": [line]})) == [(0, "lines.0.unit_amount")]


@pytest.mark.parametrize("key", ["A　B", "A\N{NO-BREAK SPACE}B", "\N{ZERO WIDTH NO-BREAK SPACE}AB", "A\tB"])
def test_odd_spaces_in_an_external_id_are_matched_again(acme, save, by, key):
    (first,) = save_accounts(workspace=acme.workspace, rows=[{"external_id": key, "name": "One"}], by=by)
    again, twice = save_accounts(workspace=acme.workspace, rows=[{"external_id": key, "name": "One"}] * 2, by=by)
    assert (first.status, again.status, twice.status) == ("created", "unchanged", "error")


def test_ids_that_are_none_are_unknown(acme, save):
    for value in ("0-0-0-0-0000000000000000000000000000", "x", 5, "\ud800"):
        assert errors(save({"id": value, "external_id": "C1"})) == [(0, "id")]


def test_account_cannot_be_cleared_and_week_dates_are_no_dates(acme, save, by):
    save({"external_id": "C1"})
    results = save_contracts(
        workspace=acme.workspace,
        rows=[
            {"external_id": "C1", "account": None},
            {"external_id": "C2", "account": "A1", "starts_on": "2025-W01-1"},
        ],
        by=by,
    )
    assert errors(results) == [(0, "account"), (1, "currency"), (1, "starts_on")]


def test_account_of_somebody_who_left_can_be_changed(acme, by):
    row = {"external_id": "A9", "name": "Nine", "owner": "member@example.com"}
    save_accounts(workspace=acme.workspace, rows=[row], by=by)
    deactivate_member(workspace=acme.workspace, pk=acme.member.pk, revoke_keys=False, by=by)
    renamed, same, other = (
        save_accounts(workspace=acme.workspace, rows=[{"external_id": "A9", **change}], by=by)[0]
        for change in ({"name": "Neun"}, {"owner": "member@example.com"}, {"owner": "nobody@example.com"})
    )
    assert (renamed.status, same.status, list(other.errors)) == ("updated", "unchanged", ["owner"])
    assert Account.objects.get(external_id="A9").owner_id == acme.member.pk


def test_viewer_writes_nothing(acme):
    with pytest.raises(PermissionDenied):
        save_accounts(workspace=acme.workspace, rows=[{"name": "X"}], by=acme.actor(acme.viewer))
    assert not Account.objects.exists()


def test_account_of_another_workspace_is_unknown(cast):
    with workspace_scope(cast.rival):
        (theirs,) = save_accounts(
            workspace=cast.rival, rows=[{"external_id": "R1", "name": "R"}], by=cast.actor(cast.stranger)
        )
    with workspace_scope(cast.workspace):
        results = save_contracts(
            workspace=cast.workspace,
            rows=[
                {"account_id": str(theirs.id), "currency": "CNY", "starts_on": "2025-01-01"},
                {"account": "R1", "currency": "CNY", "starts_on": "2025-01-01"},
            ],
            by=cast.actor(cast.owner),
        )
        assert errors(results) == [(0, "account_id"), (1, "account")]
        assert not Contract.objects.exists()
