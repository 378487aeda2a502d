"""How long a newcomer waits: a fresh clone, `./run`, until the demo's dashboard is there. Needs the package registries."""

import os
import subprocess
import tempfile
import time
from pathlib import Path

from django.conf import settings

from bench.result import Result

BAR_SECONDS = 180
PORT = "8790"
# What would lead the clone to this run's servers instead of its own.
NOT_PASSED_ON = (
    "DATABASE_URL",
    "DATABASE_OWNER_URL",
    "REDIS_URL",
    "SECRET_KEY",
    "SECRET_KEY_FILE",
    "DJANGO_SETTINGS_MODULE",
)


def measure() -> list[Result]:
    environment = {name: value for name, value in os.environ.items() if name not in NOT_PASSED_ON} | {"PORT": PORT}
    with tempfile.TemporaryDirectory() as folder:
        clone = Path(folder) / "clone"
        subprocess.run(["git", "clone", "-q", settings.BASE_DIR, clone], check=True)  # noqa: S603, S607
        started = time.monotonic()
        try:
            subprocess.run([clone / "run", "--detach"], check=True, env=environment, cwd=clone)  # noqa: S603
            first = time.monotonic() - started
            subprocess.run([clone / "run", "stop"], check=True, env=environment, cwd=clone)  # noqa: S603
            started = time.monotonic()
            subprocess.run([clone / "run", "--detach"], check=True, env=environment, cwd=clone)  # noqa: S603
            second = time.monotonic() - started
        finally:
            subprocess.run([clone / "run", "stop"], check=False, env=environment, cwd=clone)  # noqa: S603
    return [
        Result("a fresh clone runs to the demo's dashboard", first, BAR_SECONDS, unit=" s"),
        Result("the second start", second, unit=" s"),
    ]
