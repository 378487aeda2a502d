"""`./run`: from nothing to the address and the login, and back to nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from launch import database, port, programs, state
from launch.assets import Assets, has_command
from launch.checkout import Checkout, clean_environment
from launch.console import Failure, answer, say
from launch.lock import FileLock
from launch.logs import StackLog
from launch.servers import Servers, servers_of
from launch.state import State
from launch.steps import Steps
from launch.stop_signals import Signals, Stopped
from launch.supervisor import Service, Supervisor

# a worker finishes the step it is in: steps last under a minute, and half of that is common
GRACE = {"web": 15, "beat": 10, "worker-fast": 20, "worker-slow": 20}


@dataclass
class Stack:
    """One checkout's product. At most one at a time: whoever holds `lock` is it."""

    checkout: Checkout

    @property
    def lock(self) -> FileLock:
        return FileLock(self.checkout.local / "stack.lock")

    @property
    def state_file(self) -> Path:
        return self.checkout.local / "stack.json"

    def is_running(self) -> bool:
        probe = self.lock
        if probe.try_acquire(shared=True):
            probe.release()
            return False
        return True

    # ./run

    def start(self, *, no_demo: bool) -> int:
        """Runs in the foreground until asked to stop. Returns the exit code. Raises Failure."""
        signals = Signals()
        signals.install()
        lock = self.lock
        told = False
        while not lock.try_acquire():
            current = state.read(self.state_file)
            if current and current.kind == "stack":
                return self._already_running()
            if current and not told:
                say("waiting for ./run manage to finish")
                told = True
            signals.check()
            time.sleep(0.1)
        try:
            return self._hold(signals, no_demo)
        finally:
            lock.release()

    def _hold(self, signals: Signals, no_demo: bool) -> int:
        state.end_leftovers(state.read(self.state_file))
        note = State(pid=os.getpid(), kind="stack")
        note.write(self.state_file)
        supervisor = None
        try:
            host = os.environ.get("HOST") or "127.0.0.1"
            environment = clean_environment(os.environ)
            number = port.choose(host, os.environ.get("PORT"))
            environment |= {"PORT": str(number), "HOST": host, "PYTHONUNBUFFERED": "1"}
            note.url = environment.get("PUBLIC_URL") or f"http://127.0.0.1:{number}"
            servers = servers_of(self.checkout, os.environ)
            environment |= servers.environment
            note.environment = environment
            supervisor = Supervisor(
                servers=servers,
                state=note,
                state_file=self.state_file,
                log=StackLog(self.checkout.logs / "stack.log", echo=sys.stderr.isatty()),
                signals=signals,
                environment=environment,
                folder=self.checkout.root,
            )
            self._bring_up(supervisor, no_demo)
            supervisor.watch()
        except Stopped:
            pass
        finally:
            say("stopping")
            if supervisor:
                supervisor.stop()
            state.remove(self.state_file)
        say("stopped")
        return 0

    def _bring_up(self, supervisor: Supervisor, no_demo: bool) -> None:
        began = time.monotonic()
        steps = Steps(supervisor.signals, supervisor.environment, self.checkout.root, supervisor.revive)
        note = supervisor.state
        supervisor.start_servers()
        Assets(self.checkout, steps).build()
        migrate(self.checkout, steps, supervisor.servers)
        note.phase = "serving"
        supervisor.launch(
            [
                Service(name, programs.command(name, supervisor.environment, self._scratch()), GRACE[name])
                for name in programs.NAMES
            ]
        )
        supervisor.wait_until_ready(note.url)
        login = FirstStart(self.checkout, steps, supervisor.servers.owner_url, note.url).lines(no_demo)
        note.phase = "ready"
        note.announcement = [f"B2BOps is ready at {note.url}", *login]
        note.write(self.state_file)
        for line in note.announcement:
            answer(line)
        hint = "Ctrl-C stops" if sys.stdin and sys.stdin.isatty() else "./run stop stops"
        say(f"up after {time.monotonic() - began:.0f} s; {hint}; logs in {self.checkout.logs}")

    def _scratch(self) -> Path:
        """Beat's memory of what it sent when. It only pokes, and a file torn by a crash would keep it from starting."""
        for leftover in self.checkout.local.glob("beat*"):
            leftover.unlink(missing_ok=True)
        return self.checkout.local

    def _already_running(self) -> int:
        """Waits until the running one is ready and says where it is."""
        while self.is_running():
            current = state.read(self.state_file)
            if current and current.phase == "ready":
                asked = os.environ.get("PORT")
                if asked and current.environment.get("PORT") != asked:
                    raise Failure(f"Already running at {current.url}; ./run stop, then start it on port {asked}.")
                say(f"already running (process {current.pid}); stop it with ./run stop")
                for line in current.announcement:
                    answer(line)
                return 0
            time.sleep(0.2)
        raise Failure("Another start of this checkout failed; start again.")

    # ./run --detach

    def start_detached(self, words: list[str]) -> int:
        """Starts in a session of its own and returns when ready. Raises Failure."""
        if self.is_running():
            current = state.read(self.state_file)
            if current and current.kind == "stack":
                return self._already_running()
        path = self.checkout.logs / "start.log"
        signals = Signals()
        signals.install()
        with path.open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "launch", "start", *words],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                cwd=self.checkout.root,
                env=clean_environment(os.environ),
            )
        with path.open(encoding="utf-8", errors="replace") as log:
            while True:
                code = process.poll()
                current = state.read(self.state_file)
                ready = current is not None and current.pid == process.pid and current.phase == "ready"
                for line in log:
                    if line.startswith("[run] ") or code:
                        say(line.removeprefix("[run] ").rstrip())
                if code is not None:
                    return code
                if ready:
                    for line in current.announcement if current else ():
                        answer(line)
                    return 0
                if signals.any():
                    process.terminate()
                    process.wait()
                    return 130
                time.sleep(0.1)

    # ./run stop

    def stop(self) -> int:
        """Stops what runs here and cleans up after what was killed. Returns when nothing is left."""
        current = state.read(self.state_file)
        lock = self.lock
        if lock.try_acquire():
            try:
                gone = state.end_leftovers(current)
                if current and current.kind == "stack":
                    end_servers(self.checkout, current)
                    state.remove(self.state_file)
                say("cleaned up after a start that was killed" if gone else "nothing is running here")
            finally:
                lock.release()
            return 0
        if current is None or current.kind != "stack":
            say("only ./run manage is running here; it ends by itself")
            return 0
        say(f"stopping {current.url or 'the start in progress'} (process {current.pid})")
        try:
            os.kill(current.pid, 15)
        except ProcessLookupError:
            pass
        except PermissionError:
            raise Failure("It was started by another user; stop it as that one.") from None
        end = time.monotonic() + 120
        while self.is_running():
            if time.monotonic() > end:
                raise Failure(f"Process {current.pid} does not stop; see {self.checkout.logs}.")
            time.sleep(0.1)
        say("stopped")
        return 0


