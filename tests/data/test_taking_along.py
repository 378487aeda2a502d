"""The export of a whole workspace: what is in it, who gets it, how it comes back, and what it costs in memory."""

import csv
import io
import json
import tracemalloc
import zipfile
from types import SimpleNamespace

import pytest
from django.utils import timezone

from accounts.actions import save_accounts, save_custom_fields
from accounts.models import Account, Attachment
from b2bops.data import taking_along
from b2bops.data.taking_along import LEFT_OUT, OF_MEMBER, file_of, keep_file, request_export, tables
from b2bops.data.texts import tenant_models
from jobs.imports.actions import drop_expired_files
from jobs.models import File, FilePart, Run
from jobs.runs import claim_one, execute
from metrics.closing import close_through
from metrics.dashboards.actions import make_dashboard, set_start_page
from tests.accounts import facts
from tests.cast import AT, DAY
from tests.jobs.imports.test_undo import imported
from tests.sample_rows import make_rows
from workspaces.actions.notifications import notify
from workspaces.actions.saved_views import keep_view
from workspaces.kept_lists import kept_list
from workspaces.models import Activity, Membership, Notification
from workspaces.notifications import Shown, address_of
from workspaces.scope import workspace_scope

pytestmark = pytest.mark.django_db(transaction=True)
REIMPORTED = ("accounts", "contacts", "contracts", "products", "fx-rates", "spend")


def exported(cast, who=None) -> Run:
    """The run of an export by a member, worked off."""
    member = who or cast.member
    with workspace_scope(cast.workspace):
        run = request_export(workspace=cast.workspace, by=cast.actor(member), language="en")
    assert claim_one(run)
    execute(run.pk, cast.workspace.pk)
    return again(run)


def again(run: Run) -> Run:
    with workspace_scope(run.workspace_id):
        return Run.objects.get(pk=run.pk)


def zip_of(cast, run) -> zipfile.ZipFile:
    with workspace_scope(cast.workspace):
        parts = FilePart.objects.filter(file=run.result["file"]).order_by("position").values_list("content", flat=True)
        return zipfile.ZipFile(io.BytesIO(b"".join(bytes(part) for part in parts)))


def rows_in(archive, name) -> list[dict]:
    text = archive.read(name).decode()
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


@pytest.fixture
def book(cast):
    acme = cast.workspace
    with workspace_scope(acme):
        who = {"workspace": acme, "by": cast.actor(cast.owner)}
        save_custom_fields(rows=[{"key": "plan", "name": "Plan", "kind": "text"}], **who)
        save_accounts(rows=[{"external_id": "K1", "name": "=1+1", "custom": {"plan": "@big"}, "note": "-2"}], **who)
    account = facts.account(acme, "Kunde", external_id="K2")
    facts.contract(account, external_id="C1")
    facts.contact(account, "王伟", mobile="+8613800000000")
    facts.interaction(account, minutes="Said a lot,\nof things")
    facts.task(acme, "Do it", account_id=str(account.pk))
    facts.fx_rate(acme)
    close_through(workspace=acme, until=DAY, at=AT + timezone.timedelta(days=1))
    return cast


def test_everything_is_in_it_and_counted(book):
    run = exported(book)
    assert run.state == Run.SUCCEEDED, run.error
    archive = zip_of(book, run)
    manifest = json.loads(archive.read("manifest.json"))
    assert {one["name"] for one in manifest["files"]} | {"manifest.json", "README.txt"} == set(archive.namelist())
    for one in manifest["files"]:
        rows = rows_in(archive, one["name"])
        assert len(rows) == one["rows"], one["name"]
        assert not rows or list(rows[0]) == one["columns"]
    assert run.result["rows"] == sum(one["rows"] for one in manifest["files"])
    assert manifest["closed_through"] == "2026-03-31"
    accounts = {row["External id"]: row for row in rows_in(archive, "lists/accounts.csv")}
    assert (accounts["K1"]["Name"], accounts["K1"]["Plan"], accounts["K1"]["Note"]) == ("'=1+1", "'@big", "-2")
    assert accounts["K2"]["B2BOps id"] in {row["id"] for row in rows_in(archive, "tables/accounts.account.csv")}
    months = {row["period"]: row for row in rows_in(archive, "figures/months.csv")}
    assert months["2026-03"]["mrr"] == "1000.00"
    assert [row["kind"] for row in rows_in(archive, "figures/movements.csv")] == ["new"]
    assert rows_in(archive, "tables/accounts.interaction.csv")[0]["minutes"] == "Said a lot,\nof things"
    assert "lists/accounts.csv" in archive.read("README.txt").decode()


