"""An import is undone: created rows voided, changed ones put back, and what must stay says why."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from accounts.actions import save_accounts, save_contracts, save_custom_fields, void_account
from accounts.models import Account, ChangedFact, Contract, FxRate, Product, TraitChange
from jobs.imports import actions, runs
from jobs.imports.actions import NotReady, drop_expired_files, is_undoable, resume_import, start_undo, start_undo_check
from jobs.models import ImportedRow, ImportJob, Run
from jobs.runs import claim_one, execute
from leads.models import Channel, Spend
from tests.accounts import facts
from tests.jobs.imports.test_actions import check, receive, write
from workspaces.batch import one
from workspaces.models import Activity
from workspaces.scope import workspace_scope

pytestmark = pytest.mark.django_db(transaction=True)


def imported(cast, kind, *lines, **constants) -> ImportJob:
    with workspace_scope(cast.workspace):
        job = actions.start_import(
            job=check(cast, receive(cast, kind, *lines), **constants), by=cast.actor(cast.manager)
        )
    return write(job)


def looked(cast, job) -> list[tuple[int, str, str, str]]:
    """Rows of the file with what an undo would do to them."""
    with workspace_scope(cast.workspace):
        start_undo_check(job=job, by=cast.actor(cast.manager))
    return outcomes(cast, job)


def outcomes(cast, job) -> list[tuple[int, str, str, str]]:
    with workspace_scope(cast.workspace):
        rows = ImportedRow.objects.filter(job=job).order_by("row", "id")
        return list(rows.values_list("row", "subject_label", "outcome", "reason"))


def undone(cast, job) -> ImportJob:
    with workspace_scope(cast.workspace):
        start_undo_check(job=job, by=cast.actor(cast.manager))
        start_undo(job=job, by=cast.actor(cast.manager))
        return ImportJob.objects.get(pk=job.pk)


def test_parents_of_a_file_stand_anywhere_in_it_and_are_put_back(cast, monkeypatch):
    monkeypatch.setattr(runs, "CHUNK", 2)
    old = facts.account(cast.workspace, "Old Holding", external_id="OLD")
    facts.account(cast.workspace, "Shop 1", external_id="S1", parent="OLD")
    job = imported(
        cast,
        "accounts",
        "id,name,parent",
        "S1,Shop 1,M",
        "S2,Shop 2,Middle Group",
        "S3,Shop 3,Nobody",
        "X1,Circle 1,X2",
        "S4,Shop 4,OLD",
        "X2,Circle 2,X1",
        "M,Middle Group,T",
        "S5,Shop 5,S3",
        "T,Top Holding,",
    )
    above = lambda: dict(Account.objects.standing().values_list("external_id", "parent__external_id"))  # noqa: E731
    with workspace_scope(cast.workspace):
        assert above() == {"OLD": None, "S1": "M", "S2": "M", "S4": "OLD", "M": "T", "T": None}
        circle = "This account is above that one already."
        assert list(job.issues.order_by("row").values_list("row", "field", "message")) == [
            (4, "parent", "Unknown account."),
            (5, "parent", circle),
            (7, "parent", circle),
            (9, "parent", "Unknown account."),
        ]
        assert (job.counts["created"], job.counts["updated"], job.counts["errors"]) == (4, 1, 4)
    undone(cast, job)
    with workspace_scope(cast.workspace):
        assert above() == {"OLD": None, "S1": "OLD"}
        assert old.pk == Account.objects.get(external_id="S1").parent_id


def edit(cast, save, **row):
    with workspace_scope(cast.workspace):
        return one(save(workspace=cast.workspace, rows=[row], by=cast.actor(cast.member)))


def standing(cast, model) -> list:
    with workspace_scope(cast.workspace):
        return list(model.objects.standing().order_by("external_id", "pk"))


def test_created_accounts_are_voided_and_changed_ones_put_back(cast):
    note = "A note. " * 400
    facts.account(cast.workspace, "甲公司", external_id="C-1", industry="制造", employees=12, tags=["vip"], note=note)
    job = imported(cast, "accounts", "id,name,industry,employees,tags,note", "C-1,甲,零售,30,pilot,x", "C-2,乙,教育,,,")
    with workspace_scope(cast.workspace):
        assert [row.name for row in Account.objects.standing().order_by("external_id")] == ["甲", "乙"]

    assert looked(cast, job) == [(2, "甲", "restored", ""), (3, "乙", "voided", "")]
    assert [row.name for row in standing(cast, Account)] == ["甲", "乙"]

    job = undone(cast, job)
    assert (job.state, job.undone_by) == ("undone", "manager@example.com")
    assert job.undo == {"voided": 1, "restored": 1, "nothing": 0, "kept": 0}
    (account,) = standing(cast, Account)
    assert (account.name, account.industry, account.employees, account.tags) == ("甲公司", "制造", 12, ["vip"])
    assert account.note == note.strip()
    with workspace_scope(cast.workspace):
        assert Account.objects.get(external_id="C-2").void_reason == "The import of file.csv was undone."
        told = Activity.objects.get(verb="undone")
        assert (told.subject_id, told.door, told.after) == (
            str(job.pk),
            "import",
            {"voided": 1, "restored": 1, "kept": 0},
        )
        assert Activity.objects.filter(verb="voided", subject_type="account", door="import").count() == 1


def test_an_owner_typed_in_capitals_is_no_later_change(cast):
    job = imported(cast, "accounts", "external_id,name,owner", "A1,Alpha,Member@Example.COM")
    assert looked(cast, job) == [(2, "Alpha", "voided", "")]
    assert undone(cast, job).state == ImportJob.UNDONE
    assert standing(cast, Account) == []


def test_slices_of_the_past_forget_what_was_undone(cast):
    moved = facts.account(cast.workspace, "甲", external_id="C-1", industry="制造")
    named = facts.account(cast.workspace, "乙", external_id="C-2")
    job = imported(cast, "accounts", "id,name,industry", "C-1,甲,零售", "C-2,乙,教育")
    with workspace_scope(cast.workspace):
        assert list(TraitChange.objects.values_list("account", "before")) == [(moved.pk, ["制造"])]
    undone(cast, job)
    with workspace_scope(cast.workspace):
        # 乙 was never known to be in 教育, and 甲 never to have left 制造.
        assert not TraitChange.objects.exists()
        assert Account.objects.get(pk=named.pk).industry == ""


def test_what_was_changed_since_stays_and_is_named(cast):
    for number in (1, 2, 3):
        facts.account(cast.workspace, f"旧{number}", external_id=f"C-{number}")
    lines = [f"C-{number},新{number},零售" for number in range(1, 6)]
    job = imported(cast, "accounts", "id,name,industry", *lines)
    edit(cast, save_accounts, external_id="C-1", industry="教育")
    # What the import did not touch does not matter where it changed a row, and does where it made it.
    edit(cast, save_accounts, external_id="C-2", region="杭州")
    edit(cast, save_accounts, external_id="C-4", region="杭州")
    with workspace_scope(cast.workspace):
        gone = Account.objects.get(external_id="C-3")
        void_account(workspace=cast.workspace, pk=gone.pk, reason="Twice", by=cast.actor(cast.member))

    assert looked(cast, job) == [
        (2, "新1", "kept", "Changed since: industry."),
        (3, "新2", "restored", ""),
        (4, "新3", "kept", "It was voided since."),
        (5, "新4", "kept", "Changed since: region."),
        (6, "新5", "voided", ""),
    ]
    job = undone(cast, job)
    assert job.undo == {"voided": 1, "restored": 1, "nothing": 0, "kept": 3}
    assert [(row.name, row.industry, row.region) for row in standing(cast, Account)] == [
        ("新1", "教育", ""),
        ("旧2", "", "杭州"),
        ("新4", "零售", "杭州"),
    ]


def test_a_yes_or_no_that_came_later_is_no_change(cast):
    job = imported(cast, "accounts", "id,name", "C-1,甲")
    with workspace_scope(cast.workspace):
        row = ImportedRow.objects.get()
        assert row.after.pop("is_archived") is False
        row.save(update_fields=["after"])
    assert looked(cast, job) == [(2, "甲", "voided", "")]


def test_account_that_has_contracts_now_stays(cast):
    job = imported(cast, "accounts", "id,name", "C-1,甲", "C-2,乙")
    with workspace_scope(cast.workspace):
        account = Account.objects.get(external_id="C-1")
    facts.contract(account)
    facts.contract(account, "2027-01-01", "2027-12-31")
    facts.task(cast.workspace, account_id=str(account.pk))
    assert looked(cast, job) == [(2, "甲", "kept", "It has 2 contracts, 1 task now."), (3, "乙", "voided", "")]
    undone(cast, job)
    assert [row.name for row in standing(cast, Account)] == ["甲"]


def test_later_imports_are_undone_first(cast):
    accounts = imported(cast, "accounts", "id,name", "C-1,甲")
    contracts = imported(
        cast, "contracts", "id,account,start,end,plan,amount", "K-1,C-1,2025-01-01,2025-12-31,Pro,100",
        currency="CNY", interval="month",
    )  # fmt: skip
    assert looked(cast, accounts) == [(2, "甲", "kept", "It has 1 contract now.")]
    undone(cast, contracts)
    assert looked(cast, accounts) == [(2, "甲", "voided", "")]
    assert undone(cast, accounts).undo["voided"] == 1
    assert [standing(cast, model) for model in (Account, Contract, Product)] == [[], [], []]


CONTRACTS = "id,account,start,end,plan,amount,renews"


def test_contracts_go_back_with_their_lines_products_and_days(cast):
    account = facts.account(cast.workspace, external_id="C-1")
    first = facts.contract(account, "2025-01-01", "2025-12-31", external_id="K-1", number="K-1")
    second = facts.contract(account, "2027-01-01", "2027-12-31", external_id="K-3", number="K-3")
    facts.product(cast.workspace, "Pro")
    job = imported(
        cast, "contracts", CONTRACTS,
        "K-1,C-1,2025-01-01,2025-12-31,Pro,50,",
        "K-2,C-1,2026-01-01,2026-12-31,Seats,20,K-1",
        "K-3,C-1,2027-01-01,2027-12-31,Core,1000,K-2",
        currency="CNY", interval="month",
    )  # fmt: skip
    with workspace_scope(cast.workspace):
        ChangedFact.objects.all().delete()
        assert Contract.objects.get(external_id="K-3").renews.external_id == "K-2"
    assert looked(cast, job) == [
        (0, "Seats", "voided", ""),
        (2, "K-1", "restored", ""),
        (3, "K-2", "voided", ""),
        (4, "K-3", "restored", ""),
    ]
    with workspace_scope(cast.workspace):
        # Looking marks nothing.
        assert not ChangedFact.objects.exists()
    undone(cast, job)
    with workspace_scope(cast.workspace):
        assert [row.pk for row in Contract.objects.standing().order_by("starts_on")] == [first.pk, second.pk]
        lines = [
            (line.product.name, line.unit_amount, line.interval)
            for row in (first, second)
            for line in Contract.objects.get(pk=row.pk).lines.all()
        ]
        assert lines == [("Core", Decimal(12000), "year")] * 2
        assert Contract.objects.get(pk=second.pk).renews is None
        assert sorted(row.name for row in Product.objects.standing()) == ["Core", "Pro"]
        marked = ChangedFact.objects.values_list("subject_label", "account", "from_day")
        # The new contract is gone from the end of the one that it renewed on, which includes all of its successor.
        assert set(marked) == {
            ("K-1", account.pk, dt.date(2025, 1, 1)),
            ("K-2", account.pk, dt.date(2025, 12, 31)),
            ("K-3", account.pk, dt.date(2027, 1, 1)),
        }


def test_predecessor_stays_while_a_later_contract_renews_it(cast):
    facts.account(cast.workspace, external_id="C-1")
    job = imported(
        cast, "contracts", CONTRACTS, "K-1,C-1,2025-01-01,2025-12-31,Pro,50,", "K-2,C-1,2026-01-01,2026-12-31,Pro,50,K-1",
        currency="CNY", interval="month",
    )  # fmt: skip
    # Somebody goes on with the second one: it stays, the first that it renews with it, and so does the product.
    edit(cast, save_contracts, external_id="K-2", note="Signed again")
    assert looked(cast, job) == [
        (0, "Pro", "kept", "Contracts name this product."),
        (2, "K-1", "kept", "Contract K-2 renews it."),
        (3, "K-2", "kept", "Changed since: note."),
    ]
    assert undone(cast, job).undo == {"voided": 0, "restored": 0, "nothing": 0, "kept": 3}
    assert len(standing(cast, Contract)) == 2


def test_what_a_rule_forbids_by_now_stays_and_says_so(cast):
    code = "91310000775785552L"
    facts.account(cast.workspace, "甲", external_id="C-1", credit_code=code)
    job = imported(cast, "accounts", "id,name,credit_code", "C-1,甲,91110000600037341L", "C-2,乙,")
    facts.account(cast.workspace, "丙", external_id="C-9", credit_code=code)
    assert looked(cast, job) == [
        (2, "甲", "kept", "unified social credit code: Another account has this code."),
        (3, "乙", "voided", ""),
    ]
    undone(cast, job)
    assert [row.external_id for row in standing(cast, Account)] == ["C-1", "C-9"]


def test_own_fields_go_back_one_by_one(cast):
    with workspace_scope(cast.workspace):
        fields = [{"key": key, "name": key.title(), "kind": "text"} for key in ("plan", "region2")]
        save_custom_fields(workspace=cast.workspace, rows=fields, by=cast.actor(cast.owner))
    facts.account(cast.workspace, "甲", external_id="C-1", custom={"plan": "Gold"})
    job = imported(cast, "accounts", "id,name,plan", "C-1,甲,Silver")
    edit(cast, save_accounts, external_id="C-1", custom={"region2": "South"})
    undone(cast, job)
    (account,) = standing(cast, Account)
    assert account.custom == {"plan": "Gold", "region2": "South"}


def test_spend_and_its_channels_and_rates_go_back(cast):
    spend = imported(cast, "spend", "date,channel,amount", "2025-01-01,Search,5", "2025-01-02,Fair,7")
    rates = imported(cast, "fx-rates", "currency,date,rate", "USD,2025-01-01,7.1")
    again = imported(cast, "fx-rates", "currency,date,rate", "USD,2025-01-01,7.2", "USD,2025-02-01,7.3")
    with workspace_scope(cast.workspace):
        ChangedFact.objects.all().delete()
    assert undone(cast, spend).undo == {"voided": 4, "restored": 0, "nothing": 0, "kept": 0}
    assert [standing(cast, model) for model in (Spend, Channel)] == [[], []]
    with workspace_scope(cast.workspace):
        assert list(ChangedFact.objects.order_by("from_day").values_list("account", "from_day")) == [
            (None, dt.date(2025, 1, 1)),
            (None, dt.date(2025, 1, 2)),
        ]
    assert [row[2:] for row in looked(cast, rates)] == [("kept", "Changed since: rate.")]
    undone(cast, again)
    assert [row.rate for row in standing(cast, FxRate)] == [Decimal("7.1")]
    undone(cast, rates)
    assert standing(cast, FxRate) == []


def test_batches_go_back_in_the_opposite_order(cast, monkeypatch):
    monkeypatch.setattr(runs, "CHUNK", 1)
    facts.account(cast.workspace, "甲", external_id="C-1", credit_code="91310000775785552L")
    # The code moves from one to the next: there is no other order in which it could move back.
    job = imported(cast, "accounts", "id,name,credit_code", "C-1,甲,91110000600037341L", "C-2,乙,91310000775785552L")
    assert job.counts["created"] == 1
    assert undone(cast, job).undo == {"voided": 1, "restored": 1, "nothing": 0, "kept": 0}
    assert [row.credit_code for row in standing(cast, Account)] == ["91310000775785552L"]


def test_large_undo_is_a_run_that_can_be_lost_and_taken_up_again(cast, monkeypatch):
    monkeypatch.setattr(runs, "CHUNK", 2)
    job = imported(cast, "accounts", "id,name", *(f"C-{number},甲{number}" for number in range(5)))
    monkeypatch.setattr(actions, "CHECKED_AT_ONCE", 1)
    by = cast.actor(cast.manager)
    with workspace_scope(cast.workspace):
        assert start_undo_check(job=job, by=by).state == "undo_check"
        with pytest.raises(NotReady):
            start_undo(job=job, by=by)
    with workspace_scope(cast.workspace):
        job = ImportJob.objects.get(pk=job.pk)
    job = write(job)
    assert (job.state, job.undo["voided"]) == ("done", 5)
    with workspace_scope(cast.workspace):
        job = start_undo(job=job, by=by)
        assert start_undo(job=job, by=by).run_id == job.run_id

    def die(*args, **kwargs):
        raise SystemExit

    # The worker is stopped when everything is written and nothing committed: nothing of it stays.
    with monkeypatch.context() as patch:
        patch.setattr("jobs.runs.RunContext.guard", die)
        assert claim_one(job.run)
        with pytest.raises(SystemExit):
            execute(job.run_id, job.workspace_id)
    assert len(standing(cast, Account)) == 5
    job = write(job)
    assert (job.state, job.run.result["voided"]) == ("undone", 5)
    assert standing(cast, Account) == []
    # Once more: whoever delivers the run again finds it done.
    with workspace_scope(cast.workspace):
        Run.objects.filter(pk=job.run_id).update(state="queued")
    write(job)
    with workspace_scope(cast.workspace):
        assert Activity.objects.filter(verb="undone").count() == 1
        assert Activity.objects.filter(verb="voided").count() == 5


def test_failed_undo_is_asked_again(cast, monkeypatch):
    job = imported(cast, "accounts", "id,name", "C-1,甲", "C-2,乙")
    monkeypatch.setattr(actions, "CHECKED_AT_ONCE", 1)
    with workspace_scope(cast.workspace):
        job = start_undo_check(job=job, by=cast.actor(cast.manager))
        Run.objects.filter(pk=job.run_id).update(state="failed", error={"code": "x", "message": "x"})
        job = resume_import(job=ImportJob.objects.get(pk=job.pk), by=cast.actor(cast.manager))
    assert write(job).undo["voided"] == 2


def test_who_may_and_when(cast):
    job = imported(cast, "spend", "date,channel,amount", "2025-01-01,Search,5")
    with workspace_scope(cast.workspace):
        for action in (start_undo_check, start_undo):
            with pytest.raises(PermissionDenied):
                action(job=job, by=cast.actor(cast.viewer))
            with pytest.raises(PermissionDenied):
                action(job=job, by=cast.actor(cast.member))
        # Nobody has looked yet.
        with pytest.raises(NotReady):
            start_undo(job=job, by=cast.actor(cast.manager))
    job = undone(cast, job)
    with workspace_scope(cast.workspace):
        assert start_undo(job=job, by=cast.actor(cast.manager)).state == "undone"
        with pytest.raises(NotReady):
            start_undo_check(job=job, by=cast.actor(cast.manager))
        assert Activity.objects.filter(verb="undone").count() == 1


def test_what_was_written_is_kept_as_long_as_the_file(cast):
    job = imported(cast, "accounts", "id,name", "C-1,甲")
    with workspace_scope(cast.workspace):
        assert is_undoable(job)
        drop_expired_files(workspace=cast.workspace, at=timezone.now() + dt.timedelta(days=60))
        assert not is_undoable(job)
        assert not ImportedRow.objects.exists()
        assert ImportJob.objects.get(pk=job.pk).state == "done"
