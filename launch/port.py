"""Which port the web server listens on."""

from __future__ import annotations

import errno
import socket
import time

from launch.console import Failure

USUAL = 8000
TRIED = 100
# The web server's processes outlive a parent that was killed for a second or two, and keep the port as long.
PATIENCE = 6.0


def is_free(host: str, port: int) -> bool:
    """Whether a server could listen there now. Raises Failure when it never could."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the web server does
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return False
            raise Failure(
                f"Nothing can listen on {host}:{port}: {error.strerror}. Set PORT or HOST to something else."
            ) from None
    return True


def choose(host: str, asked: str | None) -> int:
    """The port asked for, or the first free one from 8000 on. Raises Failure when the one asked for cannot be had."""
    if asked:
        if not asked.isascii() or not asked.isdigit() or not 0 < int(asked) < 65536:
            raise Failure(f"PORT is {asked!r}; it has to be a number from 1 to 65535.")
        given_up_at = time.monotonic() + PATIENCE
        while not (free := is_free(host, int(asked))) and time.monotonic() < given_up_at:
            time.sleep(0.2)
        if not free:
            raise Failure(f"Port {asked} on {host} is taken. Set PORT to another one.")
        return int(asked)
    for port in range(USUAL, USUAL + TRIED):
        if is_free(host, port):
            return port
    raise Failure(f"No port from {USUAL} to {USUAL + TRIED - 1} is free on {host}. Set PORT to one that is.")
