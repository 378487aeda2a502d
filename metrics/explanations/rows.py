"""The rows behind one input of a figure, a page at a time, each with what it adds to it.

Every row is a dictionary: the account (``account_id``, ``account`` its external id, ``account_name``) where there is one,
what it tells, ``value``, which summed over all rows is the input's value, and ``place``, where the next page goes on.
"""

import datetime as dt
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from leads.models import Spend
from metrics.calendar import add_months
from metrics.explanations.workings import Input
from metrics.models import Interval, PeriodFigures
from metrics.slices import queries as slices
from metrics.slices.slice import WHOLE, Slice
from metrics.slices.spend import channels_of, lag_on
from metrics.slices.statement import (
    Statement,
    bare,
    committed_lines,
    now_tables,
    part,
    retained_tables,
    retention_day,
    statement,
    term_rows,
    traits,
)

Row = dict[str, Any]
ONE_DAY = dt.timedelta(days=1)
ACCOUNT = ("account_id", "account", "account_name")


@dataclass(frozen=True)
class Cell:
    """Which figure: of a period (its kept row), and of a slice, which has no groups: a group is a slice of its own."""

    workspace: Any
    period: PeriodFigures
    chosen: Slice
    closed_through: dt.date

    def of(self, chosen: Slice) -> "Cell":
        """The same period of another slice."""
        return replace(self, chosen=chosen)

    @property
    def start(self) -> dt.date:
        """The end of the day before the period."""
        return self.period.starts_on - ONE_DAY

    @property
    def is_direct(self) -> bool:
        """Whether whole accounts at the rates of the day are asked for, which are read without working anything out."""
        return not self.chosen.is_of_lines and not self.chosen.rates_on


def rows_of(cell: Cell, one: Input, *, after: tuple | None, limit: int) -> list[Row]:
    """At most `limit` rows of the input `one` after the place `after`, in their one order. Settings have none."""
    read = READERS.get(one.rows)
    return read(cell, one, after, limit) if read else []


def _made(cell: Cell, *, with_tables: bool = True, with_whole: bool = False) -> Statement:
    """The tables of the slice through the period's end, with its ends; without them only parameters and ends."""
    through = cell.period.through
    if with_tables:
        made = statement(cell.workspace, cell.chosen, through=through, with_whole=with_whole)
    else:
        made = bare(cell.workspace, cell.chosen, through=through)
    made.params |= slices.places([cell.period]) | {
        "first": cell.period.starts_on,
        "last": cell.period.through,
        "start": cell.start,
        "then": retention_day(cell.period),
    }
    made.tables.append(part("ends"))
    return made


def _held(made: Statement, cell: Cell, day: str) -> str:
    """(account_id, native, worth) of the slice at the end of a day, which is a parameter's name."""
    day = f"%({day})s::date"
    if not cell.is_direct:
        return part("held_lines", "explanations", day=day, is_converted="false" if cell.chosen.rates_on else "true")
    join, conditions = "", ""
    if cell.chosen.account_dimensions:
        had = traits(made, account="d.account_id", day=day)
        join = "\n  join accounts_account a on a.workspace_id = d.workspace_id and a.id = d.account_id" + had.tables
        conditions = had.conditions
    return part("held", "explanations", day=day, join=join, conditions=conditions)


def _fetch(made: Statement, cell: Cell, text: str, **params) -> list[tuple]:
    return made.read(text, **params) if cell.is_direct else made.fetch(made.text(text), **params)


def _balances(cell: Cell, one: Input, after, limit) -> list[Row]:
    made = _made(cell, with_tables=not cell.is_direct)
    day = "start" if one.name in ("mrr_start", "customers_start") else "last"
    text = part("balances", "explanations", held=_held(made, cell, day))
    return _with_worth(_fetch(made, cell, text, after=_first(after), limit=limit), one)


