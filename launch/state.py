"""What a running stack writes down about itself, for the commands that adopt it, stop it, or clean up after it."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path

from launch.console import say
from launch.process import identity, signal_group


@dataclass
class State:
    """`kind` is `stack` for the whole product and `command` for servers that are up for one command.

    `phase` goes from `starting` over `serving` (the database is migrated) to `ready`; `children` are names with number
    and identity.
    """

    pid: int
    kind: str
    phase: str = "starting"
    url: str = ""
    environment: dict[str, str] = field(default_factory=dict)
    announcement: list[str] = field(default_factory=list)
    children: dict[str, tuple[int, str]] = field(default_factory=dict)

    def write(self, path: Path) -> None:
        """Atomically, and for our eyes only: addresses may hold passwords."""
        beside = path.with_name(path.name + ".new")
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(asdict(self), file)
        beside.replace(path)

    def note_child(self, name: str, pid: int) -> None:
        self.children[name] = (pid, identity(pid) or "")


def read(path: Path) -> State | None:
    """The last state written; None when there is none or it cannot be read."""
    try:
        return State(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def end_leftovers(state: State | None, grace: float = 5) -> int:
    """Ends processes of a stack whose supervisor was killed; returns how many there were.

    A number that was given to another process since is left alone. Servers are not in the list: they know their own.
    """
    if state is None:
        return 0
    alive = {name: pid for name, (pid, mark) in state.children.items() if mark and identity(pid) == mark}
    if not alive:
        return 0
    say(f"ending what a killed start left running: {', '.join(sorted(alive))}")
    for pid in alive.values():
        signal_group(pid, signal.SIGTERM)
    end = time.monotonic() + grace
    while time.monotonic() < end and any(identity(pid) for pid in alive.values()):
        time.sleep(0.1)
    for pid in alive.values():
        signal_group(pid, signal.SIGKILL)
    return len(alive)


def remove(path: Path) -> None:
    with contextlib.suppress(FileNotFoundError):
        path.unlink()
