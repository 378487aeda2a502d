"""bench/closing.py with 1,000,000 accounts in one workspace, and with 100,000 in each of ten."""

from collections.abc import Iterator

from bench.closing import closing
from bench.result import Result

ONLY_WHEN_NAMED = True


def measure() -> Iterator[Result]:
    first, a_day = closing(100_000, 10, None)
    yield from first
    yield from closing(1_000_000, 1, a_day / 100_000)[0]
