"""Finds a Python the product runs on, among those already on the machine."""

from __future__ import annotations

import glob
import os
import subprocess
import sys

# in order of preference; all three are tested
MINORS = (13, 14, 12)

# Modules that home-made builds often lack, and builds without the global lock, for which few packages have wheels.
PROBE = """
import sys, sysconfig
import ctypes, ssl, venv, zlib
if sys.implementation.name == "cpython" and not sysconfig.get_config_var("Py_GIL_DISABLED"):
    print("%d.%d" % sys.version_info[:2], getattr(sys, "_base_executable", None) or sys.executable, sep="|")
"""


class Interpreter:
    """A Python that was run once and answered."""

    def __init__(self, path: str, version: tuple) -> None:
        self.path = path
        self.version = version


def probe(candidate: str) -> Interpreter | None:
    """Runs the candidate and returns what it says it is; None when it does not run or lacks something we need.

    A name on PATH proves nothing: version managers put stubs there for Pythons that are not switched on.
    """
    try:
        done = subprocess.run(
            [candidate, "-Ic", PROBE],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=20,
            cwd="/",
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    version, _, path = done.stdout.decode("utf-8", "surrogateescape").strip().partition("|")
    if done.returncode != 0 or not path:
        return None
    major, minor = version.split(".")
    return Interpreter(path, (int(major), int(minor)))


def candidates(minor: int, environ) -> list:
    """Paths and names under which Python 3.`minor` is commonly found, likeliest first."""
    home = environ.get("HOME") or os.path.expanduser("~")
    pyenv = environ.get("PYENV_ROOT") or os.path.join(home, ".pyenv")
    uv = environ.get("UV_PYTHON_INSTALL_DIR") or os.path.join(home, ".local", "share", "uv", "python")
    name = f"python3.{minor}"
    found = [name]
    for pattern in (
        os.path.join(glob.escape(pyenv), "versions", f"3.{minor}.*", "bin", name),
        os.path.join(glob.escape(uv), f"cpython-3.{minor}*", "bin", name),
        os.path.join("/opt/homebrew/bin", name),
        os.path.join("/usr/local/bin", name),
        os.path.join("/usr/bin", name),
        os.path.join(f"/Library/Frameworks/Python.framework/Versions/3.{minor}/bin", name),
    ):
        found += sorted(glob.glob(pattern), key=_by_number, reverse=True)
    return found


def _by_number(path: str) -> list:
    """3.13.10 after 3.13.9."""
    return [int(part) if part.isdigit() else 0 for part in path.replace(os.sep, ".").split(".")]


def find(environ=None, minors=MINORS) -> Interpreter | None:
    """The Python to build the environment with: 3.13, else 3.14, else 3.12; None when the machine has none of them."""
    environ = os.environ if environ is None else environ
    if sys.version_info[:2] == (3, minors[0]):
        own = probe(sys.executable)
        if own and own.version == (3, minors[0]):
            return own
    tried = set()
    for minor in minors:
        for candidate in [sys.executable] * (sys.version_info[:2] == (3, minor)) + candidates(minor, environ):
            if candidate in tried:
                continue
            tried.add(candidate)
            interpreter = probe(candidate)
            if interpreter and interpreter.version == (3, minor):
                return interpreter
    return None
