"""The rows that a check shows: what was understood of each cell, and what is wrong with it."""

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from jobs.imports.kinds import AMOUNT, CHOICE, CHOICES, DISCOUNT, INTEGER, PERCENT, Field, ImportKind, Issue
from jobs.imports.mapping import Mapping
from jobs.imports.preparing import PREVIEWED, Prepared
from jobs.imports.table import Table
from jobs.imports.values import to_text

LONGEST = 120
NUMBERS = {AMOUNT, INTEGER, PERCENT, DISCOUNT}


def preview_of(
    table: Table, kind: ImportKind, mapping: Mapping, prepared: Prepared, issues: list[Issue]
) -> dict[str, Any]:
    """``{"columns": [{"label", "header", "index", "is_number"}], "rows": [row], "errors": [row]}``: the first
    rows, and the first with errors.

    A row: ``{"number", "cells": [{"text", "was", "errors", "is_number"}], "errors": [of the row as a whole],
    "skipped"}``. `was` is what the file says where that differs from what was understood.
    """
    columns = list(mapping.columns.items())
    by_row: dict[int, list[Issue]] = defaultdict(list)
    for issue in issues:
        by_row[issue.row].append(issue)
    positions = {number: position for position, number in enumerate(table.numbers)}
    unread = {problem.row: problem.cells for problem in table.problems}
    skipped = set(prepared.skipped)
    numbers = sorted([*table.numbers[:PREVIEWED], *unread])[:PREVIEWED]

    def row(number: int) -> dict[str, Any]:
        cells = table.rows[positions[number]] if number in positions else unread.get(number, ())
        values = prepared.understood.get(number, {})
        wrong = by_row.get(number, [])
        shown = {column.field for _index, column in columns}
        return {
            "number": number,
            "cells": [
                _cell(
                    kind.by_key[column.field],
                    cells[index] if index < len(cells) else "",
                    values.get(column.field) if number in positions else None,
                    [issue.message for issue in wrong if issue.field == column.field],
                )
                for index, column in columns
            ],
            "errors": [_named(kind, issue) for issue in wrong if issue.field not in shown],
            "skipped": number in skipped,
        }

    return {
        "columns": [
            {
                "label": str(kind.by_key[column.field].label),
                "header": table.headers[index],
                "index": index,
                "is_number": kind.by_key[column.field].type in NUMBERS,
            }
            for index, column in columns
        ],
        "rows": [row(number) for number in numbers],
        "errors": [row(number) for number in sorted(by_row)[:PREVIEWED]],
    }


def _named(kind: ImportKind, issue: Issue) -> str:
    """An issue that has no column in the grid says which field it is about."""
    if issue.field in kind.by_key:
        return f"{kind.by_key[issue.field].label}: {issue.message}"
    return issue.message


def _cell(field: Field, cell, value: Any, errors: list[str]) -> dict[str, Any]:
    was = to_text(cell)[:LONGEST]
    text = was if value is None else understood(field, value)[:LONGEST]
    return {"text": text, "was": was if was != text else "", "errors": errors, "is_number": field.type in NUMBERS}


def understood(field: Field, value: Any) -> str:
    """A value as it will be stored, for people."""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, Decimal):
        return f"{value:,f}"
    if isinstance(value, date):
        return value.isoformat()
    if field.type in (CHOICE, CHOICES):
        labels = {choice.code: str(choice.label) for choice in field.choices}
        return ", ".join(labels.get(code, code) for code in ([value] if isinstance(value, str) else value))
    return ", ".join(value) if isinstance(value, list) else str(value)
