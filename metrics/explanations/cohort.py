"""Why a cell of the cohort table is what it is: its accounts, with what they were worth first and are worth then."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from metrics import queries, ratios
from metrics.explanations.queries import ROWS_AT_ONCE, NothingToExplain
from metrics.explanations.rows import ACCOUNT, Row
from metrics.explanations.workings import Input, plain
from metrics.models import PeriodFigures
from metrics.slices.cohorts import COLUMNS, EVER, cohort_statement, cohort_tables_of
from metrics.slices.slice import WHOLE, Slice
from metrics.slices.statement import part

# By measure: what the cell is a share of, and what it is.
INPUTS = {
    "customers": (
        Input("first", _("Customers who joined"), "count", "cohort"),
        Input("cell", _("Of them customers at the end"), "count", "cohort"),
    ),
    "net_mrr": (
        Input("first", _("MRR at the end of the first period"), "money", "cohort"),
        Input("cell", _("Their MRR at the end"), "money", "cohort"),
    ),
    "gross_mrr": (
        Input("first", _("MRR at the end of the first period"), "money", "cohort"),
        Input("cell", _("The lesser of first and at the end"), "money", "cohort"),
    ),
}
FORMULA = _("of the accounts that first paid in the same period: what is left at the end ÷ what there was at first")


@dataclass(frozen=True)
class CohortCell:
    """share: as `metrics.queries.cohorts` has it. first, now: what it is a share of, and what is left."""

    workspace: Any
    chosen: Slice
    measure: str
    periods: list[PeriodFigures]
    cohort: int
    place: int
    size: int
    first: Decimal | int
    now: Decimal | int

    @property
    def share(self) -> Decimal | None:
        return ratios.rate(ratios.over(self.now, self.first))

    @property
    def working(self) -> str:
        unit = "count" if self.measure == "customers" else "money"
        return f"{plain(unit, self.now)} ÷ {plain(unit, self.first)} = {plain('ratio', self.share)}"

    def value(self, name: str) -> Decimal | int:
        return self.first if name == "first" else self.now

    def rows(self, name: str, *, after: tuple | None, limit: int) -> list[Row]:
        """The accounts of the cohort, each with what it adds to the input ``first`` or ``cell``."""
        made = cohort_statement(self.workspace, self.chosen, self.periods)
        found = made.fetch(
            made.text(part("cohort", "explanations")),
            cohort=self.cohort, place=self.place, after=after[0] if after else None, limit=limit,
        )  # fmt: skip
        rows = []
        for *account, since, first, now, is_paying in found:
            row = dict(zip(ACCOUNT, account, strict=True)) | {"since": since, "first": first, "now": now}
            rows.append(row | {"value": self._adds(name, first, now, is_paying), "place": (account[0],)})
        return rows

    def all_rows(self, name: str) -> Iterator[Row]:
        after = None
        while page := self.rows(name, after=after, limit=ROWS_AT_ONCE):
            yield from page
            after = page[-1]["place"]

    def _adds(self, name: str, first: Decimal | None, now: Decimal | None, is_paying: bool) -> Decimal | int:
        if self.measure == "customers":
            return 1 if name == "first" or is_paying else 0
        first, now = first or Decimal("0.00"), now or Decimal("0.00")
        if name == "first":
            return first
        return now if self.measure == "net_mrr" else min(first, now)


def cohort_cell(workspace, *, by: str, cohort: dt.date, at: dt.date, measure: str, chosen: Slice = WHOLE) -> CohortCell:
    """The cell of the cohort of the period that `cohort` lies in, at the end of the one that `at` lies in.

    Raises UnknownMetric, and NothingToExplain for a cell that is not reached yet or in which nobody joined.
    """
    if measure not in COLUMNS:
        raise queries.UnknownMetric(measure)
    periods = [row for row in queries.period_rows(workspace, *EVER, by) if row.is_closed]
    numbers = [
        next((place for place, row in enumerate(periods, 1) if row.starts_on <= day <= row.ends_on), 0)
        for day in (cohort, at)
    ]
    if not all(numbers) or numbers[1] < numbers[0]:
        raise NothingToExplain(measure)
    table = cohort_tables_of(workspace, chosen, periods).get(None)
    if table is None or numbers[0] not in table.size:
        raise NothingToExplain(measure)
    size = table.size[numbers[0]]
    first = size if measure == "customers" else table.cells(numbers[0], "net_mrr")[0]
    now = table.cells(numbers[0], measure)[numbers[1] - numbers[0]]
    return CohortCell(workspace, chosen, measure, periods, numbers[0], numbers[1], size, first, now)