def test_every_table_is_in_it_or_left_out_for_a_reason(cast):
    make_rows(cast.workspace)
    with workspace_scope(cast.workspace):
        found = {table.path for table in tables(cast.workspace, cast.actor(cast.owner))}
        labels = {model._meta.label for model in tenant_models()}
        assert set(LEFT_OUT) <= labels
        assert {f"tables/{label.lower()}" for label in labels - set(LEFT_OUT)} <= found
        for table in tables(cast.workspace, cast.actor(cast.owner)):
            assert all(len(list(row)) == len(table.head) for row in table.rows()), table.path
            assert not {"key_hash", "token_hash", "secret", "old_secret", "password"} & set(table.head)
        member = {table.path for table in tables(cast.workspace, cast.actor(cast.member))}
        hidden = {"workspaces.activity", "workspaces.apikey", "workspaces.invitation", "jobs.webhook"}
        assert found - member == {f"tables/{label}" for label in hidden}, (
            "who may not see them does not take them along"
        )


def test_what_concerns_one_member_alone_is_for_them_and_for_owners(cast):
    """Private views, dashboards and what somebody was told."""
    make_rows(cast.workspace)
    with workspace_scope(cast.workspace):
        assert set(OF_MEMBER) <= {model._meta.label for model in tenant_models()}
        for person in (cast.owner, cast.manager):
            by = cast.actor(person)
            for name, is_shared in ((f"{by.label} shared", True), (f"{by.label} alone", False)):
                kept = kept_list("accounts")
                keep_view(workspace=cast.workspace, kept=kept, name=name, state={}, is_shared=is_shared, by=by)
                make_dashboard(workspace=cast.workspace, name=name, is_shared=is_shared, by=by)
            set_start_page(workspace=cast.workspace, opens="my_day", by=by)
            notify(
                workspace=cast.workspace,
                kind="mentioned",
                members=[person.pk],
                by=cast.actor(cast.member),
                subject_type="task",
                label=f"told {by.label}",
            )

        def texts(person) -> str:
            # The trail says who made which view, to those who may see it.
            every = [
                one for one in tables(cast.workspace, cast.actor(person)) if one.path != "tables/workspaces.activity"
            ]
            return str([list(table.rows()) for table in every if table.path.startswith("tables/")])

        for person, others in ((cast.owner, ()), (cast.manager, ("owner",)), (cast.member, ("owner", "manager"))):
            said = texts(person)
            for name in ("owner", "manager"):
                assert f"{name}@example.com shared" in said
                assert (f"{name}@example.com alone" in said) is (name not in others)
                assert (f"told {name}@example.com" in said) is (name not in others)


@pytest.mark.parametrize("kind", REIMPORTED)
def test_lists_come_back_as_they_are(book, kind):
    archive = zip_of(book, exported(book))
    lines = archive.read(f"lists/{kind}.csv").decode().splitlines()
    if len(lines) > 1:
        assert (
            imported(book, kind, *lines).counts | {"created": 0, "updated": 0, "errors": 0}
            == imported(book, kind, *lines).counts
        )


def test_attached_files_are_in_it(book):
    with workspace_scope(book.workspace):
        account = Account.objects.get(external_id="K2")
        kept = {"workspace": book.workspace, "account": account, "size": 3, "sha256": "x"}
        standing = Attachment.objects.create(name="../Vertrag.pdf", content=b"abc", **kept)
        Attachment.objects.create(name="gone.pdf", content=b"", voided_at=AT, **kept)
    archive = zip_of(book, exported(book))
    assert [name for name in archive.namelist() if name.startswith("files/")] == [f"files/{standing.pk}.pdf"]
    assert archive.read(f"files/{standing.pk}.pdf") == b"abc"
    assert json.loads(archive.read("manifest.json"))["attachments"] == 1


