"""What the starter says. It speaks on stderr, because stdout belongs to the commands it starts."""

from __future__ import annotations

import sys


class Failure(Exception):
    """A step that cannot go on; its text is the one message people see."""

    def __init__(self, message: str, code: int = 1) -> None:
        super().__init__(message)
        self.code = code


def say(text: str) -> None:
    """One line for the person at the terminal, who may have left: nothing is raised when nobody listens."""
    try:
        print("[run] " + text, file=sys.stderr, flush=True)
    except (OSError, ValueError):
        pass


def answer(text: str) -> None:
    """A line on stdout: what was asked for, such as the address."""
    try:
        print(text, flush=True)
    except (OSError, ValueError):
        pass
