"""Closing days: from facts to figures, set-based and restartable.

A closing takes three kinds of steps, each one transaction under the workspace's lock, so that it can be killed between
any two of them and started again, and changes nothing when run twice:

1. absorb the facts that changed: rebuild what follows from the contracts of the accounts concerned and, where closed
   days are among it, the sums of those periods (a restatement);
2. close the days that were never closed, a month at a time;
3. publish the current values onto accounts.

What an absorbing step changes is visible all at once or not at all: readers never meet movements of one state and sums
of another.
"""

import datetime as dt
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connection
from django.db.models import Max, Min
from django.utils.translation import gettext_noop

from accounts.models import ChangedFact
from leads.models import Spend
from metrics import contributions, rebuild, restating, statements
from metrics.calendar import month_end
from metrics.errors import DayNotOver, MissingRate
from metrics.models import Closing, ClosingFailure, ClosingState, Interval, LineSpan, PeriodFigures, Reason
from metrics.movement_events import tell_movements
from metrics.periods import carry_on, restate
from metrics.publishing import publish
from metrics.queries import closed_through
from workspaces.models import MetricSettings
from workspaces.scope import workspace_scope
from workspaces.table_statistics import renew_stale_statistics

ONE_DAY = dt.timedelta(days=1)
BEFORE_ALL = dt.date(1, 1, 1)


@dataclass(frozen=True)
class Closed:
    """What a closing did. restated_from: the earliest day closed before whose figures changed."""

    closed_through: dt.date | None
    days_closed: int
    restated_from: dt.date | None


def _silent(fraction: float, message: str = "", **params) -> None:
    pass


def _free() -> None:
    pass


def close_through(
    *,
    workspace,
    until: dt.date,
    at: dt.datetime,
    since: dt.date | None = None,
    progress: Callable[..., None] = _silent,
    guard: Callable[[], None] = _free,
) -> Closed:
    """Close every day of `workspace` up to and including `until`, and bring closed days up to date with their facts.

    at: the present instant. since: compute closed days from this one on again though no fact changed.
    progress: called with a fraction from 0 to 1, a message marked with gettext_noop and its values, also in the middle
    of a transaction. guard: called in each transaction before it commits; raises to make it roll back.

    Raises DayNotOver when `until` has not ended in the workspace's time zone, MissingRate when an amount cannot be
    converted; then the step is undone, earlier figures stay, and a ClosingFailure says so until a closing succeeds.
    Runs its own transactions: not to be called inside one, except by tests.
    """
    last = workspace.local_day(at) - ONE_DAY
    if until > last:
        raise DayNotOver(until, last)
    try:
        with step(workspace, guard):
            restated_from = absorb(workspace, at=at, since=since, progress=progress)
        days = 0
        while (chunk := _next_chunk(workspace, until)) is not None:
            with step(workspace, guard):
                days += _close(workspace, *chunk, at=at)
            progress(
                _share(chunk[0], chunk[1], until, days),
                gettext_noop("Closed through %(day)s"),
                day=chunk[1],
            )
        with step(workspace, guard):
            through = _publish(workspace)
            ClosingFailure.objects.filter(workspace=workspace).delete()
    except MissingRate as problem:
        with workspace_scope(workspace):
            guard()
            ClosingFailure.objects.update_or_create(
                workspace=workspace,
                defaults={
                    "failed_at": at,
                    "code": "missing_rate",
                    "currency": problem.currency,
                    "day": problem.day,
                },
            )
        raise
    renew_stale_statistics()
    return Closed(through, days, restated_from)


@contextmanager
def step(workspace, guard: Callable[[], None] = _free):
    """One transaction in the workspace's scope, alone on it, and given up when `guard` says that it is not ours."""
    with workspace_scope(workspace):
        with connection.cursor() as cursor:
            # A transaction's lock, never a session's: those outlive their owner behind a connection pool.
            cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"closing {workspace.pk}"])
            # Whole tables are hashed and sorted here; compiling the statements costs more than it gives.
            cursor.execute("select set_config('work_mem', '128MB', true), set_config('jit', 'off', true)")
        yield
        guard()


