"""Files as people bring them: every encoding, separator and mistake, with the row named."""

import datetime as dt
import io
import os
import struct
import time
import tracemalloc
import zipfile
import zlib
from decimal import Decimal

import pytest

from jobs.imports import layout, reading
from jobs.imports import table as limits
from jobs.imports.reading import read_table
from jobs.imports.table import UnreadableFile
from tests.jobs.imports.files import csv_bytes, rewritten, xls_bytes, xlsx_bytes


def refusal(content: bytes, name: str = "file.csv") -> str:
    with pytest.raises(UnreadableFile) as caught:
        read_table(content, name)
    return caught.value.code


def messages(table) -> list[tuple[int, str]]:
    return [(problem.row, problem.message) for problem in table.problems]


@pytest.mark.parametrize(
    ("encoding", "note"),
    [
        ("utf-8", None),
        ("utf-8-sig", None),
        ("gb18030", "GB18030"),
        ("utf-16", "UTF-16"),
        ("utf-16-le", "UTF-16-LE"),
        ("utf-16-be", "UTF-16-BE"),
    ],
)
def test_encoding_is_found(encoding, note):
    table = read_table(csv_bytes("编号,名称,地区", "1,杭州示例科技有限公司,浙江", encoding=encoding), "客户.csv")
    assert table.headers == ["编号", "名称", "地区"]
    assert table.rows == [["1", "杭州示例科技有限公司", "浙江"]]
    assert table.notes == ([f"Read as {note}."] if note else [])


def test_encoding_of_western_text_is_not_taken_for_chinese():
    table = read_table("name,city\nCafé Société,Orléans\nMüller & Söhne,Köln\n".encode("cp1252"), "f.csv")
    assert table.rows == [["Café Société", "Orléans"], ["Müller & Söhne", "Köln"]]


def test_unreadable_bytes_name_their_row_and_keep_the_others():
    names = "".join(f"{n},杭州示例科技有限公司\n" for n in range(30))
    table = read_table(("id,名称\n" + names).encode() + b"31,\xe6\x9d\n32,\xe5\xae\x81\xe6\xb3\xa2\n", "f.csv")
    assert len(table.rows) == 31
    assert messages(table) == [(32, "The text holds characters that cannot be read in this encoding.")]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_separator_is_found(separator):
    lines = ["id,name,note", 'A-1,"Acme, Inc; (west)|x",ok', "A-2,Beta,"]
    if separator != ",":
        lines = [
            "id,name,note".replace(",", separator),
            f'A-1{separator}"Acme, Inc; (west)|x"{separator}ok',
            f"A-2{separator}Beta{separator}",
        ]
    table = read_table(csv_bytes(*lines), "f.csv")
    assert table.headers == ["id", "name", "note"]
    assert table.rows == [["A-1", "Acme, Inc; (west)|x", "ok"], ["A-2", "Beta", ""]]


def test_separator_named_in_the_first_line_is_used():
    for odd in ('sep="', "sep=", "sep=\r"):
        table = read_table(csv_bytes(odd, "id;name", "1;Acme, Inc"), "f.csv")
        assert (table.headers, table.rows, table.problems) == (["id", "name"], [["1", "Acme, Inc"]], [])
    table = read_table(csv_bytes("sep=;", "id;name", "1;Acme, Inc"), "f.csv")
    assert (table.headers, table.rows, table.numbers) == (["id", "name"], [["1", "Acme, Inc"]], [3])


def test_row_numbers_are_those_a_spreadsheet_shows():
    table = read_table(csv_bytes("id,note", '1,"two', 'lines"', "", "2,b"), "f.csv")
    assert table.rows == [["1", "two\r\nlines"], ["2", "b"]]
    assert table.numbers == [2, 4]


def test_ragged_rows_are_named_and_good_ones_kept():
    table = read_table(csv_bytes("id,name,city", "1,a,x", "2,b", "3,c,z,extra", "4,d,w,"), "f.csv")
    assert table.numbers == [2, 5]
    assert messages(table) == [
        (3, "The row has 2 cells, the header has 3."),
        (4, "The row has 4 cells, the header has 3."),
    ]
    assert table.problems[1].cells == ("3", "c", "z", "extra")


def test_open_quotation_mark_gives_up_one_row_only():
    table = read_table(csv_bytes("id,name", "1,a", '2,"never closed', "3,c", "4,d"), "f.csv")
    assert table.rows == [["1", "a"], ["3", "c"], ["4", "d"]]
    assert table.numbers == [2, 4, 5]
    assert messages(table) == [(3, "A quotation mark in this row is never closed or stands inside a cell.")]