def _lost(cell: Cell, one: Input, after, limit) -> list[Row]:
    made = _made(cell, with_tables=not cell.is_direct)
    text = part("lost", "explanations", held=_held(made, cell, "start"))
    return _with_worth(_fetch(made, cell, text, after=_first(after), limit=limit), one)


def _with_worth(rows: list[tuple], one: Input) -> list[Row]:
    found = []
    for account_id, external_id, name, native, worth in rows:
        native = json.loads(native) if isinstance(native, str) else native
        found.append(
            dict(zip(ACCOUNT, (account_id, external_id, name), strict=True))
            | {"balances": native or {}, "mrr": worth, "value": worth if one.unit == "money" else 1}
            | {"place": (account_id,)}
        )
    return found


def _movements(cell: Cell, one: Input, after, limit) -> list[Row]:
    day, account = after or (None, None)
    if cell.chosen.is_whole:
        rows = _made(cell, with_tables=False).read(
            part("movements", "explanations"),
            kinds=list(one.kinds), first=cell.period.starts_on, last=cell.period.through,
            after_day=day, after=account, limit=limit,
        )  # fmt: skip
    else:
        found = slices.movements(
            workspace=cell.workspace, chosen=cell.chosen, first=cell.period.starts_on, last=cell.period.through,
            kind=one.kinds[0], after=(after[0], after[1], "") if after else None, limit=limit,
        )  # fmt: skip
        rows = [tuple(row[name] for name in (*ACCOUNT, "date", "kind", "amount")) for row in found]
    return [
        dict(zip((*ACCOUNT, "date", "kind", "amount"), row, strict=True))
        | {"value": row[5] if one.unit == "money" else 1, "place": (row[3], row[0])}
        for row in rows
    ]


def _retained(cell: Cell, one: Input, after, limit) -> list[Row]:
    made = _made(cell, with_tables=not cell.is_direct, with_whole=True)
    if cell.is_direct:
        whole = cell.of(WHOLE)
        now = _held(made, whole, "last") + " and d.account_id = then_held.account_id"
        text = part("retained", "explanations", then_held=_held(made, cell, "then"), now_held=now)
    else:
        made.tables += [retained_tables(made), now_tables(made)]
        text = part("retained_lines", "explanations")
    names = (*ACCOUNT, "then", "now", "lesser")
    which = {"nrr_then": "then", "nrr_now": "now", "grr_now": "lesser"}[one.name]
    rows = [dict(zip(names, row, strict=True)) for row in _fetch(made, cell, text, after=_first(after), limit=limit)]
    return [row | {"value": row[which], "place": (row["account_id"],)} for row in rows]


def _terms(cell: Cell, one: Input, after, limit) -> list[Row]:
    made = _made(cell, with_tables=bool(cell.chosen.account_dimensions))
    day, contract, number = after or (None, None, None)
    text = part("terms", "explanations", terms=term_rows(made))
    # Only who is in the slice is worked out; the terms themselves are kept.
    fetch, text = (made.fetch, made.text(text)) if cell.chosen.account_dimensions else (made.read, text)
    rows = fetch(
        text,
        closed=cell.closed_through, kinds=list(one.kinds) or None,
        after_day=day, after=contract, after_number=number, limit=limit,
    )  # fmt: skip
    names = (*ACCOUNT, "contract_id", "contract", "number", "date", "outcome", "is_open", "mrr", "mrr_renewed")
    found = []
    for values in rows:
        row = dict(zip(names, values, strict=True))
        amounts = {"value_due": row["mrr"], "value_renewed": row["mrr_renewed"]}
        place = (row["date"], row["contract_id"], row["number"])
        found.append(row | {"value": amounts.get(one.name, 1) if one.unit == "money" else 1, "place": place})
    return found


def _fx(cell: Cell, one: Input, after, limit) -> list[Row]:
    made = _made(cell)
    held = {f"held_{name}": _held(made, cell, day) for name, day in (("start", "start"), ("end", "last"))}
    rows = made.fetch(made.text(part("fx", "explanations", **held)), after=_first(after), limit=limit)
    names = (*ACCOUNT, "mrr_start", "moved", "mrr_end", "value")
    return [dict(zip(names, row, strict=True)) | {"place": (row[0],)} for row in rows]


