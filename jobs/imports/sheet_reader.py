"""Reads one workbook in a process of its own, with a limit on memory and time: `python sheet_reader.py MAX_ROWS`.

A workbook can say that its last cell is XFD1048576, and the reader then makes a sheet of that size; there is no telling
from outside for all four formats. Takes the bytes on standard input; writes JSON with the rows of the first sheet that
holds anything, starting at A1: ``{"sheet": name, "others": [names], "rows": [[cell]]}``. A cell is a string, a number, a
truth value, null or ``{"d": "2025-03-01"}``. Errors: ``{"error": text}``. Knows nothing of Django.
"""

import datetime
import io
import json
import sys

import python_calamine

MEMORY = 1536 * 1024 * 1024
SECONDS = 60


def limit() -> None:
    try:
        import resource  # noqa: PLC0415 (not on every system)
    except ImportError:
        return
    for what, most in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, SECONDS)):
        try:
            resource.setrlimit(what, (most, most))
        except (ValueError, OSError):
            continue


def plain(cell):
    if isinstance(cell, float):
        # As many digits as a spreadsheet shows: the sum of 0.1 and 0.2 is 0.3.
        return int(cell) if cell.is_integer() and abs(cell) < 1e15 else float(f"{cell:.15g}")
    if isinstance(cell, str | bool | int) or cell is None:
        return cell
    if isinstance(cell, datetime.datetime):
        cell = cell.date()
    if isinstance(cell, datetime.date):
        return {"d": cell.isoformat()}
    return str(cell)


def read(content: bytes, max_rows: int) -> dict:
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    visible = [
        sheet.name
        for sheet in book.sheets_metadata
        if sheet.visible == python_calamine.SheetVisibleEnum.Visible
        and sheet.typ == python_calamine.SheetTypeEnum.WorkSheet
    ]
    chosen = ""
    rows: list = []
    others: list[str] = []
    for name in visible or book.sheet_names:
        sheet = book.get_sheet_by_name(name)
        if not sheet.total_height or not sheet.total_width:
            continue
        if rows:
            others.append(name)
            continue
        chosen = name
        # Some more than allowed, for title rows, so that the caller can tell "too many".
        found = sheet.to_python(skip_empty_area=False, nrows=max_rows + 100)
        rows = [[plain(cell) for cell in row] for row in found]
        if not any(cell not in ("", None) for row in rows for cell in row):
            rows = []
    return {"sheet": chosen, "others": others, "rows": rows}


def main() -> None:
    content = sys.stdin.buffer.read()
    limit()
    try:
        answer = read(content, int(sys.argv[1]))
    except MemoryError:
        answer = {"error": "memory"}
    except Exception as error:  # whatever the reader meets is the file's fault
        answer = {"error": f"{type(error).__name__}: {error}"[:300]}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()
