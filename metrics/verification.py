"""Does the ledger hold? Looked at from outside: figures against the rows that they stand on, in plain SQL of its own.

Nothing here is used by a closing, so that the two can find each other's mistakes, and whatever else wrote into the
tables. Facts that changed since the last closing are no mistake: what depends on them is left out and said so.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Count, Max, Min

from accounts.models import Account, Contract, ContractLine, FxRate
from leads.models import Spend
from metrics import statements
from metrics.calendar import month_end_before
from metrics.ledger_digest import ledger_digest
from metrics.models import Closing, Interval, PeriodFigures
from metrics.queries import stale_from

SUMS = (
    "mrr_start", "new", "expansion", "contraction", "churn", "reactivation", "mrr_end", "customers_start",
    "customers_end", "new_customers", "churned_customers", "nrr_then", "nrr_now", "grr_now", "contracts_due",
    "contracts_renewed", "value_due", "value_renewed", "spend",
)  # fmt: skip
MOVED = ("new", "expansion", "contraction", "churn", "reactivation")
# They are worked out at exchange rates, or from what was spent, whatever has been entered since.
AT_RATES = {"mrr_start", "mrr_end", "nrr_then", "nrr_now", "grr_now"}
FROM_SPEND = {"spend"}


@dataclass(frozen=True)
class Verification:
    """What was found in a workspace. problems: sentences, empty when everything holds. closed: first and last closed
    day. is_stale: facts changed since, which the next closing takes in. facts: kind → how many stand.
    """

    problems: list[str]
    closed: tuple[dt.date, dt.date] | None
    periods: int
    is_stale: bool
    facts: dict[str, int]
    digest: dict[str, str]


def verify_ledger(workspace) -> Verification:
    """Compare every figure of the workspace in scope with what it stands on. Reads only; a few passes over its rows."""
    span = Closing.objects.filter(workspace=workspace).aggregate(first=Min("day"), last=Max("day"), days=Count("day"))
    closed = (span["first"], span["last"]) if span["last"] else None
    is_stale = stale_from(workspace) is not None
    problems: list[str] = []
    if closed:
        first, last = closed
        if span["days"] != (last - first).days + 1:
            problems.append(f"closings: {(last - first).days + 1 - span['days']} days between {first} and {last} lack")
        problems += _accounts(workspace, last, is_stale)
        problems += _periods(workspace, is_stale)
        problems += _bridges(workspace, last)
        problems += _published(workspace)
    return Verification(
        problems=problems,
        closed=closed,
        periods=PeriodFigures.objects.filter(workspace=workspace).count(),
        is_stale=is_stale,
        facts=_facts(workspace),
        digest=ledger_digest(workspace),
    )


def _facts(workspace) -> dict[str, int]:
    counts = {
        model._meta.verbose_name_plural: model._default_manager.filter(
            workspace=workspace, voided_at__isnull=True
        ).count()
        for model in (Account, Contract, Spend, FxRate)
    }
    return {str(name): count for name, count in counts.items()} | {
        "contract lines": ContractLine.objects.filter(workspace=workspace).count()
    }


def _accounts(workspace, through: dt.date, is_stale: bool) -> Iterator[str]:
    values = {
        "workspace": workspace.pk,
        "base": workspace.base_currency,
        "through": through,
        "is_stale": is_stale,
    }
    for name in ("verify_days", "verify_accounts"):
        for row in statements.fetch_all(name, **values):
            yield f"account {row['account']}, {row['day']}: {row['what']}"


def _periods(workspace, is_stale: bool) -> Iterator[str]:
    """A year at a time: what all accounts were worth on each of its month ends fits in memory."""
    mine = PeriodFigures.objects.filter(workspace=workspace)
    passed_over = AT_RATES | FROM_SPEND if is_stale and FxRate.objects.filter(workspace=workspace).exists() else set()
    if is_stale:
        passed_over |= FROM_SPEND
    windows = dict(mine.values_list("through", "nrr_window_months"))
    for year in sorted({day.year for day in windows}):
        through = sorted(day for day in windows if day.year == year)
        then = [month_end_before(day, windows[day]) for day in through]
        for row in statements.fetch_all("verify_periods", workspace=workspace.pk, through=through, then=then):
            place = f"{row['interval']} from {row['starts_on']}"
            for name in SUMS:
                if name not in passed_over and row[name] != row[f"found_{name}"]:
                    yield f"{place}: {name} is {row[name]}, its rows give {row[f'found_{name}']}"
            fx = row["mrr_end"] - row["mrr_start"] - sum(row[kind] for kind in MOVED)
            if fx and not row["has_foreign_balances"]:
                yield f"{place}: the bridge lacks {fx}, and nobody held another currency"


def _bridges(workspace, through: dt.date) -> Iterator[str]:
    """Each period begins with what the one before ended with, and none is left out."""
    for interval in Interval.values:
        before = None
        rows = PeriodFigures.objects.filter(workspace=workspace, interval=interval)
        for row in rows.order_by("starts_on"):
            place = f"{interval} from {row.starts_on}"
            if before:
                if before.ends_on + dt.timedelta(days=1) != row.starts_on:
                    yield f"{place}: there is none for the days after {before.ends_on}"
                elif (row.mrr_start, row.customers_start) != (before.mrr_end, before.customers_end):
                    yield f"{place}: it begins with other values than the one before ended with"
                if not before.is_closed:
                    yield f"{interval} from {before.starts_on}: kept through {before.through} though a later one is"
            before = row
        if before and before.through != min(before.ends_on, through):
            yield f"{interval} from {before.starts_on}: kept through {before.through}, closed through {through}"


def _published(workspace) -> Iterator[str]:
    """What was said of closed periods is what they are, and every step to it is logged."""
    for row in statements.fetch_all("verify_published", workspace=workspace.pk):
        yield f"{row['interval']} from {row['starts_on']}: {row['what']}"
