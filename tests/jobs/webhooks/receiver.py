"""A system of somebody else's on this machine: takes POSTs, keeps them, answers as told."""

import contextlib
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Received:
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """answer: what to send back, (status, headers, body), or a function that writes on the handler itself."""

    server: ThreadingHTTPServer
    requests: list[Received] = field(default_factory=list)
    answer: tuple[int, dict[str, str], bytes] | Callable[[Any], None] = (204, {}, b"")

    @property
    def url(self) -> str:
        host, port = self.server.server_address[:2]
        return f"http://{f'[{host}]' if ':' in host else host}:{port}/hook?token=sesame"

    @property
    def port(self) -> int:
        return self.server.server_address[1]


class _Handler(BaseHTTPRequestHandler):
    receiver: Receiver

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.receiver.requests.append(Received(self.path, headers, body))
        if callable(self.receiver.answer):
            with contextlib.suppress(OSError):  # whoever asked has lost patience
                self.receiver.answer(self)
            return
        status, headers, answer = self.receiver.answer
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        with contextlib.suppress(OSError):
            self.wfile.write(answer)

    def log_message(self, *args):
        pass


@contextlib.contextmanager
def receiving(host: str = "127.0.0.1", context=None):
    """A receiver on a free port of `host`; with an SSL context it speaks TLS."""

    class Handler(_Handler):
        pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        address_family = 10 if ":" in host else 2

        def handle_error(self, request, client_address):
            """A caller that hangs up is what some tests are about."""

    server = Server((host, 0), Handler)
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    Handler.receiver = Receiver(server)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield Handler.receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


# Answers that misbehave.


def silent(handler) -> None:
    time.sleep(3)


def dripping_head(handler) -> None:
    """A head that never ends, a little at a time."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    for _ in range(100):
        handler.wfile.write(b"x: y\r\n")
        time.sleep(0.05)


def dripping_body(handler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
    for _ in range(100):
        handler.wfile.write(b"z")
        time.sleep(0.05)


def endless(handler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\n\r\n")
    for _ in range(2000):
        handler.wfile.write(b"\x00\xff" + b"y" * 100_000)


def no_http(handler) -> None:
    handler.wfile.write(b"ready when you are\r\n\r\n")
