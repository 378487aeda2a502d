"""Bytes of a file → Table. What the file is, is read from the bytes; its name decides nothing."""

from collections.abc import Collection

from django.utils.translation import gettext as _

from jobs.imports.layout import arrange
from jobs.imports.table import MAX_BYTES, Table, UnreadableFile
from jobs.imports.text_files import read_text
from jobs.imports.workbooks import is_workbook, read_workbook

WORKBOOK_ENDINGS = (".xlsx", ".xls", ".xlsb", ".xlsm", ".ods", ".et", ".ett")


def read_table(content: bytes, name: str, *, known: Collection[str] = ()) -> Table:
    """The table in a file. known: normalised headers that help to tell the header row from titles above it.

    Raises UnreadableFile when there is no table to be had; rows that cannot be read stand in `Table.problems`.
    """
    if not content.strip():
        raise UnreadableFile("empty", _("The file is empty."))
    if len(content) > MAX_BYTES:
        raise UnreadableFile(
            "too_large", _("The file is larger than %(size)s MB.") % {"size": MAX_BYTES // (1024 * 1024)}
        )
    if is_workbook(content):
        rows, notes = read_workbook(content)
        if not name.lower().endswith(WORKBOOK_ENDINGS):
            notes.insert(0, _("The file is a workbook although its name does not say so."))
        return arrange(rows, problems=[], notes=notes, known=known, is_text=False)
    texts, problems, notes = read_text(content)
    if name.lower().endswith(WORKBOOK_ENDINGS):
        notes.insert(0, _("The file is text although its name says it is a workbook."))
    return arrange(texts, problems=problems, notes=notes, known=known, is_text=True)
