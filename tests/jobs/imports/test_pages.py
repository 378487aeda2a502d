"""The pages of an import, as a browser without script walks them."""

from urllib.parse import unquote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import Account, FxRate
from jobs.imports.mapping_form import posted_mapping
from jobs.models import File, ImportJob, Run
from jobs.runs import claim_one, execute
from tests.jobs.imports.files import csv_bytes, xls_bytes, xlsx_bytes
from workspaces.models import User
from workspaces.scope import workspace_scope


def upload(cast, client, kind, content, name="客户.csv"):
    return client.post(cast.url("imports/new/"), {"kind": kind, "file": SimpleUploadedFile(name, content)})


def job_of(cast) -> ImportJob:
    with workspace_scope(cast.workspace):
        return ImportJob.objects.select_related("run").latest("created_at")


def form_of(answer) -> dict[str, str]:
    """What a browser would post back: the chosen options of the page."""
    data = {"mode": "upsert"}
    for column in answer.context["columns"]:
        for choose in [column.field, *column.questions]:
            data[choose.name] = next((option.value for option in choose.options if option.is_chosen), "")
    return data


def work(cast, job) -> None:
    with workspace_scope(cast.workspace):
        run = Run.objects.get(pk=job.run_id)
    assert claim_one(run)
    execute(run.pk, run.workspace_id)


@pytest.mark.django_db(transaction=True)
def test_walk_from_upload_to_result(cast):
    client = cast.client(cast.member)
    page = client.get(cast.url("imports/new/"))
    assert page.status_code == 200
    assert [kind.key for kind in page.context["kinds"]] == ["accounts", "contracts", "contacts"]

    answer = upload(cast, client, "accounts", csv_bytes("客户编号,客户名称,人数", "C-1,甲公司,12", "C-2,乙公司,x"))
    job = job_of(cast)
    assert answer.url == cast.url(f"imports/{job.pk}/columns/")
    page = client.get(answer.url)
    assert page.context["columns"][0].field.options[1].label == "External id"
    data = form_of(page)
    assert data == {"mode": "upsert", "field-0": "external_id", "field-1": "name", "field-2": "employees"}

    answer = client.post(page.request["PATH_INFO"], data)
    assert answer.url == cast.url(f"imports/{job.pk}/check/")
    page = client.get(answer.url)
    assert "“x” is not a number." in page.content.decode()
    assert client.get(answer.url + "?show=errors").context["rows"][0]["number"] == 3
    with workspace_scope(cast.workspace):
        assert not Account.objects.exists()

    answer = client.post(cast.url(f"imports/{job.pk}/confirm/"))
    page = client.get(answer.url)
    assert page.context["is_waiting"]
    assert 'hx-trigger="every 1s"' in page.content.decode()
    assert client.get(cast.url(f"imports/{job.pk}/progress/")).status_code == 200
    work(cast, job_of(cast))
    assert client.get(cast.url(f"imports/{job.pk}/progress/")).headers["HX-Refresh"] == "true"

    page = client.get(answer.url)
    assert [count["value"] for count in page.context["counts"]] == ["1", "0", "0", "0", "1"]
    assert page.context["job"].state == "done"
    with workspace_scope(cast.workspace):
        assert Account.objects.get().name == "甲公司"

    errors = client.get(cast.url(f"imports/{job.pk}/errors.csv"))
    assert errors.content.decode() == (
        "\ufeff客户编号,客户名称,人数,Import error\r\nC-2,乙公司,x,Row 3: 人数: “x” is not a number.\r\n"
    )
    assert "客户-errors.csv" in unquote(errors.headers["Content-Disposition"])
    assert client.get(cast.url("imports/")).context["rows"][0][0].status["label"] == "Imported, 1 row with errors"


def test_ambiguous_date_is_asked_on_the_page(cast):
    client = cast.client(cast.manager)
    upload(cast, client, "fx-rates", csv_bytes("currency,date,rate", "USD,01-03-2025,7.2"))
    url = cast.url(f"imports/{job_of(cast).pk}/columns/")
    page = client.get(url)
    question = page.context["columns"][1].questions[0]
    assert (question.label, [option.value for option in question.options]) == (
        "How to read 01-03-2025",
        ["", "dmy", "mdy"],
    )
    answer = client.post(url, form_of(page))
    assert answer.status_code == 422
    assert "Choose the order of day and month" in answer.content.decode()
    answer = client.post(url, form_of(page) | {"order-1": "dmy"})
    assert answer.status_code == 302
    assert job_of(cast).preview["rows"][0]["cells"][1] == {
        "text": "2025-03-01",
        "was": "01-03-2025",
        "errors": [],
        "is_number": False,
    }
    with workspace_scope(cast.workspace):
        assert not FxRate.objects.exists()


