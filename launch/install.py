"""Brings the product's packages into `.venv`, every one checked against its hash, and enters there."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from launch import interpreter
from launch.certificates import trusting_the_system
from launch.checkout import Checkout, clean_environment, here
from launch.console import Failure, say
from launch.lock import FileLock
from launch.usage import USAGE

LOCKS = {
    "product": "requirements.txt",
    "embedded": "requirements-embedded.txt",
    "dev": "requirements-dev.txt",
}


def needed_groups(command: str, environ) -> set:
    """Which of LOCKS a command needs. Servers of one's own make the embedded ones unnecessary, except to the tests."""
    groups = {"product"}
    if command in ("test", "check", "chaos"):
        return groups | {"embedded", "dev"}
    if not (environ.get("DATABASE_URL") and environ.get("REDIS_URL")):
        groups.add("embedded")
    return groups


def fingerprint(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


class Environment:
    """The checkout's `.venv` and the note in it of what was installed."""

    def __init__(self, checkout: Checkout) -> None:
        self.checkout = checkout
        self.note = checkout.venv / "installed.json"

    def installed(self) -> dict:
        """Group → fingerprint of the lock file it was installed from; empty when nothing usable is there."""
        try:
            if not self.checkout.python.exists():  # the Python it was made with has gone
                return {}
            return json.loads(self.note.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}

    def wanted(self, groups) -> dict:
        return {group: fingerprint(self.checkout.root / LOCKS[group]) for group in sorted(groups)}

    def has(self, groups) -> bool:
        installed = self.installed()
        return all(installed.get(group) == mark for group, mark in self.wanted(groups).items())

    def install(self, groups) -> None:
        """Installs the groups beside those already there. Raises Failure."""
        began = time.monotonic()
        installed = self.installed()
        groups = set(groups) | set(installed)
        wanted = self.wanted(groups)
        uv = find_uv(self.checkout)
        if not installed:
            python = interpreter.find()
            if python:
                say(f"Python {python.version[0]}.{python.version[1]} at {python.path}")
            else:
                say("no Python 3.12 to 3.14 on this machine; asking uv for one")
            _call(
                [uv, "venv", "-q", "--clear", "--python", python.path if python else "3.13", str(self.checkout.venv)],
                "No Python 3.12, 3.13 or 3.14 was found and none could be fetched. Install one, then start again.",
            )
        say("installing packages ({})".format(", ".join(sorted(groups))))
        locks = [str(self.checkout.root / LOCKS[group]) for group in sorted(groups)]
        self.note.unlink() if self.note.exists() else None
        # sync, not install: a package that left the lock leaves the environment too
        _call(
            [
                uv,
                "pip",
                "sync",
                "-q",
                "--require-hashes",
                "--compile-bytecode",
                "--python",
                str(self.checkout.python),
                *locks,
            ],
            "The packages could not be installed (the reason stands above).",
        )
        _write(self.note, json.dumps(wanted))
        say("installed in %.0f s" % (time.monotonic() - began))


def find_uv(checkout: Checkout) -> str:
    """Path of uv, fetched into `.tools` when it is not there in the locked version. Raises Failure."""
    home = checkout.tools / "uv"
    lock = checkout.root / "launch" / "locks" / "uv.txt"
    program, note = home / "bin" / "uv", home / "installed"
    try:
        if program.exists() and note.read_text() == fingerprint(lock):
            return str(program)
    except OSError:
        pass
    shutil.rmtree(str(home), ignore_errors=True)
    checkout.tools.mkdir(exist_ok=True)
    arguments = [
        "install",
        "-q",
        "--disable-pip-version-check",
        "--no-deps",
        "--only-binary",
        ":all:",
        "--require-hashes",
    ]
    arguments += ["-r", str(lock)]
    # Debian splits venv and pip off its Python, so neither is certain to be there
    pythons = [sys.executable]
    other = interpreter.find() if not _has_pip_and_venv() else None
    if other:
        pythons.insert(0, other.path)
    for python in pythons:
        if _quiet([python, "-m", "pip", *arguments, "--target", str(home)]):
            break
        if _quiet([python, "-m", "venv", "--clear", str(home)]) and _quiet(
            [str(home / "bin" / "python"), "-m", "pip", *arguments]
        ):
            break
    else:
        found = shutil.which("uv")
        if found:
            return found
        raise Failure(
            "uv could not be installed: Python's pip or venv is missing, or the package registry cannot be reached. "
            "On Debian and Ubuntu: apt install python3-venv"
        )
    _write(note, fingerprint(lock))
    return str(program)


def _has_pip_and_venv() -> bool:
    return all(importlib.util.find_spec(name) for name in ("pip", "venv"))


def _child_environment() -> dict:
    environ = trusting_the_system(clean_environment(os.environ))
    environ["PIP_USER"] = "0"
    home = environ.get("HOME") or os.path.expanduser("~")
    if not os.access(home, os.W_OK):
        environ.setdefault("UV_CACHE_DIR", str(here().tools / "cache"))
    return environ


def _call(command, message: str) -> None:
    done = subprocess.run(
        command, env=_child_environment(), stdin=subprocess.DEVNULL, stdout=sys.stderr, cwd="/", check=False
    )
    if done.returncode != 0:
        raise Failure(message)


def _quiet(command) -> bool:
    done = subprocess.run(
        command,
        env=_child_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
        check=False,
    )
    return done.returncode == 0


def _write(path: Path, text: str) -> None:
    """All of it or nothing, whatever happens in between."""
    beside = path.with_name(path.name + ".new")
    beside.write_text(text, encoding="utf-8")
    os.replace(str(beside), str(path))


def _stop(number, frame) -> None:
    raise KeyboardInterrupt


def enter(arguments) -> None:
    """Makes the environment ready for the command and hands over to it. Does not return."""
    checkout = here()
    command = next((word for word in arguments if not word.startswith("-")), "start")
    if any(word in ("-h", "--help") for word in arguments[:1]):
        command = "help"
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) == signal.SIG_DFL:
            signal.signal(number, _stop)  # so that a child installing something is not left behind
    try:
        try:
            checkout.make_local()
        except OSError as error:
            raise Failure(f"{checkout.root} cannot be written to: {error.strerror}") from None
        environment = Environment(checkout)
        groups = needed_groups(command, os.environ)
        if not environment.has(groups) and command not in ("help", "stop"):
            lock = FileLock(str(checkout.local / "setup.lock"))
            lock.acquire(on_wait=lambda: say("waiting for another ./run that is installing"))
            if not environment.has(groups):
                environment.install(groups)
            lock.release()
    except Failure as failure:
        say(str(failure))
        sys.exit(failure.code)
    except OSError as error:
        say(f"setting up failed: {error}")
        sys.exit(1)
    except KeyboardInterrupt:
        say("stopped while setting up; the next start goes on from here")
        sys.exit(130)
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is _stop:
            signal.signal(number, signal.SIG_DFL)
    if not environment.installed():  # help and stop before anything was ever installed
        print(USAGE if command == "help" else "Nothing is running here.")
        sys.exit(0)
    if os.path.realpath(sys.prefix) != os.path.realpath(str(checkout.venv)):
        python = str(checkout.python)
        os.execve(python, [python, str(checkout.root / "run"), *arguments], clean_environment(os.environ))  # noqa: S606  our own words
    from launch.commands import main  # noqa: PLC0415  older Pythons cannot read what lies behind it

    sys.exit(main(arguments))
