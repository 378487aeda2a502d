"""Starting processes that cannot outlive us, and knowing one again after its number was given to another."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

PR_SET_PDEATHSIG = 1


def die_with_parent(number: int) -> Callable[[], None] | None:
    """For `preexec_fn`: the child gets this signal when we die, even by SIGKILL. Linux only; None elsewhere."""
    if not sys.platform.startswith("linux"):
        return None
    libc = ctypes.CDLL(None, use_errno=True)
    parent = os.getpid()

    def arrange() -> None:
        libc.prctl(PR_SET_PDEATHSIG, int(number), 0, 0, 0)
        if os.getppid() != parent:  # it died before we could ask
            os.kill(os.getpid(), number)

    return arrange


def spawn(argv: Sequence[str | Path], *, death_signal: int = signal.SIGTERM, **options) -> subprocess.Popen:
    """A child in a session of its own: Ctrl-C reaches us alone, and we stop the children in order."""
    return subprocess.Popen(
        [str(word) for word in argv],
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=die_with_parent(death_signal),
        **options,
    )


def identity(pid: int) -> str | None:
    """Something that differs between two processes that had the same number; None when there is no such process."""
    if sys.platform.startswith("linux"):
        try:
            stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
        except OSError:
            return None
        fields = stat.rpartition(")")[2].split()
        if fields[0] == "Z":
            return None
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return f"{boot} {fields[19]}"  # the tick at which it started
    done = subprocess.run(["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return done.stdout.strip() or None


def command_line(pid: int) -> str:
    """The words a process was started with, joined by blanks; empty when it is gone."""
    if sys.platform.startswith("linux"):
        try:
            words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except OSError:
            return ""
        return " ".join(word.decode("utf-8", "surrogateescape") for word in words).strip()
    done = subprocess.run(["ps", "-ww", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return done.stdout.strip()


def signal_group(pid: int, number: int) -> bool:
    """Signals every process of the session that `spawn` made. False when none is left."""
    try:
        os.killpg(pid, number)
    except ProcessLookupError:
        return False
    except PermissionError:  # macOS answers so for a group of zombies
        return False
    return True


def end_group(pid: int, grace: float, is_gone: Callable[[], bool]) -> bool:
    """TERM, then KILL after `grace` seconds. True when the KILL was needed."""
    signal_group(pid, signal.SIGTERM)
    end = time.monotonic() + grace
    while not is_gone():
        if time.monotonic() > end:
            signal_group(pid, signal.SIGKILL)
            return True
        time.sleep(0.05)
    return False


def ending(code: int) -> str:
    """How a process ended, in words: `exit 1`, `killed by SIGKILL`."""
    if code >= 0:
        return f"exit {code}"
    try:
        return f"killed by {signal.Signals(-code).name}"
    except ValueError:
        return f"killed by signal {-code}"
