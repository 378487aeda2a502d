"""Beat's interval."""

import datetime as dt
import pickle

from b2bops.every import Every

NOW = dt.datetime(2026, 3, 31, 12, 0, tzinfo=dt.UTC)


def every(seconds):
    return Every(seconds, nowfun=lambda: NOW)


def test_due_after_the_interval():
    assert every(15).is_due(NOW - dt.timedelta(seconds=15)).is_due
    waiting = every(15).is_due(NOW - dt.timedelta(seconds=5))
    assert (waiting.is_due, waiting.next) == (False, 10)


def test_due_when_the_clock_was_set_back():
    is_due, following = every(15).is_due(NOW + dt.timedelta(hours=1))
    assert (is_due, following) == (True, 15)


def test_kept_in_beats_file():
    kept = pickle.loads(pickle.dumps(Every(15)))  # noqa: S301 - our own bytes
    assert kept.run_every == dt.timedelta(seconds=15)
