"""The product's own processes and how each is started: one list for the supervisor and the container's entrypoint.

`python -m launch.programs NAME` becomes the named one.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

NAMES = ("web", "worker-fast", "worker-slow", "beat")
# Celery warns root of pickled messages; ours are JSON and nothing else is accepted
HUSHED = ("-W", "ignore:You're running the worker with superuser privileges")


def command(name: str, environ: Mapping[str, str], state: Path) -> list[str]:
    """The words to start it with. `state` is a writable folder. Raises KeyError for an unknown name.

    Environment: HOST and PORT; WEB_PROCESSES (default 2) and WEB_THREADS (default 4); FAST_PROCESSES (default 2) and
    SLOW_PROCESSES (default 1).
    """
    # -m throughout: scripts beside the interpreter break in long paths, with blanks in them and when the checkout moves
    celery = [sys.executable, *HUSHED, "-m", "celery", "--quiet", "-A", "b2bops"]
    quiet = ["--loglevel", environ.get("LOG_LEVEL", "WARNING")]
    return {
        "web": [
            *(sys.executable, "-m", "gunicorn", "b2bops.wsgi:application"),
            *("--bind", f"{_bracketed(environ.get('HOST', '127.0.0.1'))}:{environ.get('PORT', '8000')}"),
            *("--workers", environ.get("WEB_PROCESSES", "2"), "--threads", environ.get("WEB_THREADS", "4")),
            # the processes share what one of them read
            *("--preload", "--graceful-timeout", "10", "--timeout", "60", "--keep-alive", "5"),
            # a heartbeat file on a slow disk would have busy processes killed
            *("--worker-tmp-dir", "/dev/shm" if os.access("/dev/shm", os.W_OK) else tempfile.gettempdir()),  # noqa: S108
            *("--log-level", "warning"),
        ],
        "worker-fast": [
            *celery,
            "worker",
            "-Q",
            "fast",
            "-n",
            "fast@%h",
            "-c",
            environ.get("FAST_PROCESSES", "2"),
            *quiet,
        ],
        "worker-slow": [
            *celery,
            "worker",
            "-Q",
            "slow",
            "-n",
            "slow@%h",
            "-c",
            environ.get("SLOW_PROCESSES", "1"),
            *quiet,
        ],
        "beat": [*celery, "beat", "--schedule", str(state / "beat"), "--pidfile=", *quiet],
    }[name]


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


if __name__ == "__main__":
    words = command(sys.argv[1], os.environ, Path(os.environ.get("STATE_DIR") or tempfile.gettempdir()))
    os.execv(words[0], words)  # noqa: S606  the words are ours
