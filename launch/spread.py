"""How many workers pytest gets: one a core, where the tests asked for are worth starting them."""

from __future__ import annotations

import os
from pathlib import Path

# A worker starts Django and copies the database; that pays from about this many files on.
FEW_FILES = 3
# Each has a database of its own on one server; beyond this they would wait for it, not for a processor.
MOST_WORKERS = 8
# What runs in one process, because somebody looks into it, or runs nothing.
ALONE = {
    "--pdb", "--trace", "-s", "--capture=no", "--collect-only", "--co", "--fixtures", "--fixtures-per-test", "--markers",
    "--setup-plan", "--setup-only", "-h", "--help", "-V", "--version",
}  # fmt: skip
# The tests come in an order of their own (tests/order.py), and some stay together.
ORDER = ["--dist", "loadgroup", "--no-loadscope-reorder"]


def cores() -> int:
    """Processors that we may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on macOS
        return os.cpu_count() or 1


def spread(words: list[str], root: Path, count: int) -> list[str]:
    """What to tell pytest beside the caller's words; nothing when it had better stay alone, or they say how many.

    count: processors there are.
    """
    if _forbids_workers(words):
        return []
    if any(word.startswith(("-n", "--numprocesses", "--tx")) for word in words):
        return [] if any(word.startswith("--dist") for word in words) else ORDER
    paths = [path for word in words if (path := root / word.partition("::")[0]).exists() and not word.startswith("-")]
    if count < 2 or (paths and len(paths) <= FEW_FILES and all(path.is_file() for path in paths)):
        return []
    return ["-n", str(min(count, MOST_WORKERS)), *ORDER]


def _forbids_workers(words: list[str]) -> bool:
    without_plugin = any(word in ("-pno:xdist", "no:xdist") for word in words)
    return without_plugin or not ALONE.isdisjoint(words)
