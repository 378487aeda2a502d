"""Workbooks (xlsx, xlsb, xls, ods) to rows of cells, told by what the bytes are and not by the name."""

import json
import subprocess
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path

from django.utils.translation import gettext as _

from jobs.imports.archives import bomb, open_archive
from jobs.imports.table import MAX_ROWS, Cell, UnreadableFile

ZIP, OLE = b"PK\x03\x04", bytes.fromhex("D0CF11E0A1B11AE1")
# The record that an old workbook begins with: of version 8, and about the workbook as a whole.
WORKBOOK_BEGINS = bytes.fromhex("0908100000060500")
FILEPASS, SEARCHED_RECORDS = 0x2F, 8
READER = Path(__file__).with_name("sheet_reader.py")
SECONDS = 90


def is_workbook(content: bytes) -> bool:
    return content.startswith((ZIP, OLE))


def read_workbook(content: bytes) -> tuple[list[list[Cell]], list[str]]:
    """Rows of the first sheet that holds anything, from A1 on, and notes; raises UnreadableFile."""
    if content.startswith(ZIP):
        names = set(open_archive(content).namelist())
        if not names & {"xl/workbook.xml", "xl/workbook.bin", "content.xml"}:
            raise UnreadableFile(
                "wrong_type", _("This is an archive or another document, not a spreadsheet. Upload CSV or Excel.")
            )
    elif "EncryptedPackage".encode("utf-16-le") in content or _is_locked(content):
        raise UnreadableFile("encrypted", _("The file is protected by a password. Save it without one."))
    found = _in_own_process(content)
    notes = []
    if found["others"]:
        notes.append(
            _("Only the sheet “%(sheet)s” is read; the file also has: %(others)s.")
            % {"sheet": found["sheet"], "others": ", ".join(found["others"][:10])}
        )
    return [[_cell(cell) for cell in row] for row in found["rows"]], notes


def _is_locked(content: bytes) -> bool:
    """Whether an old workbook is enciphered: a FILEPASS record stands among its first ones, which the reader takes for
    damage.
    """
    at = content.find(WORKBOOK_BEGINS)
    for _record in range(SEARCHED_RECORDS if at >= 0 else 0):
        kind, size = int.from_bytes(content[at : at + 2], "little"), int.from_bytes(content[at + 2 : at + 4], "little")
        if kind == FILEPASS:
            return True
        at += 4 + size
    return False


def _cell(value) -> Cell:
    if isinstance(value, str):
        return value.replace("\0", "")
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, dict):
        return date.fromisoformat(value["d"])
    number = Decimal(value)
    # Programs write what they failed to work out as NaN or INF, which no field takes for a number.
    return number if number.is_finite() else str(value)


def _in_own_process(content: bytes) -> dict:
    try:
        # -I: nothing from the environment or the current folder is imported in there.
        done = subprocess.run(  # noqa: S603 (our own file, no shell)
            [sys.executable, "-I", str(READER), str(MAX_ROWS)], input=content, capture_output=True, timeout=SECONDS
        )
    except subprocess.TimeoutExpired as error:
        raise bomb() from error
    if done.returncode != 0:
        # Out of memory ends the reader without a word.
        raise bomb()
    found = json.loads(done.stdout, parse_float=Decimal)
    if "error" in found:
        if found["error"] == "memory":
            raise bomb()
        raise UnreadableFile("damaged", _("The file cannot be read as a spreadsheet. Save it again as xlsx or CSV."))
    return found