def test_only_who_asked_gets_it_and_the_trail_says_so(book):
    run = exported(book)
    client = book.client(book.member)
    assert "Download" in client.get(book.url(f"settings/data/exports/{run.pk}/")).text
    answer = client.get(book.url(f"settings/data/exports/{run.pk}/file/"))
    content = b"".join(answer.streaming_content)
    assert len(content) == int(answer["Content-Length"]) == run.result["size"]
    assert zipfile.ZipFile(io.BytesIO(content)).testzip() is None
    with workspace_scope(book.workspace):
        taken = Activity.objects.filter(verb="exported").values_list("actor", "after__file_format")
        assert list(taken) == [("member@example.com", "zip")]
    for who, status in ((book.owner, 404), (book.viewer, 403)):
        for path in (f"settings/data/exports/{run.pk}/", f"settings/data/exports/{run.pk}/file/"):
            assert book.client(who).get(book.url(path)).status_code == status
    assert book.client(book.viewer).post(book.url("settings/data/export/")).status_code == 403
    with workspace_scope(book.workspace):
        Membership.objects.filter(pk=book.member.pk).update(may_export=False)
    assert client.get(book.url(f"settings/data/exports/{run.pk}/file/")).status_code == 403


def test_the_right_to_export_is_asked_again_by_the_worker(book):
    with workspace_scope(book.workspace):
        run = request_export(workspace=book.workspace, by=book.actor(book.member), language="en")
        Membership.objects.filter(pk=book.member.pk).update(may_export=False)
    assert claim_one(run)
    execute(run.pk, book.workspace.pk)
    run = again(run)
    assert (run.state, run.error["code"]) == (Run.FAILED, "forbidden")
    with workspace_scope(book.workspace):
        assert not File.objects.exists()


def test_whoever_asked_is_told_when_it_is_ready(cast):
    run = exported(cast)
    with workspace_scope(cast.workspace):
        (row,) = Notification.objects.filter(kind="export_ready")
        assert (row.member, Shown.of(row).text) == (cast.member, "The file Acme.zip is ready")
        page = address_of(row, "acme")
    assert page == f"/w/acme/settings/data/exports/{run.pk}/"
    assert cast.client(cast.member).get(page).status_code == 200


def test_the_file_is_let_go_of_after_a_week(book):
    run = exported(book)
    at = timezone.now()
    with workspace_scope(book.workspace):
        assert (
            drop_expired_files(workspace=book.workspace, at=at + taking_along.KEPT - timezone.timedelta(hours=1)) == 0
        )
        assert drop_expired_files(workspace=book.workspace, at=at + taking_along.KEPT) == 1
        assert not FilePart.objects.exists()
        assert file_of(run) is None
    client = book.client(book.member)
    assert "let go of" in client.get(book.url(f"settings/data/exports/{run.pk}/")).text
    assert client.get(book.url(f"settings/data/exports/{run.pk}/file/")).status_code == 404


def test_a_long_table_costs_no_more_memory_than_a_short_one(cast, monkeypatch):
    """Rows are made while they are written, and the file is kept a megabyte at a time."""

    def peak(count: int) -> int:
        long = taking_along.Table("x", ["a", "b"], lambda: ([number, "x" * 200] for number in range(count)))
        monkeypatch.setattr(taking_along, "tables", lambda workspace, actor: [long])
        context = SimpleNamespace(workspace=cast.workspace, actor=None, progress=lambda *args, **params: None)
        with workspace_scope(cast.workspace), open("/dev/null", "wb") as nowhere:
            tracemalloc.start()
            taking_along.write_zip(_Counted(nowhere), context)
            found = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
        return found

    assert peak(60_000) < 2 * peak(3_000) + 500_000


class _Counted(io.RawIOBase):
    """A file that is thrown away and only knows its length."""

    def __init__(self, nowhere):
        self.nowhere, self.at = nowhere, 0

    def writable(self):
        return True

    def seekable(self):
        return False

    def write(self, data):
        self.at += len(data)
        return len(data)

    def tell(self):
        return self.at


def test_pieces_are_sent_in_their_order(cast, monkeypatch):
    monkeypatch.setattr(taking_along, "PART", 7)
    content = bytes(range(100))
    with workspace_scope(cast.workspace):
        file = keep_file(cast.workspace, io.BytesIO(content), len(content))
        request = SimpleNamespace(workspace=cast.workspace, actor=cast.actor(cast.member))
        assert b"".join(taking_along.sent(request, file).streaming_content) == content
