"""Rows that are pasted, and cells that are mended on the page of the check."""

import pytest

from accounts.models import Account
from jobs.imports.fixing import apply_fixes, changed_cells, mendable
from jobs.imports.reading import read_table
from jobs.models import ImportJob
from tests.jobs.imports.files import csv_bytes
from tests.jobs.imports.test_pages import form_of, job_of, work
from workspaces.scope import workspace_scope

PASTED = "客户编号\t客户名称\t人数\r\nC-1\t甲公司\t12\r\nC-2\t乙公司\t很多\r\n\t丙公司\t7\t多\r\n"


def checked(cast, client) -> ImportJob:
    """An import of pasted rows, as far as its check."""
    client.post(cast.url("imports/new/"), {"kind": "accounts", "pasted": PASTED})
    page = client.get(cast.url(f"imports/{job_of(cast).pk}/columns/"))
    client.post(page.request["PATH_INFO"], form_of(page))
    return job_of(cast)


@pytest.mark.django_db(transaction=True)
def test_pasted_rows_are_mended_in_place_and_go_in(cast):
    client = cast.client(cast.member)
    job = checked(cast, client)
    assert (job.name, job.counts["created"], job.counts["errors"]) == ("Pasted rows", 1, 2)

    check = cast.url(f"imports/{job.pk}/check/")
    page = client.get(check + "?show=errors").content.decode()
    assert 'name="cell-3-2" value="很多"' in page
    assert 'name="cell-3-1"' not in page, "only what is wrong can be changed"
    assert 'name="cell-4-0"' in page, "all of a row that is wrong as a whole"

    answer = client.post(cast.url(f"imports/{job.pk}/fix/"), {"cell-3-2": "15", "cell-4-0": "C-3", "cell-4-2": "七"})
    assert answer.url == check + "?show=errors", "one row is still wrong"
    assert job_of(cast).counts["errors"] == 1
    answer = client.post(cast.url(f"imports/{job.pk}/fix/"), {"cell-4-2": "8"})
    assert answer.url == check
    assert job_of(cast).counts == {"created": 3, "updated": 0, "unchanged": 0, "skipped": 0, "errors": 0, "rows": 3}

    client.post(cast.url(f"imports/{job.pk}/confirm/"))
    work(cast, job_of(cast))
    with workspace_scope(cast.workspace):
        found = Account.objects.order_by("external_id").values_list("external_id", "name", "employees")
        assert list(found) == [("C-1", "甲公司", 12), ("C-2", "乙公司", 15), ("C-3", "丙公司", 8)]
    answer = client.post(cast.url(f"imports/{job.pk}/fix/"), {"cell-3-2": "16"})
    assert answer.status_code == 302, "what is written is not changed behind its back"
    assert job_of(cast).fixes == {"3": {"2": "15"}, "4": {"0": "C-3", "2": "8"}}


@pytest.mark.django_db(transaction=True)
def test_what_cannot_be_stored_is_left_out_of_forms(cast):
    client = cast.client(cast.member)
    job = checked(cast, client)
    assert client.post(cast.url(f"imports/{job.pk}/fix/"), {"cell-3-2": "1\x005"}).status_code == 302
    assert job_of(cast).fixes == {"3": {"2": "15"}}
    page = client.get(cast.url(f"imports/{job.pk}/columns/"))
    odd = {"constant-industry": "Re\x00tail", "skip-column-0": "9" * 5000, "skip-text-0": "x"}
    odd |= {"skip-column-1": "2", "skip-text-1": "7\x00"}
    assert client.post(page.request["PATH_INFO"], form_of(page) | odd).status_code == 302
    mapping = job_of(cast).mapping
    assert (mapping["constants"], mapping["skip"]) == ({"industry": "Retail"}, [[2, "7"]])


@pytest.mark.django_db(transaction=True)
def test_unchanged_cells_are_no_fixes_and_other_cells_cannot_be_posted(cast):
    client = cast.client(cast.member)
    job = checked(cast, client)
    assert changed_cells(job.preview, {"cell-3-2": " 很多 ", "cell-2-1": "x", "cell-99-0": "x"}) == {}
    client.post(cast.url(f"imports/{job.pk}/fix/"), {"cell-3-2": "很多"})
    assert job_of(cast).fixes == {}


def test_nothing_pasted_and_no_file_is_asked_for(cast):
    answer = cast.client(cast.member).post(cast.url("imports/new/"), {"kind": "accounts", "pasted": " \n"})
    assert answer.status_code == 422
    assert "Choose a file, or paste rows." in answer.content.decode()


def test_a_row_that_could_not_be_read_takes_its_place_again():
    table = read_table(csv_bytes("id,name", "1,a", "2,b,c", "3,d"), "f.csv")
    apply_fixes(table, {"3": {"1": " e "}, "9": {"0": "x"}, "2": {"7": "x"}})
    assert table.numbers == [2, 3, 4]
    assert table.rows == [["1", "a"], ["2", "e"], ["3", "d"]]
    assert table.problems == []


def test_a_preview_from_before_cells_could_be_mended_shows_no_inputs():
    cell = {"text": "x", "was": "", "errors": ["wrong"], "is_number": False}
    preview = {"columns": [{"label": "Name"}], "errors": [{"number": 2, "cells": [cell], "errors": []}]}
    assert mendable(preview)[0]["cells"][0]["name"] == ""