def test_title_and_total_rows_are_left_out_with_a_note():
    table = read_table(
        csv_bytes(
            "2025年合同台账,,,",
            "制表日期：2025-12-31,,,",
            ",,,",
            "合同编号,客户,金额,备注",
            "K-1,甲公司,100,",
            "K-2,乙公司,200,x",
            "合计,,300,",
            "制表人：某某,,,",
        ),
        "f.csv",
    )
    assert table.headers == ["合同编号", "客户", "金额", "备注"]
    assert (table.numbers, len(table.rows)) == ([5, 6], 2)
    assert table.notes == ["2 rows above the header (row 4) are left out.", "Total rows are left out: 7, 8."]


def test_account_named_total_is_no_total_row():
    table = read_table(csv_bytes("name,city,seats", "Total,Paris,5", "Sum Inc,,"), "f.csv")
    assert table.rows == [["Total", "Paris", "5"], ["Sum Inc", "", ""]]


def test_blank_and_duplicate_headers_get_names_of_their_own():
    table = read_table(csv_bytes("id,,name,name", "1,x,a,b"), "f.csv")
    assert table.headers == ["id", "Column B", "name", "name (2)"]
    assert table.notes == ["The header “name” occurs more than once."]


def test_workbook_named_csv_is_read_and_says_so():
    day = dt.date(2025, 3, 1)
    table = read_table(xlsx_bytes([["id", "day", "amount"], ["A-1", day, 1200.5], [1001, day, 0.1 + 0.2]]), "f.csv")
    assert table.rows == [["A-1", day, Decimal("1200.5")], [Decimal(1001), day, Decimal("0.3")]]
    assert table.notes == ["The file is a workbook although its name does not say so."]


def test_text_named_xlsx_is_read_and_says_so():
    table = read_table(csv_bytes("id,name", "1,a"), "f.xlsx")
    assert (table.rows, table.notes) == ([["1", "a"]], ["The file is text although its name says it is a workbook."])


def test_workbook_rows_keep_their_numbers_under_titles():
    table = read_table(xlsx_bytes([["Report"], [], ["id", "name", "x"], ["1", "a", "b"], [], ["2", "c"]]), "f.xlsx")
    assert (table.numbers, table.rows) == ([4, 6], [["1", "a", "b"], ["2", "c", ""]])


def test_first_sheet_with_rows_is_read_and_the_others_are_named():
    content = xlsx_bytes([["id", "name"], ["1", "a"]], sheets=("Empty", "Data"))
    assert read_table(content, "f.xlsx").rows == [["1", "a"]]


def test_guarding_apostrophe_of_an_export_is_removed():
    table = read_table(csv_bytes("id,name", "1,'=SUM(A1)", "2,'s-Hertogenbosch"), "f.csv")
    assert table.rows == [["1", "=SUM(A1)"], ["2", "'s-Hertogenbosch"]]


def test_nul_is_dropped():
    assert read_table(b"id,name\n1,a\x00b\n", "f.csv").rows == [["1", "ab"]]
    content = rewritten(xlsx_bytes([["id", "na#me"], ["1", "a#b"]]), {b"#": b"_x0000_"})
    table = read_table(content, "f.xlsx")
    assert (table.headers, table.rows) == (["id", "name"], [["1", "ab"]])


def test_numbers_of_a_workbook_that_are_none_are_text():
    content = rewritten(
        xlsx_bytes([["id", "amount"], ["1", 111], ["2", 222]]), {b">111<": b">NaN<", b">222<": b">inf<"}
    )
    assert read_table(content, "f.xlsx").rows == [["1", "nan"], ["2", "inf"]]


def test_cell_of_ten_megabytes_is_an_error_of_its_row():
    table = read_table(b"id,name\n1,a\n2," + b"x" * 10_000_000 + b"\n3,c\n", "f.csv")
    assert table.numbers == [2, 4]
    assert messages(table) == [(3, "The text is longer than 100000 characters (10000000).")]


@pytest.mark.parametrize("content", [b"", b"  \r\n \n", b"\xef\xbb\xbf", b"id,name\n", b"\n\n,,,\n"])
def test_empty_file_is_refused(content):
    assert refusal(content) == "empty"


@pytest.mark.parametrize(
    "content",
    [
        b"%PDF-1.7 ...",
        b"\x89PNG\r\n\x1a\n",
        b"MZ\x90\x00",
        b"\xff\xd8\xff\xe0",
        b"<html><table><tr><td>id</td></tr></table></html>",
        b'<?xml version="1.0"?><Workbook/>',
        b'[{"id": 1}]',
        b'{"id": 1}',
        bytes(range(1, 32)) * 50,
        os.urandom(4000) and bytes((n * 7919) % 251 + 1 for n in range(4000)),
    ],
)
def test_wrong_type_is_refused(content):
    assert refusal(content) == "wrong_type"


