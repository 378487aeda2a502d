"""Tasks as a board: columns by when they are due, and what moving a task to one of them means."""

import datetime as dt
from typing import Any

from django.db.models import Case, CharField, F, Q, Value, When
from django.utils.translation import gettext as _

from accounts.models import Task
from workspaces import formats
from workspaces.board import Column

OVERDUE, TODAY, WEEK, LATER, NO_DATE, DONE = "overdue", "today", "week", "later", "none", "done"
# What the list's filter calls the column WEEK.
AFTER_TODAY = "next"
# How long a task that is done stays in sight.
DONE_DAYS = 7
# The day to which a move to "next 7 days" and to "later" puts a task.
WEEK_DAYS, LATER_DAYS = 7, 14


def columns(day: dt.date) -> list[Column]:
    def by(days: int) -> str:
        return formats.table_day(day + dt.timedelta(days=days))

    return [
        Column(OVERDUE, _("Overdue"), takes=False, tone="risk"),
        Column(TODAY, _("Today")),
        Column(WEEK, _("Next 7 days"), hint=by(WEEK_DAYS)),
        Column(LATER, _("Later"), hint=by(LATER_DAYS)),
        Column(NO_DATE, _("No date")),
        Column(DONE, _("Done"), tone="good"),
    ]


def asked(column: str) -> str:
    """The value of the list's filter that keeps what a column holds."""
    return AFTER_TODAY if column == WEEK else column


def on_board(tasks: Any, at: dt.datetime) -> Any:
    """Those of `tasks` that are to be done, and those that were done lately."""
    return tasks.filter(Q(done_at__isnull=True) | Q(done_at__gte=at - dt.timedelta(days=DONE_DAYS)))


def column_of(day: dt.date) -> Case:
    """In which column a task stands on `day`."""
    return Case(
        When(done_at__isnull=False, then=Value(DONE)),
        When(due_on__isnull=True, then=Value(NO_DATE)),
        When(due_on__lt=day, then=Value(OVERDUE)),
        When(due_on=day, then=Value(TODAY)),
        When(due_on__lte=day + dt.timedelta(days=WEEK_DAYS), then=Value(WEEK)),
        default=Value(LATER),
        output_field=CharField(),
    )


ORDER = (F("done_at").desc(nulls_first=True), F("due_on").asc(nulls_last=True), F("pk").asc())


def moved(task: Task, column: str, *, day: dt.date, at: dt.datetime) -> dict[str, Any]:
    """What of a task a move to `column` changes; a done one keeps the day on which it was due."""
    if column == DONE:
        return {"done_at": task.done_at or at}
    days = {TODAY: 0, WEEK: WEEK_DAYS, LATER: LATER_DAYS}
    due_on = day + dt.timedelta(days=days[column]) if column in days else None
    return {"due_on": due_on, "done_at": None}
