"""Table and mapping → entries for the batch actions, and the issues of cells that could not be understood.

Column by column, each distinct text once: ledgers repeat their products, dates and currencies.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from django.utils.translation import gettext as _

from jobs.imports.converting import Column, converter, joined_name
from jobs.imports.dates import BadValue
from jobs.imports.kinds import IDENTIFIER, Entry, Field, ImportKind, Issue
from jobs.imports.mapping import Mapping, is_skipped
from jobs.imports.table import Cell, Table
from jobs.imports.values import to_text


@dataclass
class Prepared:
    """entries in an order in which each can be written after the ones before it. understood: row → field → value, for
    the preview. skipped: rows left out by the mapping's rules."""

    entries: list[Entry]
    issues: list[Issue]
    understood: dict[int, dict[str, Any]]
    skipped: list[int]


def prepare(table: Table, kind: ImportKind, mapping: Mapping) -> Prepared:
    """All that can be said of the file without looking at the database."""
    issues = [Issue(each.row, _field_at(mapping, each.column), each.message) for each in table.problems]
    keep = [i for i, row in enumerate(table.rows) if not is_skipped(mapping, row)] if mapping.skip else None
    numbers = table.numbers if keep is None else [table.numbers[i] for i in keep]
    kept_rows = table.rows if keep is None else [table.rows[i] for i in keep]
    skipped = [] if keep is None else sorted(set(table.numbers) - set(numbers))
    bad: set[int] = set()
    data: list[dict[str, Any]] = [{} for _number in numbers]
    constants = _constants(kind, mapping)
    for row in data:
        row.update(constants)
    for index, column in mapping.columns.items():
        each = kind.by_key[column.field]
        cells = [row[index] for row in kept_rows]
        if column.joined:
            cells = [joined_name([row[part] for part in (index, *column.joined)]) for row in kept_rows]
        convert = converter(each, column, cells)
        _fill(each, cells, convert, numbers, data, issues, bad)
    understood = {number: dict(row) for number, row in zip(numbers[:PREVIEWED], data[:PREVIEWED], strict=True)}
    beside = _beside_unread(kind, mapping, table, list(zip(numbers, data, strict=True)), bad)
    issues += beside
    bad |= {issue.row for issue in beside}
    rows = [(number, row) for number, row in zip(numbers, data, strict=True) if number not in bad]
    entries, fold_issues = kind.fold(rows)
    issues += fold_issues
    entries = _without_repeats(kind, entries, issues)
    if kind.follows:
        entries = _in_order(kind, entries, issues)
    issues.sort(key=lambda issue: issue.row)
    return Prepared(entries, issues, understood, skipped)


# As many rows as a preview shows; the rest is only written.
PREVIEWED = 200


def _field_at(mapping: Mapping, index: int | None) -> str:
    return mapping.columns[index].field if index in mapping.columns else ""


def _constants(kind: ImportKind, mapping: Mapping) -> dict[str, Any]:
    found = {}
    for key, text in mapping.constants.items():
        if text and mapping.column_of(key) is None:
            found[key] = converter(kind.by_key[key], Column(key), [text])(text)
    return found


def _fill(
    each: Field,
    cells: list[Cell],
    convert: Callable[[Cell], Any],
    numbers: list[int],
    data: list[dict[str, Any]],
    issues: list[Issue],
    bad: set[int],
) -> None:
    """Put the values of one column into the rows; blank cells keep what is there."""
    key = each.key
    memo: dict[Any, Any] = {}
    for position, cell in enumerate(cells):
        if cell == "":
            value = None
        elif cell in memo:
            value = memo[cell]
        else:
            try:
                value = convert(cell)
            except BadValue as error:
                value = error.with_traceback(None)  # which would hold this frame
            memo[cell] = value
        if value is None:
            if each.is_required and key not in data[position]:
                issues.append(Issue(numbers[position], key, _("This field is required.")))
                bad.add(numbers[position])
        elif isinstance(value, BadValue):
            issues.append(Issue(numbers[position], key, str(value)))
            bad.add(numbers[position])
        else:
            data[position][key] = value


def _beside_unread(
    kind: ImportKind, mapping: Mapping, table: Table, rows: list[tuple[int, dict[str, Any]]], bad: set[int]
) -> list[Issue]:
    """Rows that are one entry with a row that could not be understood: written without that one, it would be short of it."""
    keys = {
        index: column.field for index, column in mapping.columns.items() if kind.by_key[column.field].type == IDENTIFIER
    }
    unread = [
        (
            each.row,
            {field: to_text(each.cells[index]).strip() for index, field in keys.items() if index < len(each.cells)},
        )
        for each in table.problems
    ]
    first: dict[Hashable, int] = {}
    for number, row in sorted([*unread, *((number, row) for number, row in rows if number in bad)], key=itemgetter(0)):
        first.setdefault(kind.together(row), number)
    first.pop(None, None)
    message = _("Left out because of row %(row)s of the same contract.")
    return [
        Issue(number, "", message % {"row": first[kind.together(row)]})
        for number, row in rows
        if number not in bad and kind.together(row) in first
    ]


def _without_repeats(kind: ImportKind, entries: list[Entry], issues: list[Issue]) -> list[Entry]:
    """The first of those that name the same thing is kept; the others are said to repeat it."""
    first: dict[tuple[str, Hashable], Entry] = {}
    kept = []
    for entry in entries:
        identities = kind.identities(entry.data)
        repeated = next((identity for identity in identities if identity in first), None)
        if repeated is not None:
            message = _("The same as in row %(row)s: it may stand in a file only once.") % {
                "row": first[repeated].rows[0]
            }
            issues += [Issue(row, repeated[0], message) for row in dict.fromkeys(entry.rows)]
            continue
        first.update(dict.fromkeys(identities, entry))
        kept.append(entry)
    return kept


def _in_order(kind: ImportKind, entries: list[Entry], issues: list[Issue]) -> list[Entry]:
    """Those that others follow come first; what follows itself, directly or in a circle, is an issue."""
    by_id = _by_name(kind, entries) | {
        entry.data["external_id"]: entry for entry in entries if entry.data.get("external_id")
    }
    done: set[int] = set()
    ordered: list[Entry] = []
    circular: set[int] = set()
    for start in entries:
        chain: list[Entry] = []
        place: dict[int, int] = {}
        entry: Entry | None = start
        while entry is not None and id(entry) not in done:
            if id(entry) in place:
                circular.update(id(each) for each in chain[place[id(entry)] :])
                break
            place[id(entry)] = len(chain)
            chain.append(entry)
            entry = by_id.get(entry.data.get(kind.follows))
        for each in reversed(chain):
            done.add(id(each))
            if id(each) in circular:
                issues += [Issue(row, kind.follows, str(kind.circle)) for row in dict.fromkeys(each.rows)]
            else:
                ordered.append(each)
    return ordered


def _by_name(kind: ImportKind, entries: list[Entry]) -> dict[str, Entry]:
    """Entries by what they go by beside their external ids, where only one does."""
    found: dict[str, Entry] = {}
    several: set[str] = set()
    for entry in entries:
        for name in set(kind.called(entry.data)):
            several |= {name} & found.keys()
            found[name] = entry
    return {name: entry for name, entry in found.items() if name not in several}
