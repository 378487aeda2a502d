"""Unit economics of a part of the book: of its customers by channel. What was spent is known by channel alone, so that of
any other part it is nobody's.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from metrics.calendar import Period
from metrics.slices import queries as slices
from metrics.slices.dimensions import CHANNEL
from metrics.slices.slice import Slice
from metrics.unit_economics import COMPANY_KEYS, NOT_ATTRIBUTABLE, Line

MOST_CHANNELS = 1000


@dataclass(frozen=True)
class SlicedEconomics:
    """course: rows by period as of `metrics.queries.series`, with COMPANY_KEYS; lines: the channels of the last one, then
    what is not attributable; whole: what they add up to. unavailable: metric → why nobody can tell it.
    """

    course: list[dict[str, Any]]
    lines: list[Line]
    whole: Line
    unavailable: Mapping[str, str]


def sliced_economics(
    workspace, *, chosen: Slice, period: Period, first: dt.date, channels: Sequence[Line]
) -> SlicedEconomics:
    """Of `period`, and its course from `first` on. channels: of the whole book in that period, which are those of a part
    that is nothing but channels. Raises MissingRate as slices do.
    """
    chosen = replace(chosen, group_by=None)
    course = slices.series(
        workspace=workspace,
        keys=COMPANY_KEYS,
        first=first,
        last=period.starts_on,
        interval=period.interval,
        chosen=chosen,
    )
    now = course.rows[-1]
    if chosen.has_spend and not chosen.rates_on:
        kept = [line for line in channels if all(line.channel in values for _key, values in chosen.conditions)]
        spent = sum((line.cac_spend or Decimal(0) for line in kept), Decimal("0.00"))
        return SlicedEconomics(course.rows, kept, _together(kept, now, cac_spend=spent), course.unavailable)
    by_channel = replace(chosen, group_by=CHANNEL)
    when: dict[str, Any] = {"first": period.starts_on, "last": period.starts_on, "interval": period.interval}
    when |= {"workspace": workspace, "chosen": by_channel, "limit_groups": MOST_CHANNELS}
    figures = slices.series(keys=COMPANY_KEYS, **when).rows
    # Not of channels that were paid for and brought nobody: nothing moved in them.
    new = {row["group"].value: row["new"] for row in slices.bridge(**when).rows}
    lines = [
        _line(row["group"].value or NOT_ATTRIBUTABLE, row, new.get(row["group"].value, Decimal("0.00")))
        for row in figures
    ]
    lines = [line for line in lines if line.new_customers or line.customers or line.mrr or line.spend]
    lines.sort(key=lambda line: (line.channel == NOT_ATTRIBUTABLE, -line.mrr, line.channel))
    return SlicedEconomics(course.rows, lines, _together(lines, now, cac_spend=None), course.unavailable)


def _together(lines: Sequence[Line], row: Mapping[str, Any], *, cac_spend: Decimal | None) -> Line:
    new = sum((line.new for line in lines), Decimal("0.00"))
    return Line(None, cac_spend=cac_spend, new=new, **{key: row[key] for key in COMPANY_KEYS})


def _line(channel: str, row: Mapping[str, Any], new: Decimal) -> Line:
    told = {key: row[key] for key in COMPANY_KEYS}
    if channel == NOT_ATTRIBUTABLE:
        told |= dict.fromkeys(("spend", "cac", "ltv_cac", "cac_payback_months"))
    return Line(channel, cac_spend=None, new=new, **told)
