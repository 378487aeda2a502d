"""Folders for the servers' sockets: in the checkout where that works, else in a temporary folder."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from pathlib import Path

from launch.account import Account
from launch.console import Failure

# sun_path holds 108 bytes on Linux and 104 on macOS
LONGEST_PATH = 100
LONGEST_NAME = len("/postgres/.s.PGSQL.5432.lock")
# client libraries disagree about escaping anything else in a socket's address
PLAIN = re.compile(r"[A-Za-z0-9/._-]+")


def tag(path: Path) -> str:
    """A short name for a long path."""
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]


def fits(folder: Path) -> bool:
    return PLAIN.fullmatch(str(folder)) is not None and len(str(folder)) + LONGEST_NAME <= LONGEST_PATH


def socket_folder(home: Path, account: Account) -> Path:
    """The folder for the sockets of the servers that live in `home`; the same one every time.

    Inside, each server has a folder of its own that nobody else can enter. Raises Failure when no place is usable.
    """
    beside = home / "run"
    if fits(beside):
        beside.mkdir(exist_ok=True)
        if account.can_enter(beside):
            return beside
    for temporary in dict.fromkeys((tempfile.gettempdir(), "/tmp", "/var/tmp")):  # noqa: S108  ownership is checked below
        folder = Path(temporary) / f"b2bops-{os.geteuid()}-{tag(home)}"
        if not fits(folder) or not account.can_enter(Path(temporary)):
            continue
        try:
            folder.mkdir(mode=0o755)
            folder.chmod(0o755)
        except FileExistsError:
            pass
        if folder.is_symlink() or folder.stat().st_uid != os.geteuid():
            raise Failure(f"{folder} belongs to somebody else; remove it, or set TMPDIR to a folder of your own.")
        return folder
    raise Failure("No folder is short enough for a socket; set TMPDIR to one such as /tmp.")
