"""The product's processes as they are in production, each of its own: Celery workers, beats, the web server."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from celery import Celery
from django.conf import settings
from django.db import connection

from b2bops.celery import broker_url
from chaos.web import Web
from launch import port, programs
from launch.process import spawn

# A second where the product takes half a minute, so that many kills fit into one.
QUICK = {"RUN_POKE_SECONDS": "0.5", "RUN_HEARTBEAT_SECONDS": "0.3", "RUN_LEASE_SECONDS": "1.5"}
ITS_OWN_PACE: dict[str, str] = {}


def environment_here(redis_url: str) -> dict[str, str]:
    """What other processes need to work on the database that this one has open, with the given Redis."""
    here = connection.settings_dict
    where = quote(here["HOST"], safe="") + (f":{here['PORT']}" if here["PORT"] else "")
    who = quote(here["USER"]) + (f":{quote(here['PASSWORD'])}" if here["PASSWORD"] else "")
    return os.environ | {
        "DATABASE_URL": f"postgres://{who}@{where}/{here['NAME']}",
        "REDIS_URL": redis_url,
        "SECRET_KEY": settings.SECRET_KEY,
    }


class Crew:
    """Processes on one database and one Redis. Everything is killed at the end, politely or not."""

    def __init__(self, folder: Path, environment: Mapping[str, str], pace: Mapping[str, str] = QUICK):
        self._folder = folder
        self._environment = {**environment, **pace}
        self._processes: list[subprocess.Popen] = []
        self._workers: list[subprocess.Popen] = []

    def start(self, name: str, words: list[str], **variables: str) -> subprocess.Popen:
        """A process in a session of its own, with a log `name`-n.log."""
        with (self._folder / f"{name}-{len(self._processes)}.log").open("wb") as log:
            process = spawn(
                words,
                death_signal=signal.SIGKILL,
                stdout=log,
                stderr=log,
                cwd=settings.BASE_DIR,
                env={**self._environment, **variables},
            )
        self._processes.append(process)
        return process

    def _celery(self, *words: str, **variables: str) -> subprocess.Popen:
        command = [sys.executable, "-m", "celery", "-A", "b2bops", *words, "--loglevel", "WARNING"]
        return self.start(words[0], command, **variables)

    def start_worker(self, processes: int = 3, **variables: str) -> subprocess.Popen:
        name = f"worker{len(self._processes)}@localhost"
        worker = self._celery("worker", "-Q", "slow,fast", "-c", str(processes), "-n", name, **variables)
        self._workers.append(worker)
        return worker

    def replace_ended_workers(self) -> None:
        """Start another for each worker that ended by itself, as the supervisor does: Celery gives up on some errors of a
        broker that goes away (kombu asks a transport for its connection after it was closed).
        """
        for worker in [each for each in self._workers if each.poll() is not None]:
            self._workers.remove(worker)
            self.start_worker()

    def start_beat(self) -> subprocess.Popen:
        schedule = self._folder / f"beat-{len(self._processes)}"
        return self._celery("beat", "--schedule", str(schedule), "--pidfile=")

    def start_web(self) -> Web:
        """The web server on a free port, once it answers."""
        number = str(port.choose("127.0.0.1", None))
        variables = {
            "HOST": "127.0.0.1",
            "PORT": number,
            "WEB_PROCESSES": "2",
            "PUBLIC_URL": f"http://127.0.0.1:{number}",
        }
        self.start("web", programs.command("web", variables, self._folder), **variables)
        web = Web(int(number))
        wait_until(lambda: web.get("/livez").status == 200, what=self.logs)
        return web

    def kill(self, process: subprocess.Popen) -> None:
        """kill -9 of a process with all its children, as when the machine's power goes."""
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        self._workers = [each for each in self._workers if each is not process]

    def stop(self) -> None:
        for process in self._processes:
            if process.poll() is None:
                self.kill(process)

    def celery(self) -> Celery:
        """A client of their broker; this process's own Celery app speaks to another one, or to nobody."""
        client = Celery(broker=broker_url(self._environment["REDIS_URL"]))
        client.conf.broker_transport_options = {"global_keyprefix": "b2bops:"}
        return client

    def logs(self) -> str:
        return "\n".join(path.read_text(errors="replace") for path in sorted(self._folder.glob("*.log")))


@contextmanager
def crew(folder: Path, environment: Mapping[str, str], pace: Mapping[str, str] = QUICK) -> Iterator[Crew]:
    people = Crew(folder, environment, pace)
    try:
        yield people
    finally:
        people.stop()


def wait_until(is_so: Callable[[], object], *, seconds: float = 60, what: str | Callable[[], str] = ""):
    """The first true answer; an AssertionError saying `what` when there is none in time."""
    end = time.monotonic() + seconds
    while not (answer := is_so()):
        if time.monotonic() > end:
            raise AssertionError(f"not within {seconds:.0f} s: {what() if callable(what) else what}")
        time.sleep(0.02)
    return answer
