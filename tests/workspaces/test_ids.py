import time

from workspaces.ids import uuid7


def test_uuid7_ascends():
    ids = [uuid7() for _ in range(10_000)]
    assert ids == sorted(set(ids))


def test_uuid7_form():
    before = time.time_ns() // 1_000_000
    made = uuid7()
    assert (made.version, made.variant) == (7, "specified in RFC 4122")
    assert before <= made.int >> 80 <= before + 60_000