def test_one_answer_says_how_all_dates_of_a_file_are_read(cast):
    client = cast.client(cast.manager)
    lines = csv_bytes("account,start,end,product,amount", "Acme,01-03-2025,02-03-2026,Core,100")
    upload(cast, client, "contracts", lines)
    url = cast.url(f"imports/{job_of(cast).pk}/columns/")
    data = form_of(client.get(url)) | {"order-1": "mdy"}
    client.post(url, data, headers={"HX-Request": "true"})
    columns = job_of(cast).mapping["columns"]
    assert [columns[index]["order"] for index in ("1", "2")] == ["mdy", "mdy"]
    client.post(url, data | {"order-2": "dmy"}, headers={"HX-Request": "true"})
    columns = job_of(cast).mapping["columns"]
    assert [columns[index]["order"] for index in ("1", "2")] == ["mdy", "dmy"]


def test_change_of_a_select_brings_the_form_back_with_its_questions(cast):
    client = cast.client(cast.manager)
    upload(cast, client, "fx-rates", csv_bytes("currency,when,rate", "USD,01-03-2025,7.2"))
    url = cast.url(f"imports/{job_of(cast).pk}/columns/")
    data = form_of(client.get(url)) | {"field-1": "date"}
    answer = client.post(url, data, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert answer.content.decode().lstrip().startswith('<form class="form wide" id="mapping"')
    assert "order-1" in answer.content.decode()


def test_constants_rules_and_words_are_taken_from_the_form(cast):
    client = cast.client(cast.member)
    with workspace_scope(cast.workspace):
        Account.objects.create(workspace=cast.workspace, external_id="A-1", name="Acme")
    lines = [
        "id,account,start,plan,mrr,type,trial",
        "S-1,A-1,2025-01-01,Pro,100,Rahmen,no",
        "S-2,A-1,2025-01-01,Pro,0,Rahmen,yes",
    ]
    upload(cast, client, "contracts", csv_bytes(*lines))
    url = cast.url(f"imports/{job_of(cast).pk}/columns/")
    page = client.get(url)
    assert 'id="constant-currency" value="CNY"' in page.content.decode()
    data = form_of(page) | {
        "constant-currency": "USD",
        "constant-interval": "month",
        "skip-column-0": "6",
        "skip-text-0": "YES",
        "word-5-0": "subscription",
    }
    assert client.post(url, data).status_code == 302
    job = job_of(cast)
    assert job.mapping["constants"] == {"currency": "USD", "interval": "month"}
    assert (job.counts["created"], job.counts["skipped"], job.counts["errors"]) == (1, 1, 0)


def test_constant_that_cannot_be_understood_is_said_beside_it(cast):
    client = cast.client(cast.manager)
    upload(cast, client, "spend", csv_bytes("channel,amount", "Search,5"))
    url = cast.url(f"imports/{job_of(cast).pk}/columns/")
    answer = client.post(url, form_of(client.get(url)) | {"constant-date": "soon"})
    assert answer.status_code == 422
    assert answer.context["constants"][0].message == "“soon” is not a date. Write it as 2025-03-31."


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", b"", "The submitted file is empty|The file is empty."),
        ("a.csv", b"%PDF-1.7", "This is a file of type PDF"),
        ("a.xlsx", b"PK\x03\x04rest", "The file is damaged"),
    ],
)
def test_file_that_cannot_be_read_is_said_on_the_page(cast, name, content, message):
    answer = upload(cast, cast.client(cast.member), "accounts", content, name)
    assert answer.status_code == 422
    assert any(text in answer.content.decode() for text in message.split("|"))
    with workspace_scope(cast.workspace):
        assert not File.objects.exists()


def test_no_file_and_unknown_kind(cast):
    client = cast.client(cast.member)
    assert client.post(cast.url("imports/new/"), {"kind": "accounts"}).status_code == 422
    # A member may not import spend, and nobody what does not exist.
    assert upload(cast, client, "spend", b"x").status_code == 404
    assert upload(cast, client, "users", b"x").status_code == 404


