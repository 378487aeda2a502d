"""How much tests that try made-up cases try: a little on every run, `EFFORT=10 ./run test …` ten times as much."""

import os

EFFORT = int(os.environ.get("EFFORT", "1"))


def examples(count: int) -> int:
    """How many examples to make of what is worth `count` of them on an ordinary run."""
    return count * EFFORT
