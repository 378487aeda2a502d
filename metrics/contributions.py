"""What accounts contribute to the sums of periods, added up for all of them or for those concerned by a write.

A sum of a period is the sum of what each account contributes to it (sql/contributions.sql says what). So the sums after
a write are those before it, plus the contributions of the accounts concerned as they are, less the same as they were:
exact, because they are decimals, and as cheap as the accounts are few. `count_…` say which accounts, on which side;
`add_up` does the sum.
"""

import datetime as dt
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from metrics import rebuild, statements
from metrics.calendar import Period

# What stands at the end of a period, and so at the start of the next; every other sum begins anew with its period.
STANDING = ("mrr_end", "customers_end", "nrr_then", "nrr_now", "grr_now", "committed_new", "committed_lost")

# A period's sums by name, and its `rates`: {currency: what balances at its end were converted at, as text}.
type Sums = dict[str, Any]


@dataclass(frozen=True)
class Extent:
    """A period as far as it is closed. With `through` on the day before its first, nothing has happened in it yet, and
    what stands is what stood at the end of the one before. retained_since: the day that retention looks back to.
    """

    period: Period
    through: dt.date
    retained_since: dt.date

    @property
    def reaches_back_to(self) -> dt.date:
        """The earliest day on whose end a balance matters to its sums."""
        return min(self.retained_since, self.period.starts_on - dt.timedelta(days=1))


def count_before(workspace, *, through: dt.date) -> None:
    """Count what was chosen to be computed again as it was, before anything of it is written."""
    statements.execute("count_before", **_values(workspace), through=through)


def count_after(workspace, *, through: dt.date) -> None:
    """Count what was computed and written."""
    statements.execute("count_after", **_values(workspace), through=through)


def changed_commitments(*, through: dt.date) -> rebuild.Changed:
    """The earliest day through which something is committed otherwise than before, of what was counted before and after."""
    answer = statements.fetch_one("changed_commitments", through=through)
    return rebuild.Changed(answer["first_day"], answer["accounts"])


def count_all(workspace, *, through: dt.date) -> None:
    """Count every account as it is, and nothing else."""
    statements.execute("count_all", **_values(workspace), through=through)


def choose_moved(workspace, *, closed: Extent, through: Extent) -> None:
    """Find the accounts that contribute otherwise at the end of the extent `through` than at that of `closed`; both look
    back over as many months.
    """
    statements.execute(
        "choose_moved",
        workspace=workspace.pk,
        closed=closed.through,
        closed_then=closed.retained_since,
        through=through.through,
        then=through.retained_since,
    )


def count_moved(workspace, *, is_written: bool, since: dt.date, closed: dt.date, through: dt.date) -> None:
    """Count the moved accounts from `since` on: as they were, and when the step `is_written`, as they are."""
    statements.execute(
        "count_moved",
        **_values(workspace),
        sign=1 if is_written else -1,
        since=since,
        closed=closed,
        through=through,
    )


def _values(workspace) -> dict[str, Any]:
    return {"workspace": workspace.pk, "base": workspace.base_currency}


def add_up(workspace, *, after: Iterable[Extent], before: Iterable[Extent] = (), first: dt.date) -> dict[Period, Sums]:
    """Sums of what is counted: of the extents `after` as it is, less of those `before` as it was.

    first: the earliest last day of a period that the caller computes now. Balances on earlier days are converted as the
    figures that stand have converted them. Raises MissingRate when a balance cannot be converted.
    """
    rows = [(sign, extent) for sign, extents in ((-1, before), (1, after)) for extent in extents]
    statements.execute(
        "count_periods",
        signs=[sign for sign, _ in rows],
        intervals=[extent.period.interval for _, extent in rows],
        starts=[extent.period.starts_on for _, extent in rows],
        throughs=[extent.through for _, extent in rows],
        years_ago=[extent.retained_since for _, extent in rows],
        first=first,
    )
    rebuild.require_rates(workspace)
    sums = {}
    for row in statements.fetch_all("contributions"):
        row["rates"] = json.loads(row["rates"])
        period = Period(row.pop("starts_on"), row.pop("interval"), workspace.fiscal_year_start_month)
        sums[period] = row
    return sums
