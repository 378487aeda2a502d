"""When the night closes which day: one run per workspace and local date, whatever clocks and beats do."""

import datetime as dt
import threading

import pytest
from django.db import DatabaseError, connection

from b2bops import night
from jobs import runs
from jobs.models import Run
from metrics.queries import closed_through
from tests.cast import make_user, make_workspace
from tests.night.books import write_contract
from workspaces.scope import workspace_scope

pytestmark = pytest.mark.django_db(transaction=True)


def utc(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


def dates_of(workspace) -> list[str]:
    with workspace_scope(workspace):
        found = Run.objects.filter(workspace=workspace, kind="closing").order_by("local_date")
        return [str(run.local_date) for run in found]


def closed(workspace) -> dt.date | None:
    with workspace_scope(workspace):
        return closed_through(workspace)


@pytest.fixture
def shanghai(cast):
    """acme, eight hours ahead of UTC, with a contract to close."""
    write_contract(cast.workspace)
    return cast.workspace


@pytest.fixture
def new_york(cast):
    workspace = make_workspace("york", owner=make_user("yorker"), timezone="America/New_York")
    write_contract(workspace)
    return workspace


@pytest.mark.parametrize(
    "at, day",
    [
        ("2026-03-31T15:59", "2026-03-30"),  # 23:59 in Shanghai
        ("2026-03-31T17:59", "2026-03-30"),  # 01:59 the next day: late data may still come
        ("2026-03-31T18:00", "2026-03-31"),
    ],
)
def test_last_ended_day(shanghai, at, day):
    assert night.last_ended_day(shanghai, utc(at)).isoformat() == day


def test_night_closes_yesterday(shanghai):
    [run] = night.queue_closings_due(at=utc("2026-03-31T18:00"))
    assert (run.params, run.created_by, run.door) == ({"until": "2026-03-31"}, "B2BOps", "task")
    runs.work("slow", seconds=60)
    assert closed(shanghai) == dt.date(2026, 3, 31)


def test_night_asked_all_day_long(shanghai):
    for minutes in range(0, 24 * 60, 15):
        night.queue_closings_due(at=utc("2026-03-31T18:00") + dt.timedelta(minutes=minutes))
        if minutes == 60:
            runs.work("slow", seconds=60)
    assert dates_of(shanghai) == ["2026-03-31"]


def test_night_two_beats_at_once(shanghai):
    start = threading.Barrier(4)

    def beat():
        start.wait()
        night.queue_closings_due(at=utc("2026-03-31T18:00"))
        runs.work("slow", seconds=60)
        night.queue_closings_due(at=utc("2026-03-31T18:00"))
        connection.close()

    beats = [threading.Thread(target=beat) for _ in range(4)]
    for one in beats:
        one.start()
    for one in beats:
        one.join()
    assert dates_of(shanghai) == ["2026-03-31"]
    assert closed(shanghai) == dt.date(2026, 3, 31)


def test_night_clock_jumps(shanghai):
    for at in ("2026-03-31T18:00", "2026-03-31T16:30", "2026-04-01T17:00", "2026-03-31T18:00", "2026-04-01T18:01"):
        night.queue_closings_due(at=utc(at))
        runs.work("slow", seconds=60)
    assert dates_of(shanghai) == ["2026-03-31", "2026-04-01"]


def test_night_after_a_week_without_beat(shanghai):
    night.queue_closings_due(at=utc("2026-03-24T18:00"))
    runs.work("slow", seconds=60)
    night.queue_closings_due(at=utc("2026-03-31T20:00"))
    runs.work("slow", seconds=60)
    assert dates_of(shanghai) == ["2026-03-24", "2026-03-31"]
    assert closed(shanghai) == dt.date(2026, 3, 31)


# New York sets its clocks forward on 8 March 2026 at 2:00 (a day of 23 hours) and back on 1 November (25 hours).
@pytest.mark.parametrize(
    "first, hours, dates",
    [
        ("2026-03-07T07:00", 70, ["2026-03-06", "2026-03-07", "2026-03-08"]),
        ("2026-10-31T06:00", 72, ["2026-10-30", "2026-10-31", "2026-11-01"]),
    ],
)
def test_night_days_of_23_and_25_hours(new_york, first, hours, dates):
    for minutes in range(0, hours * 60, 60):
        night.queue_closings_due(at=utc(first) + dt.timedelta(minutes=minutes))
        # Each ends well before the next: only the date stands between it and a second run.
        with workspace_scope(new_york):
            Run.objects.filter(state="queued").update(state="succeeded")
    assert dates_of(new_york) == dates


@pytest.mark.parametrize(
    "at, day",
    [
        ("2026-03-08T06:59", "2026-03-06"),
        ("2026-03-08T07:00", "2026-03-07"),  # two hours after midnight: the clock shows 3:00
        ("2026-03-09T05:59", "2026-03-07"),
        ("2026-03-09T06:00", "2026-03-08"),
        ("2026-11-02T06:59", "2026-10-31"),
        ("2026-11-02T07:00", "2026-11-01"),
    ],
)
def test_last_ended_day_around_clock_changes(new_york, at, day):
    assert night.last_ended_day(new_york, utc(at)).isoformat() == day


def test_night_of_a_workspace_with_nothing_to_close(shanghai, cast):
    night.queue_closings_due(at=utc("2026-03-31T18:00"))
    assert dates_of(cast.rival) == []


def test_night_when_yesterday_is_closed_already(shanghai):
    night.queue_closings_due(at=utc("2026-03-30T18:00"))
    runs.work("slow", seconds=60)
    with workspace_scope(shanghai):
        Run.objects.update(local_date=None)
    night.queue_closings_due(at=utc("2026-03-30T18:00"))
    with workspace_scope(shanghai):
        assert Run.objects.count() == 1


def test_night_when_a_closed_day_has_late_facts(shanghai):
    night.queue_closings_due(at=utc("2026-03-30T18:00"))
    runs.work("slow", seconds=60)
    with workspace_scope(shanghai):
        Run.objects.update(local_date=None)
    write_contract(shanghai, "C2", starts_on="2026-02-01")
    [run] = night.queue_closings_due(at=utc("2026-03-30T18:00"))
    runs.work("slow", seconds=60)
    with workspace_scope(shanghai):
        run.refresh_from_db()
    assert (run.state, run.result["restated_from"]) == ("succeeded", "2026-02-01")


def test_night_one_workspace_in_trouble(shanghai, new_york, monkeypatch):
    def needs(workspace, day, honest=night._needs_closing):
        if workspace == shanghai:
            raise DatabaseError
        return honest(workspace, day)

    monkeypatch.setattr(night, "_needs_closing", needs)
    night.queue_closings_due(at=utc("2026-03-31T18:00"))
    assert (dates_of(shanghai), dates_of(new_york)) == ([], ["2026-03-30"])


def test_night_task_asks_for_now(shanghai, time_machine):
    time_machine.move_to(utc("2026-03-31T18:00"), tick=False)
    night.queue_closings()
    assert dates_of(shanghai) == ["2026-03-31"]
