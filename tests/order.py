"""In which order the tests run, and which of them on one worker.

With several workers the last one to finish decides how long it takes, so what takes long begins first.
"""

import pytest

# What takes longest among the tests that need no process of their own.
LONG = ("tests/metrics/test_properties.py", "tests/front/test_pages.py")


def longest_first(items: list[pytest.Item]) -> None:
    """Put in order and tell the workers: what starts servers and processes of its own would wait for a processor that
    another of its kind holds, so all of that goes to one worker.
    """
    for item in items:
        if item.get_closest_marker("stack"):
            item.add_marker(pytest.mark.xdist_group("stack"))
    items.sort(key=_rank)


def _rank(item: pytest.Item) -> int:
    if item.get_closest_marker("stack"):
        return 0
    return 1 if item.nodeid.startswith(LONG) else 2
