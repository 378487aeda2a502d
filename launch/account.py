"""The account Postgres runs as. It refuses to be root, and root has to lend it a name."""

from __future__ import annotations

import os
import pwd
import subprocess
from pathlib import Path

from launch.console import Failure

LENT_BY_ROOT = ("nobody", "daemon")


class Account:
    """Ourselves, or for root an unprivileged account that exists everywhere."""

    def __init__(self) -> None:
        self.is_lent = os.geteuid() == 0
        if self.is_lent:
            entry = next(filter(None, map(_entry, LENT_BY_ROOT)), None)
            if entry is None:
                raise Failure("Started by root, and there is no account 'nobody' to run Postgres as.")
            self.uid, self.gid = entry.pw_uid, entry.pw_gid
        else:
            self.uid, self.gid = os.geteuid(), os.getegid()
        try:
            # the name Postgres sees on its socket is that of whoever connects
            self.client_name = pwd.getpwuid(os.geteuid()).pw_name
        except KeyError:
            raise Failure(
                f"User {os.geteuid()} has no name on this machine; Postgres knows its clients by name."
            ) from None

    @property
    def credentials(self) -> dict:
        """What `subprocess` needs to start a program as this account."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.is_lent else {}

    def can_enter(self, path: Path) -> bool:
        """Whether the account may walk down to the folder, asked of the system itself: it knows of access lists too."""
        if not self.is_lent:
            return True
        done = subprocess.run(
            ["/bin/sh", "-c", 'cd -- "$1"', "sh", path],
            stderr=subprocess.DEVNULL,
            cwd="/",
            check=False,
            **self.credentials,
        )
        return done.returncode == 0

    def own_folder(self, path: Path) -> Path:
        """Makes a folder that only the account can look into. Raises Failure when somebody else's is in the way."""
        return private_folder(path, self.uid, self.gid)


def _entry(name: str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None


def private_folder(path: Path, uid: int, gid: int) -> Path:
    """A folder of mode 0700 that belongs to `uid`. Raises Failure when somebody else's is in the way."""
    try:
        path.mkdir(mode=0o700)
        made = True
    except FileExistsError:
        made = False
    status = path.lstat()
    if not path.is_dir() or path.is_symlink() or status.st_uid not in (uid, os.geteuid()):
        raise Failure(f"{path} belongs to somebody else. If another user started the product here, go on as that user.")
    if status.st_uid != uid:
        os.chown(path, uid, gid, follow_symlinks=False)
    if made or status.st_mode & 0o777 != 0o700:
        path.chmod(0o700)
    return path