def test_document_in_an_archive_is_refused():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    assert refusal(out.getvalue(), "f.xlsx") == "wrong_type"


def test_broken_workbook_is_refused():
    content = xlsx_bytes([["id"], ["1"]])
    assert refusal(content[: len(content) // 2], "f.xlsx") == "damaged"
    assert refusal(bytes.fromhex("D0CF11E0A1B11AE1") + b"\0" * 600, "f.xls") == "damaged"


def test_password_protected_workbook_is_refused():
    content = bytes.fromhex("D0CF11E0A1B11AE1") + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le")
    assert refusal(content, "f.xlsx") == "encrypted"


def zip_bomb(size: int, *, declared: int | None = None) -> bytes:
    """A workbook whose sheet unpacks to `size` bytes, and says that it unpacks to `declared`."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b" " * size)
    content = out.getvalue()
    if declared is not None:
        content = content.replace(struct.pack("<I", size), struct.pack("<I", declared))
    return content


@pytest.mark.parametrize("declared", [None, 1000])
def test_archive_bomb_is_refused_fast_and_small(declared):
    content = zip_bomb(200_000_000, declared=declared)
    tracemalloc.start()
    started = time.perf_counter()
    assert refusal(content, "f.xlsx") == "archive_bomb"
    took, (_now, peak) = time.perf_counter() - started, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert took < 1
    assert peak < 50_000_000


def test_archive_of_overlapping_members_is_refused():
    content = bytearray(zip_bomb(900_000))
    # The directory's first entry is made to claim more packed bytes than the file has.
    at = content.rindex(b"PK\x01\x02")
    content[at + 20 : at + 24] = struct.pack("<I", len(content) + 1)
    assert refusal(bytes(content), "f.xlsx") == "archive_bomb"


def test_sheet_that_claims_to_be_huge_is_refused():
    """Two cells, the second at the far end: a reader that makes room for all between them needs gigabytes."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(xlsx_bytes([["id", "name"], ["1", "a"]]))) as small,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as big,
    ):
        for member in small.infolist():
            text = small.read(member.filename)
            if member.filename == "xl/worksheets/sheet1.xml":
                text = text.replace(b'r="B2"', b'r="XFD1048576"').replace(b'<row r="2"', b'<row r="1048576"')
            big.writestr(member.filename, text)
    assert refusal(out.getvalue(), "f.xlsx") == "archive_bomb"


def test_limits_say_what_they_are(monkeypatch):
    monkeypatch.setattr(layout, "MAX_ROWS", 2)
    assert refusal(csv_bytes("id,n", "1,a", "2,b", "3,c")) == "too_many_rows"
    monkeypatch.setattr(reading, "MAX_BYTES", 10)
    assert refusal(csv_bytes("id,name", "1,a")) == "too_large"
    assert refusal(csv_bytes(",".join(f"c{n}" for n in range(limits.MAX_COLUMNS + 1)), "1")[:10]) is not None


def test_known_headers_tell_the_header_row():
    lines = ["Export of,accounts,today", "id,name,city", "1,a,x"]
    assert read_table(csv_bytes(*lines), "f.csv").headers == ["Export of", "accounts", "today"]
    assert read_table(csv_bytes(*lines), "f.csv", known={"id", "name"}).headers == ["id", "name", "city"]


def test_zlib_is_what_deflate_means_here():
    """The size check inflates raw streams; were that to change, every workbook would be called damaged."""
    packer = zlib.compressobj(wbits=-15)
    assert zlib.decompressobj(-15).decompress(packer.compress(b"x") + packer.flush()) == b"x"


@pytest.mark.parametrize("name", ["客户.xls", "客户.et"])
def test_old_excel_and_wps_files_are_read(name):
    table = read_table(xls_bytes(), name)
    assert table.headers == ["客户编号", "客户名称", "人数", "签约"]
    assert table.rows == [
        ["K-1", "甲公司", Decimal(12), dt.date(2025, 3, 31)],
        ["K-2", "乙公司", Decimal(340), dt.date(2025, 4, 3)],
    ]
    assert table.notes == []


def test_old_excel_file_with_a_password_says_so():
    content = bytearray(xls_bytes())
    begin = content.index(bytes.fromhex("09081000"))
    after = begin + 4 + int.from_bytes(content[begin + 2 : begin + 4], "little")
    content[after : after + 2] = b"\x2f\x00"
    assert refusal(bytes(content), "客户.xls") == "encrypted"
