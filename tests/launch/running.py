"""Programs that the tests of the starter run, and waiting for what they bring about."""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


def python(text: str, *words: str, **options) -> subprocess.Popen:
    """A Python of ours that runs the text with the starter's modules at hand."""
    return subprocess.Popen([sys.executable, "-c", text, *map(str, words)], cwd=ROOT, **options)


def eventually(condition: Callable[[], object], seconds: float = 20) -> bool:
    """Whether the condition came true in time."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True
