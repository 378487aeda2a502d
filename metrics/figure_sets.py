"""The sums of many periods as plain values: written down, read back, and compared metric by metric. Pure.

A set of figures is {(interval, first day): {name: value}}: whole numbers for counts, Decimal for amounts, names as in
`ratios.Sums` and the settings beside them. Two sets are what was published and what is, or what is and what would be.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from metrics import ratios
from metrics.calendar import MONTHS, add_months, months_between
from metrics.registry import METRICS

type Key = tuple[str, dt.date]
type Value = Decimal | int
type Figures = Mapping[str, Any]
type FigureSet = Mapping[Key, Figures]

# The sums that are kept per period; the last two of `Sums` are worked out when they are asked for.
SUMS = ratios.Sums._fields[:-2]
NAMES = (*SUMS, "ltv_churn_months", "nrr_window_months")
AMOUNTS = frozenset(name for name in SUMS if ratios.Sums.__annotations__[name] in (Decimal, Decimal | None))
# What came to be kept later: periods published before that have none of it.
LATER = ("committed_new", "committed_lost")
LTV_KEYS = frozenset({"ltv", "ltv_cac"})
CHANGES = ("new", "expansion", "contraction", "churn", "reactivation", "fx")
# What is told of a period: its bridge and its metrics, but for those that are of the last closed day.
TOLD = (*CHANGES, *(key for key in METRICS if key != "contracts_open"))


@dataclass(frozen=True)
class PeriodChange:
    """A period whose figures differ between two sets. before, after: every metric that differs, by key; None for a set
    in which there is no such period.
    """

    interval: str
    starts_on: dt.date
    before: dict[str, Value | None] | None
    after: dict[str, Value | None] | None


def to_json(figures: Mapping[str, Value | None]) -> dict[str, str | int | None]:
    return {name: str(value) if isinstance(value, Decimal) else value for name, value in figures.items()}


def from_json(figures: Mapping[str, str | int]) -> dict[str, Any]:
    """What `to_json` made; None for what was not kept yet."""
    read = {
        name: value if value is None else Decimal(value) if name in AMOUNTS else int(value)
        for name, value in figures.items()
    }
    return dict.fromkeys(LATER) | read


def sums_of(key: Key, figures: FigureSet) -> ratios.Sums:
    """A period's sums, with the churn of the months that its lifetime value looks at."""
    interval, starts_on = key
    mine = figures[key]
    # For a quarter or a year, too, lifetime value looks at the months up to its last one.
    month = add_months(starts_on, MONTHS[interval] - 1)
    months = [figures.get(("month", add_months(month, -back))) for back in range(int(mine["ltv_churn_months"]))]
    churn = [(int(one["churned_customers"]), int(one["customers_start"])) for one in months if one]
    return ratios.Sums(
        **{name: mine[name] for name in SUMS},  # type: ignore[arg-type]  # an amount or a count each
        contracts_open=int(mine.get("contracts_open", 0)),
        monthly_churn=churn,
    )


def fx(figures: Figures) -> Decimal:
    """What neither a movement nor a balance explains: the rates moved under foreign balances."""
    moved = sum((figures[name] for name in CHANGES[:-1]), Decimal(0))
    return Decimal(figures["mrr_end"] - figures["mrr_start"] - moved)


def told(key: Key, figures: FigureSet, names: Iterable[str] = TOLD) -> dict[str, Value | None]:
    """What a period says, by name."""
    sums = sums_of(key, figures)
    said: dict[str, Value | None] = {}
    for name in names:
        if name == "fx":
            said[name] = fx(figures[key])
        else:
            said[name] = getattr(sums, name) if name in CHANGES else METRICS[name].compute(sums)
    return said


def changes(was: FigureSet, now: FigureSet) -> list[PeriodChange]:
    """The periods that say something else in `now` than in `was`, by their first day, months first."""
    found = []
    churn_from = _churn_changed_from(was, now)
    for key in sorted({*was, *now}, key=lambda key: (key[1], MONTHS[key[0]])):
        if key in was and key in now:
            if was[key] != now[key]:
                before, after = told(key, was), told(key, now)
            elif churn_from and months_between(churn_from, key[1]) + MONTHS[key[0]] > 0:
                # Its own sums are what they were, but a month that its lifetime value looks back to is another.
                before, after = told(key, was, LTV_KEYS), told(key, now, LTV_KEYS)
            else:
                continue
            differing = [name for name in before if before[name] != after[name]]
            if differing:
                found.append(
                    PeriodChange(
                        *key,
                        before={name: before[name] for name in differing},
                        after={name: after[name] for name in differing},
                    )
                )
        else:
            found.append(
                PeriodChange(
                    *key,
                    before=told(key, was) if key in was else None,
                    after=told(key, now) if key in now else None,
                )
            )
    return found


def _churn_changed_from(was: FigureSet, now: FigureSet) -> dt.date | None:
    """The first month whose churn differs, which the lifetime values of later periods look back to."""
    months = {day for interval, day in {*was, *now} if interval == "month"}
    return min((day for day in months if _churn(was, day) != _churn(now, day)), default=None)


def _churn(figures: FigureSet, month: dt.date) -> tuple | None:
    mine = figures.get(("month", month))
    return (mine["churned_customers"], mine["customers_start"]) if mine else None
