import time

from workspaces import ids
from workspaces.ids import uuid7


def test_uuid7_ascends():
    made = [uuid7() for _ in range(10_000)]
    assert made == sorted(set(made))


def test_uuid7_form(monkeypatch):
    monkeypatch.setattr(ids, "_latest", 0)  # ids made while a test was in the future lie there
    before = time.time_ns() // 1_000_000
    made = uuid7()
    assert (made.version, made.variant) == (7, "specified in RFC 4122")
    assert before <= made.int >> 80 <= before + 60_000
