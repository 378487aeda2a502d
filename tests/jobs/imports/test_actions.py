"""A file's way from upload to rows, through the actions that pages and command call."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from accounts.actions import archive_custom_field, save_accounts, save_contracts, save_custom_fields
from accounts.models import Account, Contract, ContractLine, CustomField
from jobs.imports import runs
from jobs.imports.actions import (
    NotReady,
    columns_of,
    drop_expired_files,
    kind_of,
    mapping_of,
    receive_file,
    save_mapping,
    start_check,
    start_import,
)
from jobs.imports.checking import read_import, save_entries
from jobs.imports.kinds import import_kind
from jobs.imports.table import UnreadableFile
from jobs.models import File, ImportIssue, ImportJob, Run
from jobs.runs import claim_one, execute
from jobs.tasks import drop_expired_files as drop_everywhere
from leads.models import Spend
from tests.cast import AT
from tests.jobs.imports.files import csv_bytes
from workspaces.models import Activity
from workspaces.scope import workspace_scope


def receive(cast, kind, *lines, by=None, name="file.csv") -> ImportJob:
    return receive_file(
        workspace=cast.workspace,
        kind=import_kind(kind),
        name=name,
        content=csv_bytes(*lines),
        language="en",
        by=cast.actor(by or cast.manager),
        at=AT,
    )


def check(cast, job, **constants) -> ImportJob:
    mapping = mapping_of(job)
    mapping.constants |= constants
    assert save_mapping(job=job, mapping=mapping, by=cast.actor(cast.manager)) == []
    return start_check(job=job, by=cast.actor(cast.manager))


def write(job) -> ImportJob:
    """What the worker does once the import was confirmed."""
    with workspace_scope(job.workspace_id):
        run = Run.objects.get(pk=job.run_id)
    assert claim_one(run)
    execute(run.pk, run.workspace_id)
    with workspace_scope(job.workspace_id):
        job = ImportJob.objects.select_related("run").get(pk=job.pk)
        assert job.run.state == Run.SUCCEEDED, job.run.error
    return job


def issues(job) -> list[tuple[int, str, str]]:
    return list(job.issues.order_by("row", "id").values_list("row", "column", "message"))


ACCOUNTS = ["客户编号,客户名称,行业,人数", "C-1,甲公司,制造,1200人", "C-2,乙公司,零售,多", "C-3,丙公司,教育,30"]


@pytest.mark.django_db(transaction=True)
def test_file_becomes_rows_after_the_check_is_confirmed(cast):
    with workspace_scope(cast.workspace):
        job = receive(cast, "accounts", *ACCOUNTS)
        assert [profile.samples for profile in columns_of(job)][3] == ["1200人", "多", "30"]
        job = check(cast, job)
        assert (job.state, job.counts) == (
            "checked",
            {"created": 2, "updated": 0, "unchanged": 0, "skipped": 0, "errors": 1, "rows": 3},
        )
        assert issues(job) == [(3, "人数", "“多” is not a number.")]
        assert not Account.objects.exists()
        job = start_import(job=job, by=cast.actor(cast.manager))
        assert start_import(job=job, by=cast.actor(cast.manager)).run == job.run
    job = write(job)
    with workspace_scope(cast.workspace):
        assert (job.state, job.done, job.counts["created"], job.counts["errors"]) == ("done", 2, 2, 1)
        assert list(Account.objects.order_by("external_id").values_list("external_id", "name", "employees")) == [
            ("C-1", "甲公司", 1200),
            ("C-3", "丙公司", 30),
        ]
        assert issues(job) == [(3, "人数", "“多” is not a number.")]
        trail = Activity.objects.filter(subject_type="account")
        assert set(trail.values_list("door", "actor", "verb")) == {("import", "manager@example.com", "created")}


def test_check_tells_updates_from_creations_and_writes_neither(acme):
    save_accounts(workspace=acme.workspace, rows=[{"external_id": "C-1", "name": "Old"}], by=acme.actor(acme.manager))
    job = check(acme, receive(acme, "accounts", "account_id,name,region", "C-1,New,East", "C-2,Other,"))
    assert (job.counts["created"], job.counts["updated"]) == (1, 1)
    assert list(Account.objects.values_list("name", flat=True)) == ["Old"]
    rows = job.preview["rows"]
    assert [cell["text"] for cell in rows[0]["cells"]] == ["C-1", "New", "East"]


def test_rows_without_ids_update_what_has_the_same_name_when_imported_again(acme):
    save_accounts(workspace=acme.workspace, rows=[{"name": "甲公司"}], by=acme.actor(acme.manager))
    job = check(acme, receive(acme, "accounts", "客户名称,地区", "甲公司,浙江", "乙公司,江苏"))
    assert (job.counts["created"], job.counts["updated"], job.counts["errors"]) == (1, 1, 0)


CONTRACTS = [
    "contract_id,account,currency,start,end,product,price,interval,renews,discount",
    "K-1,Acme,CNY,2025-01-01,2025-12-31,Basic,100,month,,",  # 2
    "K-2,Nobody,CNY,2025-01-01,2025-12-31,Basic,100,month,,",  # 3 unknown account
    "K-3,Acme,XXX,2025-01-01,2025-12-31,Basic,100,month,,",  # 4 no such currency
    "K-4,Acme,CNY,2025-12-31,2025-01-01,Basic,100,month,,",  # 5 ends before it starts
    "K-5,Acme,CNY,2025-01-01,2025-12-31,Basic,-5,month,,",  # 6 negative
    "K-6,Acme,CNY,2025-01-01,2025-12-31,Basic,999999999999999,month,,",  # 7 absurd
    "K-7,Acme,CNY,2025-01-01,2025-12-31,Basic,100,month,K-7,",  # 8 itself
    "K-8,Acme,CNY,2026-01-01,2026-12-31,Basic,100,month,K-9,",  # 9 follows a later row
    "K-9,Acme,CNY,2025-01-01,2025-12-31,Basic,5万,year,,8.5折",  # 10
    "K-10,Acme,CNY,29-02-2023,2025-12-31,Basic,100,month,,",  # 11 no such day
]


def test_errors_of_contracts_name_row_and_column_and_good_rows_stay(acme):
    save_accounts(workspace=acme.workspace, rows=[{"name": "Acme"}], by=acme.actor(acme.manager))
    job = receive(acme, "contracts", *CONTRACTS)
    mapping = mapping_of(job)
    mapping.columns[3].order = "dmy"
    save_mapping(job=job, mapping=mapping, by=acme.actor(acme.manager))
    job = start_check(job=job, by=acme.actor(acme.manager))
    assert [(row, column) for row, column, _message in issues(job)] == [
        (3, "account"), (4, "currency"), (5, "end"), (6, "price"), (7, "price"), (8, "renews"), (11, "start"),
    ]  # fmt: skip
    assert job.counts == {"created": 3, "updated": 0, "unchanged": 0, "skipped": 0, "errors": 7, "rows": 10}
    assert not Contract.objects.exists()
    grid = {row["number"]: row for row in job.preview["errors"]}
    assert [cell["errors"] for cell in grid[3]["cells"]][1] == ["Unknown account."]


@pytest.mark.django_db(transaction=True)
def test_contract_may_follow_one_of_another_chunk(cast, monkeypatch):
    monkeypatch.setattr(runs, "CHUNK", 1)
    with workspace_scope(cast.workspace):
        save_accounts(workspace=cast.workspace, rows=[{"name": "Acme"}], by=cast.actor(cast.manager))
        job = receive(cast, "contracts", CONTRACTS[0], CONTRACTS[8], CONTRACTS[9])
        job = start_import(job=check(cast, job), by=cast.actor(cast.manager))
    job = write(job)
    with workspace_scope(cast.workspace):
        assert (job.counts["created"], job.counts["errors"]) == (2, 0)
        assert Contract.objects.get(external_id="K-8").renews.external_id == "K-9"
        line = ContractLine.objects.get(contract__external_id="K-9")
        assert (line.unit_amount, line.discount_percent, line.interval) == (Decimal(50_000), Decimal(15), "year")


@pytest.mark.django_db(transaction=True)
def test_killed_import_goes_on_where_it_stopped(cast, monkeypatch):
    """The worker dies after the second chunk; another one takes over. Nothing is doubled, nothing is lost."""
    monkeypatch.setattr(runs, "CHUNK", 2)
    lines = ["date,channel,amount", *(f"2025-01-{day:02},Search,{day}" for day in range(1, 10))]
    with workspace_scope(cast.workspace):
        job = start_import(job=check(cast, receive(cast, "spend", *lines)), by=cast.actor(cast.manager))
    whole, calls = runs.write_chunk, []

    def killed(context, reading):
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return whole(context, reading)

    monkeypatch.setattr(runs, "write_chunk", killed)
    with workspace_scope(cast.workspace):
        run = job.run
    assert claim_one(run)
    with pytest.raises(KeyboardInterrupt):
        execute(run.pk, run.workspace_id)
    with workspace_scope(cast.workspace):
        job.refresh_from_db()
        assert (job.state, job.done, Spend.objects.count()) == ("writing", 4, 4)
    job = write(job)
    with workspace_scope(cast.workspace):
        assert (job.state, job.done, job.counts["created"]) == ("done", 9, 9)
        assert sorted(Spend.objects.values_list("amount", flat=True)) == [Decimal(day) for day in range(1, 10)]


@pytest.mark.django_db(transaction=True)
def test_chunk_that_fails_at_its_end_leaves_nothing(cast, monkeypatch):
    """Rows and the note of how far it got are one transaction: a lease lost at the commit takes both back."""
    with workspace_scope(cast.workspace):
        job = receive(cast, "spend", "date,channel,amount", "2025-01-01,Search,5")
        job = start_import(job=check(cast, job), by=cast.actor(cast.manager))
        run = job.run
    assert claim_one(run)
    guard = runs.RunContext.guard

    def lost(context):
        if Spend.objects.exists():
            Run.objects.filter(pk=context.run.pk).update(attempt=99)
        guard(context)

    monkeypatch.setattr(runs.RunContext, "guard", lost)
    execute(run.pk, run.workspace_id)
    with workspace_scope(cast.workspace):
        job.refresh_from_db()
        assert (job.state, job.done, Spend.objects.count()) == ("writing", None, 0)


@pytest.mark.django_db(transaction=True)
def test_large_file_is_checked_by_a_worker(cast, monkeypatch):
    monkeypatch.setattr("jobs.imports.actions.CHECKED_AT_ONCE", 1)
    with workspace_scope(cast.workspace):
        job = check(cast, receive(cast, "accounts", *ACCOUNTS))
        assert (job.state, job.run.state) == ("checking", "queued")
    job = write(job)
    assert (job.state, job.counts["created"]) == ("checked", 2)


@pytest.mark.django_db(transaction=True)
def test_check_asked_again_while_the_run_of_the_last_one_is_open(cast, monkeypatch):
    """Its step is committed, its end is not yet written: the new check is no work of that run."""
    monkeypatch.setattr("jobs.imports.actions.CHECKED_AT_ONCE", 1)
    with workspace_scope(cast.workspace):
        job = check(cast, receive(cast, "accounts", *ACCOUNTS))
        first = job.run
        assert claim_one(first)
        ImportJob.objects.update(state=ImportJob.CHECKED)
        save_mapping(job=job, mapping=mapping_of(job), by=cast.actor(cast.manager))
        job = start_check(job=job, by=cast.actor(cast.manager))
        assert (job.state, job.run.state) == ("checking", "queued")
        assert job.run != first
    assert write(job).state == "checked"


def test_create_mode_skips_what_exists(acme):
    save_accounts(workspace=acme.workspace, rows=[{"external_id": "C-1", "name": "Old"}], by=acme.actor(acme.manager))
    job = receive(acme, "accounts", "account_id,name", "C-1,New", "C-2,Other")
    mapping = mapping_of(job)
    mapping.mode = "create"
    save_mapping(job=job, mapping=mapping, by=acme.actor(acme.manager))
    job = start_check(job=job, by=acme.actor(acme.manager))
    assert (job.counts["created"], job.counts["skipped"], job.counts["errors"]) == (1, 1, 0)


def test_update_mode_refuses_what_is_unknown(acme):
    job = receive(acme, "accounts", "account_id,name", "C-1,New")
    mapping = mapping_of(job)
    mapping.mode = "update"
    save_mapping(job=job, mapping=mapping, by=acme.actor(acme.manager))
    job = start_check(job=job, by=acme.actor(acme.manager))
    assert (job.counts["created"], job.counts["errors"]) == (0, 1)


def test_open_question_or_missing_check_stops_the_next_step(acme):
    job = receive(acme, "fx-rates", "currency,date,rate", "USD,01-02-2025,7.2")
    with pytest.raises(NotReady):
        start_check(job=job, by=acme.actor(acme.manager))
    with pytest.raises(NotReady):
        start_import(job=job, by=acme.actor(acme.manager))
    job.refresh_from_db()
    assert (job.state, job.run_id) == ("mapping", None)


def test_changed_mapping_voids_the_check(acme):
    job = check(acme, receive(acme, "accounts", *ACCOUNTS))
    save_mapping(job=job, mapping=mapping_of(job), by=acme.actor(acme.manager))
    with pytest.raises(NotReady):
        start_import(job=ImportJob.objects.get(), by=acme.actor(acme.manager))
    assert not ImportIssue.objects.exists()


def test_unreadable_file_is_not_kept(acme):
    with pytest.raises(UnreadableFile):
        receive(acme, "accounts", "%PDF-1.7")
    assert not File.objects.exists()
    assert not ImportJob.objects.exists()


@pytest.mark.parametrize(
    ("person", "kind", "may"),
    [
        ("viewer", "accounts", False),
        ("member", "accounts", True),
        ("member", "spend", False),
        ("manager", "spend", True),
    ],
)
def test_who_may_import_what(acme, person, kind, may):
    lines = ["date,channel,amount,name", "2025-01-01,Search,5,a"]
    if may:
        assert receive(acme, kind, *lines, by=acme.people[person]).pk
    else:
        with pytest.raises(PermissionDenied):
            receive(acme, kind, *lines, by=acme.people[person])
        assert not File.objects.exists()


def test_file_is_let_go_after_thirty_days_and_the_job_stays(acme):
    job = receive(acme, "accounts", *ACCOUNTS)
    assert drop_expired_files(workspace=acme.workspace, at=AT + dt.timedelta(days=29)) == 0
    assert drop_expired_files(workspace=acme.workspace, at=AT + dt.timedelta(days=31)) == 1
    job.refresh_from_db()
    assert job.file_id is None
    with pytest.raises(NotReady):
        start_check(job=job, by=acme.actor(acme.manager))


def test_expired_files_go_in_every_workspace(cast):
    with workspace_scope(cast.workspace):
        receive(cast, "accounts", *ACCOUNTS)
        File.objects.update(expires_at=timezone.now() - dt.timedelta(minutes=1))
    with workspace_scope(cast.rival):
        kept = File.objects.create(
            workspace=cast.rival, name="x", content=b"x", size=1, expires_at=timezone.now() + dt.timedelta(days=1)
        )
    drop_everywhere()
    with workspace_scope(cast.workspace):
        assert not File.objects.exists()
    with workspace_scope(cast.rival):
        assert File.objects.get().pk == kept.pk


def test_line_outside_its_contract_and_external_id_against_the_table(acme):
    actor = acme.actor(acme.manager)
    save_accounts(workspace=acme.workspace, rows=[{"external_id": "A-1", "name": "Acme"}], by=actor)
    save_accounts(workspace=acme.workspace, rows=[{"external_id": "A-2", "name": "Beta"}], by=actor)
    row = {
        "account": "A-2",
        "external_id": "K-1",
        "currency": "CNY",
        "starts_on": "2024-01-01",
        "ends_on": "2024-12-31",
    }
    save_contracts(workspace=acme.workspace, rows=[row], by=actor)
    job = check(
        acme,
        receive(
            acme,
            "contracts",
            "contract_id,account,currency,start,end,product,price,interval,line start,line end",
            "K-2,A-1,CNY,2025-01-01,2025-12-31,Basic,100,month,,",
            "K-2,A-1,CNY,2025-01-01,2025-12-31,Extra,100,month,2024-06-01,2025-06-30",
            "K-3,A-1,CNY,2025-01-01,2025-12-31,Basic,100,month,2025-01-01,2026-01-31",
            "K-1,A-2,CNY,2024-01-01,2024-12-31,Basic,100,month,,",
        ),
    )
    assert [(row, column) for row, column, _message in issues(job)] == [(2, ""), (3, "line start"), (4, "line end")]
    # The id that the table has already is the same contract, now with a line.
    assert (job.counts["created"], job.counts["updated"]) == (0, 1)


def test_existing_contract_is_updated_and_its_number_is_the_key(acme):
    actor = acme.actor(acme.manager)
    save_accounts(workspace=acme.workspace, rows=[{"name": "甲公司"}], by=actor)
    row = {"account": "甲公司", "external_id": "HT-1", "number": "HT-1", "currency": "CNY", "starts_on": "2025-01-01"}
    save_contracts(workspace=acme.workspace, rows=[row], by=actor, match_names=True)
    job = check(
        acme,
        receive(
            acme,
            "contracts",
            "合同编号,客户名称,开始日期,到期日,金额,产品",
            "HT-1,甲公司,2025-01-01,2025-12-31,12万,标准版",
        ),
        currency="CNY",
    )
    assert (job.counts["created"], job.counts["updated"], issues(job)) == (0, 1, [])
    assert timezone.is_aware(job.created_at)


OWN_FIELDS = [
    {"key": "plan", "name": "套餐", "kind": "choice", "choices": ["标准版", "旗舰版"]},
    {"key": "budget", "name": "年度预算", "kind": "money"},
    {"key": "live_since", "name": "Live since", "kind": "date"},
    {"key": "guide", "name": "Guide", "kind": "person"},
]
OWN_ROWS = [
    "客户编号,客户名称,标签,来源渠道,套餐,年度预算（万元）,live_since,Guide",
    "C-1,甲公司,重点、续约；试点,展会,旗舰版,5,2025年3月1日,manager@example.com",
    "C-2,乙公司,,搜索,至尊版,5万,2025-03-01,",
    "C-3,丙公司,a|b,,标准版,12000元,2025-04-01,nobody@example.com",
]


def test_own_fields_tags_and_channel_come_in_by_their_names(acme):
    by = acme.actor(acme.owner)
    save_custom_fields(workspace=acme.workspace, rows=OWN_FIELDS, by=by)
    job = receive(acme, "accounts", *OWN_ROWS)
    keys = ["external_id", "name", "tags", "channel", *(f"custom.{field['key']}" for field in OWN_FIELDS)]
    assert [column.field for column in mapping_of(job).columns.values()] == keys
    job = check(acme, job)
    assert issues(job) == [
        (3, "套餐", "“至尊版” is not one of the choices."),
        (4, "Guide", "“nobody@example.com” is not one of the choices."),
    ]
    assert not Account.objects.exists()
    _counts, found = save_entries(
        kind_of(job), read_import(job).prepared.entries, workspace=acme.workspace, by=by, mode="upsert", dry_run=False
    )
    assert found == []
    account = Account.objects.get()
    assert (account.tags, account.channel) == (["续约", "试点", "重点"], "展会")
    assert account.custom == {
        "plan": "旗舰版",
        "budget": "50000.00",
        "live_since": "2025-03-01",
        "guide": str(acme.manager.pk),
    }
    # A field that is archived between mapping and check is left out.
    field = CustomField.objects.get(key="plan")
    archive_custom_field(workspace=acme.workspace, pk=field.pk, reason="", by=by)
    assert issues(check(acme, job)) == [(4, "Guide", "“nobody@example.com” is not one of the choices.")]


@pytest.mark.django_db(transaction=True)
def test_accounts_under_others_that_stand_further_down_a_long_file(cast, monkeypatch):
    """By external id, name and legal name; all as the check has promised, though parts are written by themselves."""
    monkeypatch.setattr(runs, "CHUNK", 2)
    lines = ["external_id,name,legal_name,parent", "A1,Alpha,,C3", "B2,Beta,,Delta", "E5,Echo,,Gamma Co Ltd"]
    lines += ["D4,Delta,,C3", "C3,Gamma,Gamma Co Ltd,", "X,Xerxes,,Y", "Y,Yves,,X"]
    with workspace_scope(cast.workspace):
        job = check(cast, receive(cast, "accounts", *lines))
        promised = job.counts
        job = start_import(job=job, by=cast.actor(cast.manager))
    job = write(job)
    with workspace_scope(cast.workspace):
        found = dict(Account.objects.values_list("external_id", "parent__external_id"))
        assert found == {"A1": "C3", "B2": "D4", "E5": "C3", "D4": "C3", "C3": None}
        refused = list(job.issues.order_by("row").values_list("row", "field", "message"))
    assert refused == [(row, "parent", "This account is above that one already.") for row in (7, 8)]
    assert job.counts == promised
