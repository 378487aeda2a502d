"""In which order the tests run, and which of them on one worker.

With several workers the last one to finish decides how long it takes, so what takes long begins first.
"""

from collections import Counter

import pytest
from _pytest.nodeid import coerce_node_id

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


def tell_apart(items: list[pytest.Item]) -> None:
    """Give tests of one name a number each. The workers are told of tests by name: of those that schemathesis makes of one
    function, one for each operation, they would run a single one.
    """
    counts = Counter[str]()
    for item in items:
        counts[item.nodeid] += 1
        if (number := counts[item.nodeid]) > 1:
            item._id = coerce_node_id(f"{item.nodeid}[{number}]")
    if len({item.nodeid for item in items}) < len(items):
        raise pytest.UsageError("Tests share a name: of those the workers would run one alone.")


def _rank(item: pytest.Item) -> int:
    if item.get_closest_marker("stack"):
        return 0
    return 1 if item.nodeid.startswith(LONG) else 2
