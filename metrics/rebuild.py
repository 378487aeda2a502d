"""From the contracts of some accounts to their figures: the parts of a closing step, each a few set-based statements.

They work on temporary tables (sql/tables.sql) inside the caller's transaction: say which accounts, compute, check that
everything can be converted, then write what differs.
"""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from metrics import statements
from metrics.errors import MissingRate


@dataclass(frozen=True)
class Changed:
    """What a write changed: the earliest closed day whose figures are others now, and of how many accounts."""

    first_day: dt.date | None
    accounts: int

    def __or__(self, other: "Changed") -> "Changed":
        days = [day for day in (self.first_day, other.first_day) if day]
        return Changed(min(days, default=None), max(self.accounts, other.accounts))


def prepare(workspace) -> None:
    """Empty working tables, with the exchange rates in one of them."""
    statements.execute("tables", **_values(workspace))


def touch_changed(workspace, *, everything: bool, facts: Sequence[int]) -> None:
    """Choose the accounts of these changed facts, or all, and their contracts."""
    statements.execute("touch_changed", workspace=workspace.pk, everything=everything, facts=list(facts))


def touch_due(workspace, *, first: dt.date, through: dt.date) -> None:
    """Choose the accounts whose balance changes on these days, and the contracts whose terms end on them."""
    statements.execute("touch_due", workspace=workspace.pk, first=first, through=through)


def read_contracts(workspace) -> None:
    """Work out effective dates and line MRR of the chosen contracts."""
    statements.execute("contracts", **_values(workspace))


def write_spans(workspace) -> None:
    """Line spans of the chosen accounts, after `read_contracts`."""
    statements.execute("spans", **_values(workspace))


def compute_days(workspace, *, through: dt.date) -> None:
    """Balances and movements of the chosen accounts from their line spans."""
    statements.execute("new_days", **_values(workspace), through=through)


def compute_terms(workspace, *, through: dt.date) -> None:
    """Term ends of the chosen contracts, after `read_contracts` and with the line spans written."""
    statements.execute("terms", **_values(workspace), through=through)


def require_rates(workspace) -> None:
    """Raise MissingRate for the earliest amount that cannot be converted: a movement, a term's value, or a balance
    that is counted.
    """
    for lacking in statements.fetch_all("lacking_rates", **_values(workspace)):
        raise MissingRate(lacking["currency"], lacking["day"])


def write_days(workspace, *, after: dt.date | None = None) -> Changed:
    """Make the account days of the chosen accounts what was computed, those through `after` excepted."""
    return _changed(workspace, "write_days", after=after) | _changed(workspace, "add_days", after=after)


def write_terms(workspace, *, through: dt.date, after: dt.date | None = None) -> Changed:
    """Make the term ends of the chosen contracts what was computed, those through `after` excepted."""
    days = {"through": through, "after": after}
    return _changed(workspace, "write_terms", **days) | _changed(workspace, "add_terms", **days)


def rates_on(workspace, day: dt.date) -> dict[str, str]:
    """The rates in force on `day`, as text by currency."""
    return json.loads(statements.fetch_one("rates_on", **_values(workspace), day=day)["rates"])


def publish_touched(workspace, *, through: dt.date, rates: Mapping[str, str]) -> None:
    """Put the values of the chosen accounts at the end of `through` onto them, converted at `rates`."""
    statements.execute("choose_touched")
    _publish(workspace, through, rates)


def publish_since(
    workspace, *, since: dt.date | None, through: dt.date, rates: Mapping[str, str], changed: Sequence[str]
) -> None:
    """Put values at the end of `through`, converted at `rates`, onto the accounts whose may differ from those of `since`
    (None: all). changed: the currencies with another rate than then.
    """
    statements.execute(
        "choose_unpublished", workspace=workspace.pk, since=since, through=through, currencies=list(changed)
    )
    _publish(workspace, through, rates)


def _publish(workspace, through: dt.date, rates: Mapping[str, str]) -> None:
    statements.execute("publish", workspace=workspace.pk, through=through, rates=json.dumps(rates))


def _values(workspace) -> dict:
    return {"workspace": workspace.pk, "base": workspace.base_currency}


def _changed(workspace, name: str, **values) -> Changed:
    answer = statements.fetch_one(name, workspace=workspace.pk, **values)
    return Changed(answer["first_day"], answer["accounts"])
