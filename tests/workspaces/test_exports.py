import datetime as dt
import zipfile
from contextlib import closing
from decimal import Decimal
from io import BytesIO
from types import SimpleNamespace

from django.utils import timezone
from python_calamine import CalamineWorkbook

from workspaces import exports
from workspaces.scope import current_workspace_id, workspace_scope

DANGEROUS = ["=1+1", "+cmd", "-cmd|' /C calc'!A0", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", "＠SUM(A1)"]


def asked(cast):
    """As a view has it."""
    return SimpleNamespace(workspace=cast.workspace, actor=cast.actor(cast.owner), GET={})


def sent(answer) -> bytes:
    with closing(answer):
        return b"".join(answer.streaming_content)


def test_csv_guards_formulas_and_leaves_numbers_alone(acme):
    rows = [[text, Decimal("-1234.50"), -3, dt.date(2026, 3, 31), None, "-5.20"] for text in DANGEROUS]
    answer = exports.download(asked(acme), name="续约", file_format="csv", head=["=名", "b"], rows=lambda: rows)
    text = sent(answer).decode()
    assert text.startswith("\ufeff'=名,b\r\n")
    assert "'=1+1,-1234.50,-3,2026-03-31,,-5.20\r\n" in text
    assert all(f"'{cell}" in text for cell in DANGEROUS)
    assert "%E7%BB%AD%E7%BA%A6.csv" in answer["Content-Disposition"]


def test_csv_is_read_while_it_is_sent_and_in_the_workspace(cast):
    seen = []

    def rows():
        for number in range(3 * exports.ROWS_AT_ONCE):
            seen.append(current_workspace_id())
            yield [number]

    with workspace_scope(cast.workspace):
        answer = exports.download(asked(cast), name="n", file_format="csv", head=["n"], rows=rows)
    assert seen == []
    chunks = iter(answer.streaming_content)
    next(chunks)
    assert 0 < len(seen) <= exports.ROWS_AT_ONCE
    assert sum(chunk.count(b"\n") for chunk in chunks) > 2 * exports.ROWS_AT_ONCE
    assert set(seen) == {cast.workspace.pk}


def test_xlsx_tells_instants_by_the_clocks_of_the_workspace(acme):
    late = dt.datetime(2026, 3, 30, 17, 5, tzinfo=dt.UTC)
    with timezone.override(acme.workspace.zone):
        answer = exports.download(asked(acme), name="n", file_format="xlsx", head=["Done"], rows=lambda: [[late]])
    ((_head,), (cell,)) = CalamineWorkbook.from_filelike(BytesIO(sent(answer))).get_sheet_by_index(0).to_python()
    assert acme.workspace.timezone == "Asia/Shanghai"
    assert cell == dt.datetime(2026, 3, 31, 1, 5)


def test_xlsx_holds_numbers_days_and_no_formula(acme, monkeypatch):
    monkeypatch.setattr(exports, "SHEET_ROWS", len(DANGEROUS) + 1)
    precise = Decimal("12345678901234567.89")
    rows = [*([text, Decimal("-1234.50")] for text in DANGEROUS), [dt.date(2026, 3, 31), precise]]
    answer = exports.download(asked(acme), name="a/b:c", file_format="xlsx", head=["Text", "Sum"], rows=lambda: rows)
    file = sent(answer)
    with zipfile.ZipFile(BytesIO(file)) as parts:
        assert b"<f>" not in parts.read("xl/worksheets/sheet1.xml")
    book = CalamineWorkbook.from_filelike(BytesIO(file))
    sheets = [book.get_sheet_by_name(name).to_python() for name in book.sheet_names]
    assert book.sheet_names == ["a b c", "a b c 2"]
    assert sheets[0][0] == ["Text", "Sum"]
    assert [row[1] for row in sheets[0][1:]] == [-1234.5] * len(DANGEROUS)
    assert sheets[0][1][0] == "=1+1"
    # A number that Excel would round is written as the text that it is.
    assert sheets[1][1] == [dt.date(2026, 3, 31), "12345678901234567.89"]
