"""Which port the web server listens on."""

from __future__ import annotations

import errno
import socket

from launch.console import Failure

USUAL = 8000
TRIED = 100


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
        if not is_free(host, int(asked)):
            raise Failure(f"Port {asked} on {host} is taken. Set PORT to another one.")
        return int(asked)
    for port in range(USUAL, USUAL + TRIED):
        if is_free(host, port):
            return port
    raise Failure(f"No port from {USUAL} to {USUAL + TRIED - 1} is free on {host}. Set PORT to one that is.")
