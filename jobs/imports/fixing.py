"""Cells mended on the page of the check. The file stays as it was brought; mended cells are laid over it at each reading."""

from collections.abc import Mapping as Dict
from typing import Any

from django.utils.translation import gettext as _

from jobs.imports.preview import LONGEST
from jobs.imports.table import Cell, Table

# Rows that are mended at once: a form of a wide file stays below the number of fields that a request may have.
ROWS_AT_ONCE = 40
# row of the file → index of the column → text; the keys are texts because JSON has no others
Fixes = dict[str, dict[str, str]]


def apply_fixes(table: Table, fixes: Fixes) -> None:
    """Lay mended cells over the table. A row that could not be read becomes a row like others, as wide as the header."""
    if not fixes:
        return
    positions = {number: position for position, number in enumerate(table.numbers)}
    unread = {problem.row: problem for problem in table.problems}
    width = len(table.headers)
    mended: dict[int, list[Cell]] = {}
    for key, cells in fixes.items():
        number = int(key)
        if number in positions:
            row = table.rows[positions[number]]
        elif number in unread:
            row = mended[number] = [*unread[number].cells[:width], *[""] * (width - len(unread[number].cells))]
        else:
            continue
        for index, text in cells.items():
            if int(index) < width:
                row[int(index)] = text.strip()
    if mended:
        table.problems = [problem for problem in table.problems if problem.row not in mended]
        rows = sorted([*zip(table.numbers, table.rows, strict=True), *mended.items()], key=lambda pair: pair[0])
        table.numbers, table.rows = [number for number, _cells in rows], [cells for _number, cells in rows]


def mendable(preview: Dict[str, Any]) -> list[dict[str, Any]]:
    """The first rows with errors, each cell with `name` and `raw` where it can be mended: all cells of a row that is wrong
    as a whole, else those that are wrong.
    """
    columns = preview.get("columns", [])
    rows = []
    for row in preview.get("errors", [])[:ROWS_AT_ONCE]:
        cells = []
        for column, cell in zip(columns, row["cells"], strict=True):
            index = column.get("index")
            label = _("%(column)s, row %(row)s") % {"column": column["label"], "row": row["number"]}
            raw = cell["was"] or cell["text"]
            is_open = index is not None and len(raw) < LONGEST and (cell["errors"] or row["errors"])
            cells.append(
                {**cell, "raw": raw, "label": label, "name": f"cell-{row['number']}-{index}" if is_open else ""}
            )
        rows.append({**row, "cells": cells})
    return rows


def changed_cells(preview: Dict[str, Any], posted: Dict[str, str]) -> Fixes:
    """What a form changed of the cells that it showed."""
    changed: Fixes = {}
    for row in mendable(preview):
        for cell in row["cells"]:
            text = posted.get(cell["name"]) if cell["name"] else None
            # A text input shows line breaks as spaces: those alone are no change.
            if text is not None and text.split() != cell["raw"].split():
                index = cell["name"].rsplit("-", 1)[1]
                changed.setdefault(str(row["number"]), {})[index] = text.replace("\0", "")[: LONGEST * 4]
    return changed
