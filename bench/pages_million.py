"""bench/pages.py with 1,000,000 accounts."""

from collections.abc import Iterator

from bench.pages import pages
from bench.result import Result

ONLY_WHEN_NAMED = True


def measure() -> Iterator[Result]:
    yield from pages(1_000_000)
