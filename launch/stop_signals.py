"""Being asked to stop: Ctrl-C, TERM and a closed terminal alike."""

from __future__ import annotations

import signal


class Stopped(Exception):
    """Somebody asked us to stop."""


class Signals:
    """Remembers being asked to stop, and raises nothing in the middle of a step. Ctrl-C twice means in a hurry."""

    def __init__(self) -> None:
        self.received: list[int] = []

    def install(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            # nohup asks us to outlive the terminal; a shell's '&' only asks not to be bothered by its Ctrl-C
            if number == signal.SIGHUP and signal.getsignal(number) == signal.SIG_IGN:
                continue
            signal.signal(number, self._remember)

    def _remember(self, number: int, frame: object) -> None:
        self.received.append(number)

    def any(self) -> bool:
        return bool(self.received)

    @property
    def in_a_hurry(self) -> bool:
        return self.received.count(signal.SIGINT) > 1

    def check(self) -> None:
        """Raises Stopped when somebody asked."""
        if self.received:
            raise Stopped
