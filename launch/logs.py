"""What the product's processes print: into one file that does not grow without end, and to the terminal if any."""

from __future__ import annotations

import logging
import logging.handlers
import sys
import threading
from collections import deque
from pathlib import Path
from typing import IO


class StackLog:
    """Collects the output of several processes; a full disk or a closed terminal stops none of them."""

    def __init__(self, path: Path, *, echo: bool) -> None:
        self.path = path
        self._echo = echo
        self._handler = logging.handlers.RotatingFileHandler(
            path, maxBytes=10_000_000, backupCount=3, encoding="utf-8", errors="replace", delay=True
        )
        self._handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
        self._handler.handleError = lambda record: None  # type: ignore[method-assign]
        self._last: dict[str, deque[str]] = {}

    def write(self, name: str, line: str) -> None:
        text = f"{name:11} | {line.rstrip()}"
        self._last.setdefault(name, deque(maxlen=12)).append(line.rstrip())
        self._handler.handle(logging.LogRecord("stack", logging.INFO, "", 0, text, None, None))
        if self._echo:
            try:
                print(text, file=sys.stderr, flush=True)
            except (OSError, ValueError):
                self._echo = False

    def follow(self, name: str, stream: IO[str]) -> threading.Thread:
        """Reads the stream to its end in the background."""

        def pump() -> None:
            with stream:
                for line in stream:
                    self.write(name, line)

        thread = threading.Thread(target=pump, name=f"log of {name}", daemon=True)
        thread.start()
        return thread

    def close(self) -> None:
        self._handler.close()

    def last_lines(self, name: str) -> str:
        """The end of what one process said."""
        return "\n".join(self._last.get(name, ()))
