"""One at a time, across processes: a lock that the system lets go of when its holder dies, however it dies."""

from __future__ import annotations

import errno
import fcntl
import os
import time


class FileLock:
    """An advisory lock on a file. Children never inherit it, so none of them can outlive its holder with it."""

    def __init__(self, path) -> None:
        self.path = os.fspath(path)
        self._fd: int | None = None

    @property
    def is_held(self) -> bool:
        return self._fd is not None

    def try_acquire(self, shared: bool = False) -> bool:
        """Takes the lock if nobody has it (or, shared, if everybody shares it). Says whether it did."""
        if self._fd is None:
            self._fd = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._fd, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except OSError as error:
            self.release()
            if error.errno in (errno.EAGAIN, errno.EACCES):
                return False
            raise
        return True

    def acquire(self, shared: bool = False, on_wait=None, until=None) -> None:
        """Waits for the lock. `on_wait` is called once before the first wait; `until` all the while, and may raise."""
        told = False
        while not self.try_acquire(shared):
            if on_wait and not told:
                on_wait()
                told = True
            if until:
                until()
            time.sleep(0.1)

    def release(self) -> None:
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None

    def __enter__(self) -> FileLock:
        self.acquire()
        return self

    def __exit__(self, *exc) -> None:
        self.release()
