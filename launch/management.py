"""`./run manage …`: one management command, with servers up for as long as it takes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from launch import database, state
from launch.assets import Assets
from launch.checkout import Checkout, clean_environment
from launch.console import Failure, say
from launch.lock import FileLock
from launch.process import die_with_parent
from launch.servers import servers_of
from launch.stack import Stack, migrate, variables_of
from launch.state import State
from launch.steps import Steps
from launch.stop_signals import Signals

ADDRESSES = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL")


def manage(checkout: Checkout, words: list[str]) -> int:
    """Runs the command in the caller's folder with the caller's streams; returns its exit code. Raises Failure."""
    signals = Signals()
    signals.install()
    with serving(checkout, signals, migrated=words[:1] not in (["migrate"], ["makemigrations"])) as environment:
        if words[:1] == ["migrate"] and (owner := environment.get("DATABASE_OWNER_URL")):
            database.note_mark(owner, None)  # by hand, it may go backwards
        return run_in_front([sys.executable, str(checkout.manage), *words], environment, signals)


@contextmanager
def serving(checkout: Checkout, signals: Signals, *, migrated: bool) -> Iterator[dict[str, str]]:
    """The environment of servers that answer: the running stack's, one's own, or some started for the block."""
    environment = clean_environment(os.environ)
    if all(os.environ.get(key) for key in ADDRESSES):
        yield environment | _beside(checkout, environment, signals, migrated)
        return
    stack = Stack(checkout)
    lock = stack.lock
    users = FileLock(checkout.local / "users.lock")
    while not lock.try_acquire():
        current = state.read(stack.state_file)
        if current and current.phase != "starting":
            # held while we use them: servers started for a command wait for us before they go
            users.acquire(shared=True, until=signals.check)
            if stack.is_running():
                try:
                    yield environment | variables_of(current.environment)
                    return
                finally:
                    users.release()
            users.release()
        signals.check()
        time.sleep(0.05)
    servers = None
    try:
        state.end_leftovers(state.read(stack.state_file))
        note = State(pid=os.getpid(), kind="command")
        note.write(stack.state_file)
        servers = servers_of(checkout, os.environ)
        servers.start(signals.any)
        signals.check()
        environment |= servers.environment
        steps = Steps(signals, environment, checkout.root)
        Assets(checkout, steps).translate()
        if migrated:
            migrate(checkout, steps, servers)
        note.environment, note.phase = environment, "serving"
        note.write(stack.state_file)
        yield environment
        users.acquire(on_wait=lambda: say("waiting for other commands that use these servers"), until=signals.check)
    finally:
        users.release()
        if servers:
            servers.stop()
        state.remove(stack.state_file)
        lock.release()


def _beside(checkout: Checkout, environment: Mapping[str, str], signals: Signals, migrated: bool) -> dict[str, str]:
    """What a command on servers of one's own shares with a stack of this checkout on the same ones; nothing without one.

    Makes the tables in a database that has none. Never upgrades one: others may be running on it.
    """
    stack = Stack(checkout)
    lock = stack.lock
    while not lock.try_acquire():
        current = state.read(stack.state_file)
        if current and current.phase != "starting":
            is_same = all(current.environment.get(key) == environment[key] for key in ADDRESSES)
            return variables_of(current.environment) if is_same else {}
        signals.check()
        time.sleep(0.05)
    try:
        if migrated and not database.has_tables(environment["DATABASE_OWNER_URL"]):
            migrate(checkout, Steps(signals, environment, checkout.root), servers_of(checkout, environment))
    finally:
        lock.release()
    return {}


def run_in_front(
    argv: list[str],
    environment: Mapping[str, str],
    signals: Signals,
    folder: Path | None = None,
    passed_as: int | None = None,
) -> int:
    """Runs a program as if the caller had: Ctrl-C by the terminal, TERM and HUP through us. Returns the exit code.

    passed_as: the signal to send instead, for a program that tidies up on that one alone.
    """
    process = subprocess.Popen(argv, env=dict(environment), cwd=folder, preexec_fn=die_with_parent(signal.SIGTERM))
    passed_on = 0
    while True:
        try:
            code = process.wait(0.2)
            break
        except subprocess.TimeoutExpired:
            for number in signals.received[passed_on:]:
                if number != signal.SIGINT:
                    process.send_signal(passed_as or number)
            passed_on = len(signals.received)
    return code if code >= 0 else 128 - code


def refuse_unknown(words: list[str]) -> None:
    """Raises Failure when no command is named: Django's list would need servers nobody asked for."""
    if not words:
        raise Failure("usage: ./run manage COMMAND …   (./run manage help lists the commands)", code=2)