def _share(first: dt.date, last: dt.date, until: dt.date, days: int) -> float:
    left = (until - last).days
    return days / (days + left) if days + left else 1.0


@dataclass(frozen=True)
class _Pending:
    """What waits to be worked in. facts: ids of ChangedFact rows. spent_from: the earliest changed spend.

    settings_as_of: when metric settings were last changed. is_everything: every account is to be rebuilt.
    settings_before: the same, as it is in the figures. is_calendar_new: quarters and years are to be cut otherwise.
    """

    facts: list[int]
    spent_from: dt.date | None
    settings_as_of: dt.datetime | None
    settings_before: dt.datetime | None
    are_settings_new: bool
    is_calendar_new: bool
    is_everything: bool


def _pending(workspace, *, is_everything: bool) -> _Pending:
    facts = list(ChangedFact.objects.filter(workspace=workspace).values_list("id", "account_id", "from_day"))
    settings_as_of = MetricSettings.objects.filter(workspace=workspace).aggregate(last=Max("changed_at"))["last"]
    state = ClosingState.objects.filter(workspace=workspace).first()
    are_settings_new = state is None or state.settings_as_of != settings_as_of
    return _Pending(
        facts=[id for id, _, _ in facts],
        spent_from=min((day for _, account, day in facts if account is None), default=None),
        settings_as_of=settings_as_of,
        settings_before=state.settings_as_of if state else None,
        are_settings_new=are_settings_new,
        is_calendar_new=state is not None and state.fiscal_year_start_month != workspace.fiscal_year_start_month,
        is_everything=is_everything or are_settings_new,
    )


def absorb(workspace, *, at: dt.datetime, since: dt.date | None, progress) -> dt.date | None:
    """Rebuild what changed facts change, closed days included; the earliest closed day whose figures changed. Within a
    `step`.

    The facts are forgotten in the same transaction. Those that come in meanwhile stay for the next closing.
    """
    closed = closed_through(workspace)
    pending = _pending(workspace, is_everything=closed is None or since is not None)
    if not pending.facts and not pending.is_everything and not pending.is_calendar_new:
        return None
    rebuild.prepare(workspace)
    rebuild.touch_changed(workspace, everything=pending.is_everything, facts=pending.facts)
    if closed and not pending.is_everything:
        contributions.count_before(workspace, through=closed)
    rebuild.read_contracts(workspace)
    rebuild.write_spans(workspace)
    changed = _write_figures(workspace, through=closed or BEFORE_ALL)
    restated_from = None
    if closed:
        contributions.count_after(workspace, through=closed)
        if not pending.is_everything:
            changed |= contributions.changed_commitments(through=closed)
        restated_from = _restate(workspace, pending, changed, closed, at=at, since=since, progress=progress)
    ChangedFact.objects.filter(workspace=workspace, id__in=pending.facts).delete()
    state, _ = ClosingState.objects.get_or_create(workspace=workspace)
    state.settings_as_of = pending.settings_as_of
    state.fiscal_year_start_month = workspace.fiscal_year_start_month
    if pending.is_everything:
        state.published_through = None
    elif closed:
        rates = rebuild.rates_on(workspace, closed)
        rebuild.publish_touched(workspace, through=closed, rates=rates)
        # These carry other rates than the rest: at the next publishing no rate is taken for known.
        state.published_rates = rates if rates == state.published_rates else {}
    state.save()
    return restated_from


