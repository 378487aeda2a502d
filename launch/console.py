"""What the starter says. It speaks on stderr, because stdout belongs to the commands it starts."""

from __future__ import annotations

import contextlib
import sys


class Failure(Exception):
    """A step that cannot go on; its text is the one message people see."""

    def __init__(self, message: str, code: int = 1) -> None:
        super().__init__(message)
        self.code = code


def say(text: str) -> None:
    """One line for the person at the terminal, who may have left: nothing is raised when nobody listens."""
    with contextlib.suppress(OSError, ValueError):
        print("[run] " + text, file=sys.stderr, flush=True)


def answer(text: str) -> None:
    """A line on stdout: what was asked for, such as the address."""
    with contextlib.suppress(OSError, ValueError):
        print(text, flush=True)
