"""What a digest tells, read once for everybody who gets it."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import F, Sum

from metrics import overview, queries, reasons
from metrics.calendar import add_months
from metrics.models import Movement, Standing
from metrics.renewals import tallies, term_ends

WEEK_DAYS = 7
RENEWAL_DAYS = 30
MOST_ACCOUNTS, MOST_RENEWALS = 5, 8


@dataclass(frozen=True)
class AccountMove:
    """By how much an account's MRR moved, in base currency."""

    account_id: UUID
    name: str
    amount: Decimal


@dataclass(frozen=True)
class DigestFacts:
    """now: the row of the last whole month (of the running one while there is no other); then: of the month before it.
    why: what moved that month. week: what moved in the seven days up to `closed`. renewals: the first ones that fall due
    in the RENEWAL_DAYS from `day` on and wait to be settled, of `renewal_count`, worth `renewal_worth`.
    """

    day: dt.date
    closed: dt.date
    now: Mapping[str, Any]
    then: Mapping[str, Any] | None
    latest: Mapping[str, Any]
    why: Sequence[reasons.Mover]
    week: Sequence[reasons.Mover]
    grew: Sequence[AccountMove]
    shrank: Sequence[AccountMove]
    renewals: Sequence[Any]
    renewal_count: int
    renewal_worth: Decimal

    @property
    def week_from(self) -> dt.date:
        return first_of_week(self.closed)

    @property
    def renewals_until(self) -> dt.date:
        return self.day + dt.timedelta(days=RENEWAL_DAYS)


def first_of_week(closed: dt.date) -> dt.date:
    return closed - dt.timedelta(days=WEEK_DAYS - 1)


def digest_facts(workspace, *, closed: dt.date, day: dt.date) -> DigestFacts | None:
    """closed: the last closed day; day: the workspace's today. None while there are no figures. A fixed number of queries,
    all of figures.
    """
    rows = queries.months_of_book(workspace, keys=overview.KEYS, closed=closed)
    if not rows:
        return None
    by_start = {row["starts_on"]: row for row in rows}
    now = next((row for row in reversed(rows) if row["closed"]), rows[-1])
    then = by_start.get(add_months(now["starts_on"], -1)) if now["closed"] else None  # type: ignore[arg-type]
    due = term_ends(workspace, closed=closed).filter(
        day__range=(day, day + dt.timedelta(days=RENEWAL_DAYS)), standing=Standing.DUE
    )
    sums = tallies(due)
    first = due.select_related("account").order_by("day", F("worth").desc(nulls_last=True), "contract_id")
    moves = _moves(workspace, closed)
    return DigestFacts(
        day=day,
        closed=closed,
        now=now,
        then=then,
        latest=rows[-1],
        why=reasons.movers(workspace, first=now["starts_on"], last=now["through"]),  # type: ignore[arg-type]
        week=reasons.movers(workspace, first=first_of_week(closed), last=closed),
        grew=[one for one in moves if one.amount > 0][:MOST_ACCOUNTS],
        shrank=[one for one in reversed(moves) if one.amount < 0][:MOST_ACCOUNTS],
        renewals=list(first[:MOST_RENEWALS]),
        renewal_count=sum(one.count for one in sums),
        renewal_worth=sum((one.worth for one in sums), Decimal("0.00")),
    )


def _moves(workspace, closed: dt.date) -> list[AccountMove]:
    """The accounts that moved most in the week up to `closed`, from the one that grew most to the one that shrank most."""
    moved = (
        Movement.objects.filter(workspace=workspace, day__range=(first_of_week(closed), closed))
        .order_by()
        .values("account_id", "account__name")
        .annotate(total=Sum("amount"))
    )
    up = moved.order_by("-total", "account_id")[:MOST_ACCOUNTS]
    down = moved.order_by("total", "account_id")[:MOST_ACCOUNTS]
    found = {
        row["account_id"]: AccountMove(row["account_id"], row["account__name"], row["total"]) for row in [*up, *down]
    }
    return sorted(found.values(), key=lambda one: (-one.amount, str(one.account_id)))
