"""The rows with errors as a file: it imports again as it is, and mended it goes in."""

import pytest

from accounts.models import Account
from jobs.imports.error_file import error_file
from jobs.imports.kinds import import_kind
from jobs.imports.mapping import profiles
from jobs.imports.presets import known_headers, propose
from jobs.imports.reading import read_table
from tests.jobs.imports.files import csv_bytes, xlsx_bytes
from tests.jobs.imports.test_pages import form_of, job_of, upload, work
from workspaces.scope import workspace_scope

LONG = "很长的备注。" * 1000


def checked(cast, client, content, name="客户.csv", **answers):
    upload(cast, client, "accounts", content, name)
    url = cast.url(f"imports/{job_of(cast).pk}/columns/")
    client.post(url, form_of(client.get(url)) | answers)
    return job_of(cast)


def errors_of(cast, client, job) -> str:
    return client.get(cast.url(f"imports/{job.pk}/errors.csv")).content.decode()


@pytest.mark.django_db(transaction=True)
def test_error_file_imports_again_as_it_is_and_mended(cast):
    client = cast.client(cast.member)
    rows = [
        ["客户编号", "客户名称", "人数", "备注"],
        ["C-1", "甲公司", "3", "good"],
        ["C-2", "@乙公司", "many", LONG],
        ["C-3", "", "4", "+86 10, “x”\nand a second line"],
    ]
    job = checked(cast, client, xlsx_bytes(rows), "客户.xlsx")
    assert (job.counts["created"], job.counts["errors"]) == (1, 2)
    text = errors_of(cast, client, job)
    head, *_lines = text.removeprefix("\ufeff").splitlines()
    assert head == "客户编号,客户名称,人数,备注,Import error"

    again = checked(cast, client, text.encode(), "客户-errors.csv")
    assert (again.counts["created"], again.counts["errors"], again.counts["rows"]) == (0, 2, 2)
    # Of what it says itself, nothing comes in; and the next one says only what is wrong now.
    assert "4" not in again.mapping["columns"]
    second = errors_of(cast, client, again)
    assert second.count("Import error") == 1
    assert [line.split(",Row ")[0] for line in second.splitlines()] == [
        line.split(",Row ")[0] for line in text.splitlines()
    ]

    mended = second.replace("many", "12").replace("C-3,,", "C-3,丙公司,")
    job = checked(cast, client, mended.encode(), "客户-errors.csv")
    assert (job.counts["created"], job.counts["errors"]) == (2, 0)
    client.post(cast.url(f"imports/{job.pk}/confirm/"))
    work(cast, job_of(cast))
    with workspace_scope(cast.workspace):
        made = Account.objects.order_by("external_id").values_list("name", "employees", "note")
        assert list(made) == [("@乙公司", 12, LONG), ("丙公司", 4, "+86 10, “x”\nand a second line")]


@pytest.mark.parametrize("header", ["Import error", "导入错误"])
@pytest.mark.parametrize("kind", ["accounts", "contracts", "contacts", "products", "spend", "fx-rates"])
def test_its_own_column_is_no_field_of_any_kind(kind, header):
    found = import_kind(kind)
    names = [str(field.label) for field in found.fields if field.is_required]
    content = csv_bytes(",".join([*names, header]), ",".join(["1"] * (len(names) + 1)))
    table = read_table(content, "x.csv", known=known_headers(found))
    assert table.headers[-1] == header
    assert len(names) not in propose(found, profiles(table)).columns


def test_rows_that_could_not_be_read_stay_wrong():
    table = read_table(csv_bytes("id,name,city", "1,a", "2,b,c,d", "3,e,f"), "x.csv")
    problems = [(problem.row, "", problem.message) for problem in table.problems]
    assert error_file(table, problems).removeprefix("\ufeff").splitlines() == [
        "id,name,city,Import error",
        '1,a,,"Row 2: The row has 2 cells, the header has 3."',
        '2,b,c,d,"Row 3: The row has 4 cells, the header has 3."',
    ]