def end_servers(checkout: Checkout, current: State) -> None:
    """Ends embedded servers that outlived their supervisor (where the system does not do it by itself)."""
    given = {
        key: value for key, value in os.environ.items() if key in ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL")
    }
    servers = servers_of(checkout, given)
    if servers.postgres:
        servers.postgres.end_leftover()
    if servers.valkey:
        servers.valkey.end_leftover()


def migrate(checkout: Checkout, steps: Steps, servers: Servers) -> None:
    """Brings the schema up to date, unless these very migrations already did. Raises Failure or Stopped."""
    mark = database.schema_mark(checkout.root)
    if database.applied_mark(servers.owner_url) == mark:
        return
    say("migrating the database")
    steps.run(
        [sys.executable, checkout.manage, "migrate", "-v", "0", "--noinput"], "The database could not be migrated"
    )
    database.note_mark(servers.owner_url, mark)


@dataclass
class FirstStart:
    """What an installation without people gets: the demo company, or the link for its first owner."""

    checkout: Checkout
    steps: Steps
    owner_url: str
    url: str

    @property
    def note(self) -> Path:
        return self.checkout.local / "demo.json"

    def lines(self, no_demo: bool) -> list[str]:
        """What to print under the address. Raises Failure or Stopped."""
        remembered = self._remembered()
        cut_off = remembered is not None and not remembered["loaded"]
        empty = database.is_empty(self.owner_url)
        if not no_demo and (empty or cut_off) and has_command(self.checkout, "load_demo"):
            return self._load_demo()
        if empty and has_command(self.checkout, "first_owner_link"):
            printed = self._manage("first_owner_link", message="The first owner's link could not be made")
            return [f"Nobody is here yet. The first owner signs up at {line}" for line in printed if line]
        if remembered is None or not remembered["loaded"] or empty:
            return []
        # The address may be another one than when the demo was loaded: the next free port.
        return [line.replace(remembered.get("url", self.url), self.url) for line in remembered["lines"]]

    def _load_demo(self) -> list[str]:
        say("loading the demo company")
        self._remember(loaded=False, lines=[])
        lines = self._manage(
            "load_demo", message="The demo company could not be loaded; --no-demo starts without it", relay=True
        )
        self._remember(loaded=True, lines=lines)
        return lines

    def _remembered(self) -> dict | None:
        """The note about this database; one about another does not count."""
        try:
            note = json.loads(self.note.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return note if note.get("database") == database.name_of(self.owner_url) else None

    def _remember(self, *, loaded: bool, lines: list[str]) -> None:
        self.note.touch(mode=0o600)
        text = {"database": database.name_of(self.owner_url), "loaded": loaded, "lines": lines, "url": self.url}
        self.note.write_text(json.dumps(text, ensure_ascii=False), encoding="utf-8")

    def _manage(self, name: str, *, message: str, relay: bool = False) -> list[str]:
        return self.steps.run([sys.executable, self.checkout.manage, name], message, relay=relay)


def variables_of(environ: Mapping[str, str]) -> dict[str, str]:
    """The part of a running stack's environment that a command has to share with it."""
    shared = (
        "DATABASE_URL",
        "DATABASE_OWNER_URL",
        "REDIS_URL",
        "PORT",
        "HOST",
        "PUBLIC_URL",
        "SECRET_KEY",
        "SECRET_KEY_FALLBACKS",
        "SECRET_KEY_FILE",
        "DEBUG",
    )
    return {key: environ[key] for key in shared if key in environ}
