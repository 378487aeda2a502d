"""Real Celery workers and beats as processes of their own, on a Valkey of their own and the test's database."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from celery import Celery
from django.conf import settings
from django.db import connection

from b2bops.celery import broker_url
from launch.process import spawn
from launch.valkey import Valkey

SECONDS = {"RUN_POKE_SECONDS": "0.5", "RUN_HEARTBEAT_SECONDS": "0.3", "RUN_LEASE_SECONDS": "1.5"}


class Workers:
    """What runs beside the test. Everything is killed at the end, politely or not."""

    def __init__(self, folder: Path, valkey: Valkey):
        self.valkey = valkey
        self._folder = folder
        self._processes: list[subprocess.Popen] = []

    def start(self, *words: str) -> subprocess.Popen:
        number = len(self._processes)
        with (self._folder / f"{words[0]}-{number}.log").open("wb") as log:
            process = spawn(
                [sys.executable, "-m", "celery", "-A", "b2bops", *words, "--loglevel", "WARNING"],
                death_signal=signal.SIGKILL,
                stdout=log,
                stderr=log,
                cwd=settings.BASE_DIR,
                env=self._environment(),
            )
        self._processes.append(process)
        return process

    def start_worker(self) -> subprocess.Popen:
        number = len(self._processes)
        return self.start("worker", "-Q", "slow,fast", "-c", "3", "-n", f"worker{number}@localhost")

    def start_beat(self) -> subprocess.Popen:
        number = len(self._processes)
        return self.start("beat", "--schedule", str(self._folder / f"beat-{number}"), "--pidfile=")

    def kill(self, process: subprocess.Popen) -> None:
        """kill -9 of a worker with all its children, as when the machine's power goes."""
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def stop(self) -> None:
        for process in self._processes:
            if process.poll() is None:
                self.kill(process)

    def celery(self) -> Celery:
        """A client of their broker; the test's own Celery app speaks to nobody."""
        client = Celery(broker=broker_url(self.valkey.url))
        client.conf.broker_transport_options = {"global_keyprefix": "b2bops:"}
        return client

    def logs(self) -> str:
        return "\n".join(path.read_text(errors="replace") for path in sorted(self._folder.glob("*.log")))

    def _environment(self) -> dict[str, str]:
        database = urlsplit(os.environ["DATABASE_URL"])
        return (
            os.environ
            | SECONDS
            | {
                "DATABASE_URL": database._replace(path="/" + connection.settings_dict["NAME"]).geturl(),
                "REDIS_URL": self.valkey.url,
                "SECRET_KEY": settings.SECRET_KEY,
            }
        )


@contextmanager
def workers(folder: Path, valkey: Valkey):
    crew = Workers(folder, valkey)
    try:
        yield crew
    finally:
        crew.stop()


def wait_until(is_so: Callable[[], object], *, seconds: float = 60, what: str = ""):
    """The first true answer; fails the test when there is none in time."""
    end = time.monotonic() + seconds
    while not (answer := is_so()):
        assert time.monotonic() < end, f"not within {seconds} s: {what}"
        time.sleep(0.02)
    return answer