def test_workbook_is_taken(cast):
    upload(cast, cast.client(cast.member), "accounts", xlsx_bytes([["编号", "名称"], [1, "甲"]]), "a.csv")
    job = job_of(cast)
    assert (job.row_count, job.notes) == (1, ["The file is a workbook although its name does not say so."])


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", ["客户.xls", "客户.et"])
def test_old_excel_and_wps_files_go_in(cast, name):
    client = cast.client(cast.member)
    upload(cast, client, "accounts", xls_bytes(), name)
    job = job_of(cast)
    url = cast.url(f"imports/{job.pk}/columns/")
    page = client.get(url)
    assert form_of(page)["field-0"] == "external_id"
    client.post(url, form_of(page))
    client.post(cast.url(f"imports/{job.pk}/confirm/"))
    work(cast, job_of(cast))
    with workspace_scope(cast.workspace):
        rows = Account.objects.order_by("external_id").values_list("external_id", "name", "employees")
        assert list(rows) == [("K-1", "甲公司", 12), ("K-2", "乙公司", 340)]


@pytest.mark.parametrize("kind", ["accounts", "contracts", "contacts", "products", "spend", "fx-rates"])
def test_example_file_can_be_imported(cast, kind):
    client = cast.client(cast.manager)
    with workspace_scope(cast.workspace):
        for number in (1, 2):
            Account.objects.create(workspace=cast.workspace, external_id=f"C-100{number}", name=f"Example {number}")
    example = client.get(cast.url(f"imports/template/{kind}/"))
    assert example.content.startswith(b"\xef\xbb\xbf")
    upload(cast, client, kind, example.content)
    url = cast.url(f"imports/{job_of(cast).pk}/columns/")
    answer = client.post(url, form_of(client.get(url)))
    assert answer.status_code == 302
    job = job_of(cast)
    assert (job.counts["errors"], job.counts["created"] + job.counts["updated"]) == (0, job.row_count)


def test_import_that_was_not_confirmed_can_be_removed(cast):
    client = cast.client(cast.member)
    upload(cast, client, "accounts", csv_bytes("编号,名称", "1,a"))
    client.post(cast.url(f"imports/{job_of(cast).pk}/discard/"))
    with workspace_scope(cast.workspace):
        assert not ImportJob.objects.exists()
        assert not File.objects.exists()


def test_viewer_and_stranger_see_nothing(cast):
    upload(cast, cast.client(cast.member), "accounts", csv_bytes("编号,名称", "1,a"))
    job = job_of(cast)
    for rest in (
        "imports/",
        "imports/new/",
        f"imports/{job.pk}/",
        f"imports/{job.pk}/columns/",
        f"imports/{job.pk}/errors.csv",
    ):
        assert cast.client(cast.viewer).get(cast.url(rest)).status_code == 403
        assert cast.client(cast.stranger).get(cast.url(rest)).status_code == 404
        assert cast.client(cast.stranger).get(f"/w/rival/{rest}").status_code in (200, 404)
    assert cast.client(cast.stranger).get(f"/w/rival/imports/{job.pk}/").status_code == 404
    assert cast.client(cast.viewer).post(cast.url(f"imports/{job.pk}/confirm/")).status_code == 403


def test_columns_posted_when_another_tab_has_confirmed(cast, monkeypatch):
    client = cast.client(cast.member)
    upload(cast, client, "accounts", csv_bytes("客户编号,客户名称", "C-1,甲公司"))
    job = job_of(cast)
    page = client.get(cast.url(f"imports/{job.pk}/columns/"))
    client.post(page.request["PATH_INFO"], form_of(page))

    def confirm_meanwhile(*args):
        client.post(cast.url(f"imports/{job.pk}/confirm/"))
        return posted_mapping(*args)

    monkeypatch.setattr("jobs.views.imports.posted_mapping", confirm_meanwhile)
    answer = client.post(page.request["PATH_INFO"], form_of(page))
    assert (answer.status_code, answer.url) == (302, cast.url(f"imports/{job.pk}/"))
    assert "moved on meanwhile" in client.get(answer.url).content.decode()
    assert job_of(cast).state == "writing"


def test_the_list_says_who_by_name_and_finds_them_so(cast):
    User.objects.filter(pk=cast.member.user_id).update(name="王磊")
    for person in (cast.member, cast.manager):
        upload(cast, cast.client(person), "accounts", csv_bytes("客户编号,客户名称", "C-1,甲公司"))
    client = cast.client(cast.owner)
    listed = client.get(cast.url("imports/"))
    by = [said for _job, cells in listed.context["rows"] for column, said in cells if column.key == "by"]
    assert by == ["Manager", "王磊"]
    found = client.get(cast.url("imports/"), {"where": "by:has:王"})
    assert [job.user_id for job in found.context["list"].rows] == [cast.member.user_id]
    file = client.get(cast.url("imports/"), {"download": "csv"})
    assert "王磊" in b"".join(file.streaming_content).decode()
    assert "王磊" in client.get(cast.url("my-day/?whose=all")).content.decode()
