"""The table beside a chart as a file. The page has it already, made from what the chart draws; it is sent back to be
written by the one place that writes files, so that who may, what is harmless and what the activity says is the same for all.
"""

import json
import re
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpResponseBadRequest
from django.views.decorators.http import require_POST

from workspaces import exports, roles

# More than any chart draws.
MOST_ROWS, MOST_COLUMNS, LONGEST_CELL, LONGEST_NAME = 2000, 60, 1000, 100
NUMBER = re.compile(r"-?\d{1,24}(\.\d{1,12})?")
# What stands in no file name.
NOT_IN_NAMES = re.compile(r'[\s\x00-\x1f/\\:*?"<>|]+')


@require_POST
def table_file(request, slug):
    """`name`, `table` (JSON: rows of texts, the first of them the heads; numbers as plain digits), and `format`."""
    request.actor.require(roles.EXPORT)
    file_format = request.POST.get("format", "")
    if file_format not in exports.FORMATS:
        raise Http404
    rows = _rows(request.POST.get("table", ""))
    if rows is None:
        return HttpResponseBadRequest()
    name = NOT_IN_NAMES.sub(" ", request.POST.get("name", "")).strip()[:LONGEST_NAME] or "table"
    head, lines = rows[0], [[_cell(text) for text in row] for row in rows[1:]]
    return exports.download(request, name=name, file_format=file_format, head=head, rows=lambda: lines)


def _rows(text: str) -> list[list[str]] | None:
    """None for what is no table of ours."""
    try:
        rows: Any = json.loads(text)
    except ValueError:
        return None
    if not isinstance(rows, list) or not 0 < len(rows) <= MOST_ROWS:
        return None
    for row in rows:
        if not isinstance(row, list) or len(row) > MOST_COLUMNS:
            return None
        if not all(isinstance(cell, str) and len(cell) <= LONGEST_CELL for cell in row):
            return None
    return rows


def _cell(text: str) -> exports.Cell:
    return Decimal(text) if NUMBER.fullmatch(text) else text
