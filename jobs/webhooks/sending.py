"""One attempt: a POST to an address that was checked, and what was answered, within limits of time and size.

Nothing of the request's making is left to a library that means well: no redirects, no proxy from the environment, no
second look at the name, and no answer that can keep a worker for longer than the attempt may take.
"""

import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse
from ipaddress import ip_address
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from jobs.webhooks.addresses import Destination, Network, Refused, destination_of, require_public

# Of an answer's body this much is kept; people look at it to find out what is wrong.
LONGEST_ANSWER = 4096


class Failure(TextChoices):
    """Why an attempt did not go well."""

    ADDRESS = "address", _("The address is not allowed: it leads to this machine or a private network")
    NAME = "name", _("The host name is unknown")
    CONNECTION = "connection", _("No connection")
    TLS = "tls", _("The certificate is not good for this host")
    TIMEOUT = "timeout", _("No answer in time")
    ANSWER = "answer", _("The answer was no HTTP")
    REDIRECT = "redirect", _("The receiver redirected; redirects are not followed")
    STATUS = "status", _("The receiver refused it")
    ROBOT = "robot", _("The robot did not take it")
    LOCKED = "locked", _("Address or secret cannot be read any more: enter them anew")


@dataclass(frozen=True)
class Limits:
    """Seconds to connect in, and seconds that the whole attempt may take."""

    connect: float
    total: float


@dataclass(frozen=True)
class Answer:
    """What came of an attempt. status: None when nothing was answered. error: a Failure, empty when it went well.
    text: the beginning of the answer's body. retry_after: the header as it came.
    """

    took_ms: int
    error: str = ""
    status: int | None = None
    text: str = ""
    retry_after: str | None = None


def post(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    limits: Limits,
    is_http_allowed: bool,
    allowed: Sequence[Network],
) -> Answer:
    """Send `body`; never raises for what the network or the receiver does."""
    started = time.monotonic()
    status, text, retry_after = None, "", None
    is_late = threading.Event()
    try:
        destination = destination_of(url, is_http_allowed=is_http_allowed, allowed=allowed)
        with ExitStack() as stack:
            link = stack.enter_context(closing(_connected(_checked_addresses(destination, allowed), limits.connect)))
            left = limits.total - (time.monotonic() - started)
            link.settimeout(left)
            stack.enter_context(_shut_after(link, left, is_late))
            if destination.scheme == "https":
                link = stack.enter_context(
                    ssl.create_default_context().wrap_socket(link, server_hostname=destination.host)
                )
            answer = stack.enter_context(_exchange(link, destination, body, headers))
            if is_late.is_set():
                raise TimeoutError  # half of a head, which reads like a whole one
            status, retry_after = answer.status, answer.headers.get("retry-after")
            text = _beginning_of(answer)
        error = _verdict(status)
    except Refused:
        error = Failure.ADDRESS
    except socket.gaierror:
        error = Failure.NAME
    except ssl.SSLError as problem:
        error = Failure.TLS if isinstance(problem, ssl.SSLCertVerificationError) else Failure.CONNECTION
    except TimeoutError:
        error = Failure.TIMEOUT
    except OSError:
        error = Failure.CONNECTION
    except (HTTPException, ValueError):
        error = Failure.ANSWER
    if is_late.is_set() and status is None:
        error = Failure.TIMEOUT
    return Answer(int((time.monotonic() - started) * 1000), str(error), status, text, retry_after)


def _verdict(status: int) -> str:
    if 200 <= status < 300:
        return ""
    return Failure.REDIRECT if 300 <= status < 400 else Failure.STATUS


def _checked_addresses(destination: Destination, allowed: Sequence[Network]) -> list[tuple[Any, Any]]:
    """(family, socket address) of everything that the host's name stands for, asked once. Raises Refused when one of
    them is not public, even where others are, and socket.gaierror.
    """
    found = socket.getaddrinfo(str(destination.address or destination.host), destination.port, type=socket.SOCK_STREAM)
    for *_rest, place in found:
        require_public(ip_address(str(place[0]).partition("%")[0]), allowed)
    return [(family, place) for family, _type, _protocol, _name, place in found]


def _connected(places: Sequence[tuple[Any, Any]], seconds: float) -> socket.socket:
    """A socket connected to the first of the checked addresses that takes the connection; all of them share the time."""
    ends = time.monotonic() + seconds
    problem: OSError = TimeoutError()
    for family, place in places:
        if (left := ends - time.monotonic()) <= 0:
            break
        link = socket.socket(family, socket.SOCK_STREAM)
        link.settimeout(left)
        try:
            link.connect(place)
        except OSError as error:
            link.close()
            problem = error
        else:
            return link
    raise problem


@contextmanager
def _shut_after(link: socket.socket, seconds: float, is_late: threading.Event) -> Iterator[None]:
    """Shut the connection down after `seconds`. A socket's own timeout begins anew with every byte that arrives, so a
    receiver that sends one now and then would be read for ever.
    """
    # A handle of its own: wrapping for TLS takes the other one away.
    with link.dup() as handle:

        def shut() -> None:
            is_late.set()
            with suppress(OSError):
                handle.shutdown(socket.SHUT_RDWR)

        timer = threading.Timer(max(0.0, seconds), shut)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            timer.join()


def _exchange(link: socket.socket, destination: Destination, body: bytes, headers: Mapping[str, str]) -> HTTPResponse:
    # The standard library's client, because it follows nothing, asks no proxy and writes no address into a log.
    connection = HTTPConnection(destination.host, destination.port)
    connection.sock = link  # connected already, so that it connects nowhere by itself
    fixed = {"host": destination.host_header, "accept-encoding": "identity", "connection": "close"}
    connection.request("POST", destination.target, body, {**headers, **fixed})
    return connection.getresponse()


def _beginning_of(answer: HTTPResponse) -> str:
    """The first bytes of the body as text that Postgres can hold; what comes after them is not waited for."""
    pieces, length = [], 0
    with suppress(OSError, HTTPException, ValueError):  # the status is what counts
        while length < LONGEST_ANSWER and (piece := answer.read1(LONGEST_ANSWER - length)):
            pieces.append(piece)
            length += len(piece)
    return b"".join(pieces).decode("utf-8", "replace").replace("\x00", "\N{REPLACEMENT CHARACTER}")
