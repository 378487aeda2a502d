"""The overview as a workbook: what it is of, its metrics and its movements by month, the month's bridge, and the notes."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from metrics.goals import ByPeriod
from metrics.overview import KEYS, PLAIN_RATIOS
from metrics.registry import METRICS
from workspaces import formats
from workspaces.exports import Cell, Share, Sheet

Row = Mapping[str, Any]


def cell_of(key: str, value: Any) -> Cell:
    """A metric's value for a spreadsheet: exact, shares as percent."""
    is_share = METRICS[key].unit == "ratio" and key not in PLAIN_RATIOS
    return Share(value) if is_share and isinstance(value, Decimal) else value


def overview_sheets(
    about: Sequence[tuple[Any, Cell]],
    course: Sequence[Row],
    changes: Sequence[tuple[str, Any]],
    goals: ByPeriod,
    notes: Sequence[Mapping[str, Any]],
    *,
    language: str,
) -> list[Sheet]:
    """One sheet for each group of figures, a column for each month of `course`, oldest first."""
    months = [_month(row, language) for row in course]
    return [
        Sheet(_("About"), [_("What"), _("Value")], [[str(name), value] for name, value in about]),
        Sheet(_("Metrics"), [_("Metric"), *months], _metrics(course, goals)),
        Sheet(_("Movements"), [_("Kind"), *months], _movements(course, changes)),
        Sheet(_("What moved MRR"), [_("Step"), _("Amount")], _bridge(course[-1], changes)),
        *([Sheet(_("Notes"), [_("Month"), _("Day"), _("Note")], _notes(notes, months))] if notes else []),
    ]


def _month(row: Row, language: str) -> str:
    name = formats.period_short(row["period"], language)
    return name if row["closed"] else f"{name} ({_('so far')})"


def _metrics(course: Sequence[Row], goals: ByPeriod) -> list[list[Cell]]:
    rows: list[list[Cell]] = []
    for key in KEYS:
        rows.append([str(METRICS[key].name), *(cell_of(key, row[key]) for row in course)])
        wanted = [goals.get((key, row["starts_on"])) for row in course]
        if any(value is not None for value in wanted):
            name = _("%(metric)s: goal") % {"metric": METRICS[key].name}
            rows.append([name, *(cell_of(key, value) for value in wanted)])
    return rows


def _movements(course: Sequence[Row], changes: Sequence[tuple[str, Any]]) -> list[list[Cell]]:
    return [
        [_("MRR at start"), *(row["mrr_start"] for row in course)],
        *([str(label), *(row[kind] for row in course)] for kind, label in changes),
        [_("MRR at end"), *(row["mrr_end"] for row in course)],
    ]


def _bridge(row: Row, changes: Sequence[tuple[str, Any]]) -> list[list[Cell]]:
    steps = [
        (_("MRR at start"), "mrr_start"),
        *((str(label), kind) for kind, label in changes),
        (_("MRR at end"), "mrr_end"),
    ]
    return [[label, row[key]] for label, key in steps]


def _notes(notes: Sequence[Mapping[str, Any]], months: Sequence[str]) -> list[list[Cell]]:
    return [[months[note["at"]], note["day"], note["text"]] for note in notes]
