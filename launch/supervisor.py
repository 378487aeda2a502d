"""One parent for everything: starts in order, watches, starts again what ends by itself, stops in reverse order."""

from __future__ import annotations

import contextlib
import http.client
import signal
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from launch.console import Failure, say
from launch.logs import StackLog
from launch.postgres import Postgres
from launch.process import ending, signal_group, spawn
from launch.servers import Servers
from launch.state import State
from launch.stop_signals import Signals
from launch.valkey import Valkey

LONGEST_PAUSE = 30.0
# after running this long, a process that ends counts as a first failure again
STEADY = 60.0
TRIES_BEFORE_READY = 3
TRIES_OF_A_SERVER = 5


@dataclass
class Service:
    """One process of the product that should always run."""

    name: str
    argv: Sequence[str]
    grace: float = 20
    process: subprocess.Popen[str] | None = None
    started_at: float = 0
    failures: int = 0
    again_at: float | None = None
    output: threading.Thread | None = None

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    @property
    def ending(self) -> str:
        return ending(self.process.returncode) if self.process else "never started"

    def ask_to_stop(self) -> None:
        """TERM to the process alone: it decides in which order its own children go."""
        if self.process and self.is_running:
            with contextlib.suppress(ProcessLookupError):
                self.process.send_signal(signal.SIGTERM)

    def end(self) -> None:
        """Whatever is left of it and of what it started."""
        if self.process:
            signal_group(self.process.pid, signal.SIGKILL)
            self.process.wait()
        if self.output:
            self.output.join(1)  # its last words


@dataclass
class Supervisor:
    """Keeps servers and services. Used from one thread: a child dies with the thread that started it."""

    servers: Servers
    state: State
    state_file: Path
    log: StackLog
    signals: Signals
    environment: Mapping[str, str]
    folder: Path
    services: list[Service] = field(default_factory=list)
    is_ready: bool = False

    # starting

    def start_servers(self) -> None:
        self.servers.start(self.signals.any)
        self.signals.check()
        self._note()

    def launch(self, services: Sequence[Service]) -> None:
        for service in services:
            self.services.append(service)
            self._spawn(service)

    def _spawn(self, service: Service) -> None:
        service.process = spawn(
            service.argv,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            env=self.environment,
            cwd=self.folder,
        )
        service.started_at = time.monotonic()
        service.again_at = None
        if service.process.stdout:
            service.output = self.log.follow(service.name, service.process.stdout)
        self.state.note_child(service.name, service.process.pid)
        self._note()

    def wait_until_ready(self, public_url: str, patience: float = 60, limit: float = 180) -> None:
        """Returns when all parts answer; after `patience` seconds web and database do. Raises Failure or Stopped."""
        address = (reachable_host(self.environment["HOST"]), int(self.environment["PORT"]))
        began = time.monotonic()
        while True:
            waited = time.monotonic() - began
            status, body = ask("/healthz", address, public_url)
            if status == 200:
                break
            if waited > patience and ask("/livez", address, public_url)[0] == 200:
                say(f"the web answers, but not everything behind it does: {body or 'no answer'}")
                break
            if waited > limit:
                said = self.log.last_lines("web")
                raise Failure(f"The web server did not answer within {limit:.0f} s; see {self.log.path}\n{said}")
            for _ in range(4):
                self.signals.check()
                self.revive()
                time.sleep(0.05)
        self.is_ready = True

    # running

    def watch(self) -> None:
        """Returns when asked to stop. Raises Failure when a server cannot be brought back."""
        while not self.signals.any():
            self.revive()
            time.sleep(0.2)

    def revive(self) -> None:
        """Starts again whatever has ended."""
        for name, server in (("Postgres", self.servers.postgres), ("Valkey", self.servers.valkey)):
            if server and server.process and (code := server.process.poll()) is not None:
                self._revive_server(name, server, code)
        now = time.monotonic()
        for service in self.services:
            if service.again_at is not None:
                if now >= service.again_at:
                    self._spawn(service)
            elif not service.is_running:
                self._plan_restart(service, now)

    def _revive_server(self, name: str, server: Postgres | Valkey, code: int) -> None:
        say(f"{name} ended by itself ({ending(code)}): starting it again")
        for attempt in range(1, TRIES_OF_A_SERVER + 1):
            try:
                server.start(self.signals.any)
            except Failure as failure:
                if attempt == TRIES_OF_A_SERVER:
                    raise
                say(f"{name} did not come back, trying again: {str(failure).splitlines()[0]}")
                time.sleep(min(attempt, 5))
            else:
                if not self.signals.any():
                    say(f"{name} answers again")
                return
            self.signals.check()

    def _plan_restart(self, service: Service, now: float) -> None:
        service.end()  # what it had started itself must not go on beside its successor
        service.failures = 1 if now - service.started_at > STEADY else service.failures + 1
        if not self.is_ready and service.failures >= TRIES_BEFORE_READY:
            raise Failure(f"{service.name} does not start ({service.ending}):\n{self.log.last_lines(service.name)}")
        pause = min(LONGEST_PAUSE, 2.0 ** (service.failures - 1))
        service.again_at = now + pause
        say(f"{service.name} ended by itself ({service.ending}): starting it again in {pause:.0f} s")

    # stopping

    def stop(self) -> None:
        """Web and beat first, so that nothing new comes in; the workers finish what they hold; the servers last."""
        order = ("web", "beat")
        first = [service for service in self.services if service.name in order]
        rest = [service for service in self.services if service.name not in order]
        for service in [*first, *rest]:
            service.ask_to_stop()
        began = time.monotonic()
        told = False
        while waiting := [service for service in self.services if service.is_running]:
            elapsed = time.monotonic() - began
            if not told and elapsed > 3:
                names = ", ".join(service.name for service in waiting)
                say(f"waiting for {names} to finish what is running (Ctrl-C again: do not wait)")
                told = True
            for service in waiting:
                if elapsed > service.grace or self.signals.in_a_hurry:
                    say(f"{service.name} did not stop by itself and was ended")
                    service.end()
            time.sleep(0.05)
        for service in self.services:
            service.end()
        self.log.close()
        self.servers.stop()

    def _note(self) -> None:
        self.state.write(self.state_file)


def reachable_host(host: str) -> str:
    """Where to knock when the web server listens on `host`."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104


def ask(path: str, address: tuple[str, int], public_url: str) -> tuple[int, str]:
    """Status and body of one of our own health pages; 0 when nobody answers. Never through a proxy."""
    public = urlsplit(public_url)
    headers = {"Host": public.netloc, "X-Forwarded-Proto": public.scheme}
    connection = http.client.HTTPConnection(*address, timeout=5)
    try:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.read(2000).decode("utf-8", "replace")
    except (OSError, http.client.HTTPException):
        return 0, ""
    finally:
        connection.close()
