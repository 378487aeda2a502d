"""The table beside a chart: the same numbers, written in full, from the chart's own data (templates/components/README.md).

Made from what the chart draws, so the two cannot disagree.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from workspaces import formats
from workspaces.amounts import amount_cell


@dataclass(frozen=True)
class Cell:
    """A number as people read it, and as a spreadsheet does; or a text, which is the same to both."""

    text: str
    value: str
    is_text: bool = False


@dataclass(frozen=True)
class Row:
    label: str
    url: str
    cells: list[Cell]


@dataclass(frozen=True)
class ChartTable:
    """notes: the head of the column of notes, "" when the chart has none."""

    head: list[str]
    rows: list[Row]
    notes: str = ""


def chart_table(data: Mapping[str, Any]) -> ChartTable:
    """The table of a bars, waterfall, lines or movements chart.

    Raises KeyError for a kind of chart that has no table.
    """
    return {"bars": _bars, "waterfall": _waterfall, "lines": _course, "movements": _course}[data["kind"]](data)


def _cell(value: Any, data: Mapping[str, Any], *, plus: bool) -> Cell:
    if value is None:
        return Cell(formats.DASH, "")
    number = Decimal(str(value))
    if data["unit"] == "money":
        text = amount_cell(number, data["currency"], plus=plus)
    elif data["unit"] == "percent":
        text = formats.percent(number, places=2, plus=plus)
    else:
        places = max(0, -int(number.normalize().as_tuple().exponent))
        text = formats.number(number, places=min(places, 4), plus=plus)
    return Cell(text, f"{number:f}")


def _waterfall(data: Mapping[str, Any]) -> ChartTable:
    rows = [
        Row(step["label"], step.get("url") or "", [_cell(step["value"], data, plus=step["role"] != "total")])
        for step in data["steps"]
    ]
    return ChartTable([_("Step"), _("Amount")], rows)


def _bars(data: Mapping[str, Any]) -> ChartTable:
    rows = [
        Row(label, "", [_cell(one["values"][at], data, plus=False) for one in data["series"]])
        for at, label in enumerate(data["x"])
    ]
    return ChartTable([data["of"], *(one["name"] for one in data["series"])], rows)


def _course(data: Mapping[str, Any]) -> ChartTable:
    """Newest first: that is the row people look for."""
    beside = [data["net"]] if data.get("net") else []
    series = [*data["series"], *beside, *data.get("goals", ())]
    is_change = data["kind"] == "movements"
    labels = list(data["x"])
    if data.get("so_far") and labels:
        labels[-1] = f"{labels[-1]} ({data['so_far']})"
    rows = [
        Row(label, "", [_cell(one["values"][at], data, plus=is_change) for one in series])
        for at, label in enumerate(labels)
    ]
    head = [data.get("of") or _("Month"), *(one["name"] for one in series)]
    marks = data.get("marks") or []
    if not marks:
        return ChartTable(head, rows[::-1])
    notes = _("Notes")
    for at, row in enumerate(rows):
        words = "; ".join(f"{mark['day']}: {mark['text']}" for mark in marks if mark["at"] == at)
        row.cells.append(Cell(words, words, is_text=True))
    return ChartTable([*head, notes], rows[::-1], notes)