def spend_span(cell: Cell, name: str) -> tuple[dt.date, dt.date]:
    """First and last day of the spend that counts: of the period, or of the one that much earlier as the lag says."""
    first, last = cell.period.starts_on, cell.period.ends_on
    if name == "cac_spend":
        lag = lag_on(cell.workspace, cell.period.through)
        first, last = add_months(first, -lag), add_months(last + ONE_DAY, -lag) - ONE_DAY
    return first, min(last, cell.period.through)


def _spend(cell: Cell, one: Input, after, limit) -> list[Row]:
    rows = Spend.objects.filter(workspace=cell.workspace, date__range=spend_span(cell, one.name)).standing()
    rows = channels_of(rows, cell.chosen)
    if after:
        rows = rows.filter(date__gte=after[0]).exclude(date=after[0], pk__lte=after[1])
    names = ("id", "external_id", "date", "channel", "campaign", "value")
    values = rows.order_by("date", "pk").values_list(
        "pk", "external_id", "date", "channel__name", "campaign", "amount"
    )  # fmt: skip
    return [dict(zip(names, row, strict=True)) | {"place": (row[2], row[0])} for row in values[:limit]]


def churn_of_months(cell: Cell) -> dict[dt.date, tuple[int, int]]:
    """The months that lifetime value looks at: customers lost and customers at the start, by first day of the month."""
    if not cell.chosen.is_whole:
        return slices.churn_of_months(cell.workspace, cell.chosen, cell.period)
    last = cell.period.through.replace(day=1)
    months = PeriodFigures.objects.filter(
        workspace=cell.workspace, interval=Interval.MONTH, customers_start__gt=0,
        starts_on__range=(add_months(last, 1 - cell.period.ltv_churn_months), last),
    )  # fmt: skip
    rows = months.order_by("starts_on").values_list("starts_on", "churned_customers", "customers_start")
    return {starts_on: (lost, start) for starts_on, lost, start in rows}


def _months(cell: Cell, one: Input, after, limit) -> list[Row]:
    months = churn_of_months(cell)
    rows = [
        {"period": f"{month:%Y-%m}", "churned": churned, "start": start, "value": Decimal(0), "place": (month,)}
        for month, (churned, start) in sorted(months.items())
        if after is None or month > after[0]
    ]
    return rows[:limit]


def committed_counts(cell: Cell) -> dict[str, int]:
    """By input, how many accounts have something committed in the whole book."""
    made = _made(cell, with_tables=False)
    made.tables.append(committed_lines(made))
    counts = {"committed_new": 0, "committed_lost": 0}
    for answer in made.answers(part("committed")):
        counts = {"committed_new": answer.rows, "committed_lost": answer.came or 0}
    return counts


def _committed(cell: Cell, one: Input, after, limit) -> list[Row]:
    made = _made(cell, with_tables=bool(cell.chosen.account_dimensions))
    made.tables.append(committed_lines(made))
    text = made.text(part("committed", "explanations"))
    rows = made.fetch(text, is_new=one.kinds[0] == "new", after=_first(after), limit=limit)
    found = []
    for *account, since, native, worth in rows:
        native = json.loads(native) if isinstance(native, str) else native
        row = dict(zip(ACCOUNT, account, strict=True)) | {"date": since, "balances": native or {}, "mrr": worth}
        found.append(row | {"value": worth, "place": (account[0],)})
    return found


def _first(after: tuple | None):
    return after[0] if after else None


READERS: Mapping[str, Callable[[Cell, Input, tuple | None, int], list[Row]]] = {
    "balances": _balances,
    "lost": _lost,
    "movements": _movements,
    "retained": _retained,
    "committed": _committed,
    "terms": _terms,
    "fx": _fx,
    "spend": _spend,
    "months": _months,
}
