"""Exports of other products, recognised by their headings."""

import pytest

from jobs.imports.converting import joined_name
from jobs.imports.kinds import import_kinds
from jobs.imports.mapping import profiles
from jobs.imports.preparing import prepare
from jobs.imports.presets import known_headers, presets, propose, recognise
from jobs.imports.reading import read_table
from tests.jobs.imports.files import csv_bytes
from tests.jobs.imports.test_pages import form_of, job_of, upload

HUBSPOT = csv_bytes(
    "Record ID,First Name,Last Name,Email,Phone Number,Mobile Phone Number,Associated Company,Contact owner",
    "501,Jane,Doe,jane@example.com,1,2,Example Foods,Someone",
    "502,三,张,,,,Example Foods,",
)


def columns_of(*headers: str):
    return profiles(read_table(csv_bytes(",".join(headers), ",".join("x" for _header in headers)), "f.csv"))


@pytest.mark.parametrize("preset", presets(), ids=lambda preset: preset.key)
def test_each_table_names_fields_that_exist_and_is_recognised_by_each_of_its_signs(preset):
    kind = import_kinds()[preset.kind]
    fields = {*preset.columns.values(), *preset.joined, *preset.constants} - {""}
    assert fields <= set(kind.by_key)
    for signs in preset.signs:
        assert recognise(columns_of(*signs, "something else")) == preset
    everything = columns_of(
        *preset.columns, *(name for names in preset.signs for name in names if name not in preset.columns)
    )
    assert {column.field for column in propose(kind, everything).columns.values()} >= fields - {
        *preset.joined,
        *preset.constants,
    }


def test_keys_are_unique_and_all_products_are_there():
    keys = [preset.key for preset in presets()]
    assert len(keys) == len(set(keys))
    assert {key.split("-")[0] for key in keys} == {
        "fxiaoke", "xiaoshouyi", "kingdee", "yonyou", "hubspot", "salesforce", "pipedrive", "stripe", "chartmogul",
    }  # fmt: skip


def test_names_in_two_columns_become_one():
    kind = import_kinds()["contacts"]
    table = read_table(HUBSPOT, "f.csv", known=known_headers(kind))
    mapping = propose(kind, profiles(table))
    assert [entry.data for entry in prepare(table, kind, mapping).entries] == [
        {
            "external_id": "501", "name": "Jane Doe", "email": "jane@example.com", "mobile": "2",
            "account": "Example Foods",
        },
        {"external_id": "502", "name": "张三", "account": "Example Foods"},
    ]  # fmt: skip
    assert joined_name(["", "Doe"]) == "Doe"


def test_a_ledger_under_title_rows_is_read_from_its_headings():
    kind = import_kinds()["contracts"]
    content = csv_bytes(
        "销售合同列表,,,,,",
        "单据编号,客户,结算币别,有效起始日期,有效截止日期,价税合计",
        'XSHT001,甲公司,人民币,2025-01-01,2025-12-31,"120,000.00"',
    )
    table = read_table(content, "f.csv", known=known_headers(kind))
    mapping = propose(kind, profiles(table))
    assert mapping.preset == "kingdee-contracts"
    assert mapping.constants["tax_included"] == "true"
    assert [column.field for column in mapping.columns.values()] == [
        "number", "account", "currency", "starts_on", "ends_on", "total_amount",
    ]  # fmt: skip


def test_own_files_are_matched_by_names():
    kind = import_kinds()["accounts"]
    assert recognise(columns_of("id", "name", "industry")) is None
    assert propose(kind, columns_of("id", "name")).preset == ""


@pytest.mark.django_db(transaction=True)
def test_recognition_is_shown_and_can_be_switched_off_and_on(cast):
    client = cast.client(cast.member)
    upload(cast, client, "contacts", HUBSPOT)
    address = cast.url(f"imports/{job_of(cast).pk}/columns/")
    page = client.get(address)
    assert "Recognised as an export from HubSpot: Contacts." in page.content.decode()
    assert page.context["columns"][1].hint == "Joined with Last Name"
    assert form_of(page)["field-1"] == "name"
    assert form_of(page)["field-5"] == "mobile"

    client.post(address, {"preset": "off"})
    job = job_of(cast)
    assert job.mapping["preset"] == ""
    assert all(column["joined"] == [] for column in job.mapping["columns"].values())
    client.post(address, {"preset": "on"})
    assert client.post(address, form_of(client.get(address))).status_code == 302
    assert job_of(cast).mapping["columns"]["1"]["joined"] == [2], "kept when the form is sent"


@pytest.mark.django_db(transaction=True)
def test_an_export_of_another_kind_than_was_chosen_is_named(cast):
    client = cast.client(cast.member)
    upload(cast, client, "accounts", HUBSPOT)
    page = client.get(cast.url(f"imports/{job_of(cast).pk}/columns/")).content.decode()
    assert "These look like the headings of HubSpot: Contacts. Accounts was chosen:" in page
