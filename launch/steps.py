"""Programs that are run to their end on the way to something else."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

from launch.console import Failure, say
from launch.process import end_group, ending, spawn
from launch.stop_signals import Signals, Stopped

LINES_SHOWN = 15


@dataclass(frozen=True)
class Steps:
    """Runs programs in `folder` with `environment`; `meanwhile` is called some times a second."""

    signals: Signals
    environment: Mapping[str, str]
    folder: Path
    meanwhile: Callable[[], None] = lambda: None

    def within(self, folder: Path, **variables: str) -> Steps:
        """The same elsewhere, with more variables."""
        return replace(self, folder=folder, environment={**self.environment, **variables})

    def run(self, argv: Sequence[str | Path], message: str, *, relay: bool = False) -> list[str]:
        """Runs a program and returns the lines of its stdout. Raises Failure(message), or Stopped when we are asked to.

        With `relay`, what it says on stderr is passed on as it comes; else it is shown only when it fails.
        """
        process = spawn(
            argv,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            env=self.environment,
            cwd=self.folder,
        )
        printed: list[str] = []
        said: list[str] = []

        def listen(line: str) -> None:
            said.append(line)
            if relay:
                say(line)

        threads = [_read(process.stdout, printed.append), _read(process.stderr, listen)]
        try:
            while process.poll() is None:
                self.signals.check()
                self.meanwhile()
                time.sleep(0.05)
        except (Stopped, Failure):
            end_group(process.pid, 10, lambda: process.poll() is not None)
            process.wait()
            raise
        finally:
            for thread in threads:
                thread.join(5)
        if process.returncode != 0:
            detail = [] if relay and said else (said or printed)[-LINES_SHOWN:]
            raise Failure("\n".join([f"{message} ({ending(process.returncode)})", *detail]))
        return printed


def _read(stream: IO[str] | None, take: Callable[[str], None]) -> threading.Thread:
    def pump() -> None:
        with stream or nullcontext(()) as lines:
            for line in lines:
                take(line.rstrip("\n"))

    thread = threading.Thread(target=pump, daemon=True)
    thread.start()
    return thread