def _restate(
    workspace, pending: _Pending, changed: rebuild.Changed, closed: dt.date, *, at, since, progress
) -> dt.date | None:
    """Bring the sums of closed periods in line with figures that `changed`, and write down what that altered."""
    rates = statements.fetch_one(
        "changes_reach", workspace=workspace.pk, base=workspace.base_currency, facts=pending.facts
    )
    begins = [day for day in (changed.first_day, rates["day"], since) if day]
    if pending.are_settings_new or pending.is_calendar_new:
        begins = [MetricSettings.START]
    if pending.is_calendar_new:
        # Other periods, not other figures: the new ones are made with their months.
        PeriodFigures.objects.filter(workspace=workspace).exclude(interval=Interval.MONTH).delete()
    periods = restate(
        workspace,
        closed=closed,
        first=min(begins, default=None),
        spent_from=pending.spent_from,
        is_everything=pending.is_everything,
        computed=lambda share, day: progress(share * 0.9, gettext_noop("Computed %(day)s again"), day=day),
    )
    first_closed = Closing.objects.filter(workspace=workspace).aggregate(first=Min("day"))["first"]
    first = min(_first_day(workspace, closed), first_closed)
    statements.execute("add_closings", workspace=workspace.pk, first=first, through=closed, at=at)
    was, now = publish(workspace, at=at)
    if not changed.first_day and not periods and not pending.is_calendar_new:
        return None
    # Where the cause of a changed sum begins, or the first of the changed periods if that is later.
    days = [changed.first_day] if changed.first_day else []
    if periods:
        causes = [*begins, pending.spent_from] if pending.spent_from else begins
        days.append(max(min(change.period.starts_on for change in periods), min(causes)))
    restated_from = max(min(days, default=first), first)
    if pending.are_settings_new:
        reason = Reason.SETTINGS
    elif pending.is_calendar_new:
        reason = Reason.CALENDAR
    elif since and not pending.facts:
        reason = Reason.FORCED
    else:
        reason = Reason.FACTS if changed.first_day or rates["day"] else Reason.SPEND
    restating.log(
        workspace,
        was=was,
        now=now,
        at=at,
        from_day=restated_from,
        through=closed,
        reason=reason,
        accounts=changed.accounts,
        facts=pending.facts,
        settings_after=pending.settings_before if reason in (Reason.SETTINGS, Reason.CALENDAR) else None,
    )
    return restated_from


def _write_figures(workspace, *, through: dt.date, after: dt.date | None = None) -> rebuild.Changed:
    """Account days, movements and term ends of what was chosen, written where they differ; those through `after` stay."""
    rebuild.compute_days(workspace, through=through)
    rebuild.compute_terms(workspace, through=through)
    rebuild.require_rates(workspace)
    tell_movements(workspace, after=after)
    return rebuild.write_days(workspace, after=after) | rebuild.write_terms(workspace, through=through, after=after)


def _first_day(workspace, otherwise: dt.date) -> dt.date:
    """The first day on which there is anything to close, `otherwise` when there is nothing before that."""
    counted = LineSpan.objects.filter(workspace=workspace).aggregate(first=Min("first_day"))["first"]
    spent = Spend.objects.standing().filter(workspace=workspace).aggregate(first=Min("date"))["first"]
    return min(day for day in (counted, spent, otherwise) if day)


def _next_chunk(workspace, until: dt.date) -> tuple[dt.date, dt.date] | None:
    """First and last of the days to close next: what is left of one month. None when `until` is closed."""
    with workspace_scope(workspace):
        closed = closed_through(workspace)
        first = closed + ONE_DAY if closed else _first_day(workspace, until)
    return (first, min(until, month_end(first))) if first <= until else None


def _close(workspace, first: dt.date, through: dt.date, *, at: dt.datetime) -> int:
    """Close the days from `first` through `through` of one month; how many they are."""
    closed = closed_through(workspace)
    if closed and closed >= through:
        return 0  # Another closing was here between looking and locking.
    rebuild.prepare(workspace)
    rebuild.touch_due(workspace, first=first, through=through)
    rebuild.read_contracts(workspace)
    carry_on(
        workspace,
        closed=closed,
        through=through,
        write=lambda: _write_figures(workspace, through=through, after=closed),
    )
    publish(workspace, at=at)
    statements.execute("add_closings", workspace=workspace.pk, first=first, through=through, at=at)
    return (through - first).days + 1


def _publish(workspace) -> dt.date:
    """Put current figures onto the accounts whose may be others than those published last; the day they are of."""
    through = Closing.objects.filter(workspace=workspace).latest("day").day
    state = ClosingState.objects.get(workspace=workspace)
    rates, published = rebuild.rates_on(workspace, through), state.published_rates
    rebuild.publish_since(
        workspace,
        since=state.published_through,
        through=through,
        rates=rates,
        changed=[currency for currency, rate in rates.items() if published.get(currency) != rate],
    )
    state.published_through, state.published_rates = through, rates
    state.save(update_fields=["published_through", "published_rates"])
    return through
