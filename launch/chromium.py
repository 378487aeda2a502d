"""The browser for the tests: one that is there, or one that is installed."""

from __future__ import annotations

import glob
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping

from launch.console import Failure, say

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")
PLACES = (
    "/usr/bin/chromium",
    "/usr/lib/chromium/chromium",
    "/snap/bin/chromium",
    "/opt/google/chrome/chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "~/.cache/ms-playwright/chromium-*/chrome-linux*/chrome",
    "~/Library/Caches/ms-playwright/chromium-*/chrome-mac*/*.app/Contents/MacOS/*",
)
DEBIAN = ("chromium", "fonts-noto-cjk")


def find(environ: Mapping[str, str]) -> str | None:
    """Path of a browser: PLAYWRIGHT_CHROMIUM, then PATH, then the usual places; None without one. Raises Failure."""
    named = environ.get("PLAYWRIGHT_CHROMIUM")
    if named:
        if not os.access(named, os.X_OK):
            raise Failure(f"PLAYWRIGHT_CHROMIUM is {named}, and there is no program there.")
        return named
    for name in NAMES:
        if found := shutil.which(name, path=environ.get("PATH")):
            return found
    for place in PLACES:
        for path in sorted(glob.glob(os.path.expanduser(place)), reverse=True):
            if os.access(path, os.X_OK):
                return path
    return None


def ensure(environ: Mapping[str, str]) -> str:
    """Path of a browser, installed when there is none. Raises Failure naming the command that would do it."""
    found = find(environ)
    if found:
        return found
    apt = shutil.which("apt-get")
    if os.geteuid() == 0 and apt:
        say(f"installing {' and '.join(DEBIAN)} for the browser tests")
        silent = {**environ, "DEBIAN_FRONTEND": "noninteractive"}
        for words in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", *DEBIAN]):
            subprocess.run([apt, *words], env=silent, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=False)
    else:
        say("installing a browser for the tests")
        command = [sys.executable, "-m", "playwright", "install", "chromium"]
        subprocess.run(command, env=dict(environ), stdin=subprocess.DEVNULL, stdout=sys.stderr, check=False)
    found = find(environ)
    if not found:
        raise Failure(
            "The browser tests need Chromium, and it could not be installed. "
            "As root: apt-get install chromium fonts-noto-cjk. "
            "Or: .venv/bin/python -m playwright install chromium. Or set PLAYWRIGHT_CHROMIUM to one that is there."
        )
    return found
