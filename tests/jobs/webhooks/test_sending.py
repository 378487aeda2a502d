"""One attempt over real sockets: where it goes, how long it may take, and how much of an answer is read."""

import socket
import ssl
import subprocess
import time
from ipaddress import ip_network

import pytest

from jobs.webhooks import sending
from jobs.webhooks.sending import Failure, Limits, post
from tests.jobs.webhooks.receiver import dripping_body, dripping_head, endless, no_http, receiving, silent

ALLOWED = [ip_network("127.0.0.1/32")]


def send(url: str, *, total=0.6, allowed=ALLOWED, is_http_allowed=True):
    return post(url, b"{}", {"x": "y"}, limits=Limits(1, total), is_http_allowed=is_http_allowed, allowed=allowed)


def resolving(monkeypatch, *answers: str) -> list:
    """Names resolve to the next of `answers` each time; the list of what was asked."""
    asked: list = []

    def resolve(host, port, **options):
        asked.append(host)
        address = answers[min(len(asked), len(answers)) - 1]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in address.split()]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    return asked


def test_request_as_it_arrives(receiver):
    answer = send(receiver.url)
    assert (answer.status, answer.error) == (204, "")
    (request,) = receiver.requests
    assert request.path == "/hook?token=sesame"
    assert request.headers["host"] == f"127.0.0.1:{receiver.port}"
    assert request.headers["x"] == "y"
    assert request.body == b"{}"


def test_name_that_changes_between_check_and_connection(receiver, monkeypatch):
    """It stands for an allowed address when it is checked and for another one ever after: asked once, connected to what
    was checked.
    """
    with receiving("127.0.0.2") as inner:
        asked = resolving(monkeypatch, "127.0.0.1", "127.0.0.2")
        answer = send(f"http://rebinding.example.com:{receiver.port}/")
        assert (answer.status, asked) == (204, ["rebinding.example.com"])
        assert [request.headers["host"] for request in receiver.requests] == [f"rebinding.example.com:{receiver.port}"]
        # The second time the name leads inside, where somebody does listen.
        answer = send(f"http://rebinding.example.com:{inner.port}/")
        assert (answer.status, answer.error) == (None, Failure.ADDRESS)
        assert inner.requests == []


@pytest.mark.parametrize("inner", ["127.0.0.2", "10.0.0.1", "169.254.169.254"])
def test_name_with_an_inner_address_among_others(receiver, monkeypatch, inner):
    resolving(monkeypatch, f"127.0.0.1 {inner}")
    answer = send(f"http://mixed.example.com:{receiver.port}/")
    assert (answer.status, answer.error) == (None, Failure.ADDRESS)
    assert receiver.requests == []


def test_next_address_is_tried_when_one_does_not_answer(receiver, monkeypatch):
    resolving(monkeypatch, "127.0.0.9 127.0.0.1")
    answer = send(f"http://two.example.com:{receiver.port}/", allowed=[ip_network("127.0.0.0/8")])
    assert answer.status == 204


def test_refused_address_is_not_connected_to(receiver):
    assert send(receiver.url, allowed=[]).error == Failure.ADDRESS
    assert send(receiver.url, is_http_allowed=False).error == Failure.ADDRESS
    assert receiver.requests == []


def test_proxy_of_the_environment_is_not_asked(receiver, monkeypatch):
    with receiving() as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        assert send(receiver.url).status == 204
        assert proxy.requests == []


def test_redirect_is_not_followed(receiver):
    with receiving() as other:
        receiver.answer = (307, {"location": other.url}, b"")
        answer = send(receiver.url)
        assert (answer.status, answer.error) == (307, Failure.REDIRECT)
        assert other.requests == []


@pytest.mark.parametrize("status", [400, 404, 410, 429, 500, 503])
def test_refusal(receiver, status):
    receiver.answer = (status, {"retry-after": "9"}, b"not now")
    answer = send(receiver.url)
    assert (answer.status, answer.error, answer.text, answer.retry_after) == (status, Failure.STATUS, "not now", "9")


@pytest.mark.parametrize(
    ("behaviour", "status", "error"),
    [(silent, None, Failure.TIMEOUT), (dripping_head, None, Failure.TIMEOUT), (dripping_body, 200, "")],
)
def test_receiver_that_takes_its_time(receiver, behaviour, status, error):
    receiver.answer = behaviour
    started = time.monotonic()
    answer = send(receiver.url)
    assert time.monotonic() - started < 1.5
    assert (answer.status, answer.error) == (status, error)


def test_answer_without_end_is_cut(receiver):
    receiver.answer = endless
    answer = send(receiver.url)
    assert (answer.status, len(answer.text)) == (200, sending.LONGEST_ANSWER)
    assert answer.text.startswith("\N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER}y"), "what Postgres cannot hold"


def test_answer_that_is_no_http(receiver):
    receiver.answer = no_http
    assert send(receiver.url).error == Failure.ANSWER


def test_nobody_there():
    with receiving() as gone:
        url = gone.url
    assert send(url).error == Failure.CONNECTION
    assert send("https://no-such-host.invalid/").error == Failure.NAME


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate for hooks.example.com that signs itself."""
    folder = tmp_path_factory.mktemp("tls")
    command = "openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 2 -subj /CN=x -addext"
    subprocess.run(
        [*command.split(), "subjectAltName=DNS:hooks.example.com"], cwd=folder, check=True, capture_output=True
    )
    return folder


@pytest.mark.parametrize(
    ("host", "is_trusted", "error"),
    [
        ("hooks.example.com", True, ""),
        ("other.example.com", True, Failure.TLS),
        ("hooks.example.com", False, Failure.TLS),
    ],
)
def test_certificate_is_verified_for_the_name(certificate, monkeypatch, host, is_trusted, error):
    """The connection goes to an address, the certificate must be the name's."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
    if is_trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate / "cert.pem"))
    with receiving(context=context) as receiver:
        resolving(monkeypatch, "127.0.0.1")
        answer = send(f"https://{host}:{receiver.port}/hook", total=5)
        assert answer.error == error
        assert len(receiver.requests) == (not error)


def test_plain_http_answered_to_tls(receiver):
    answer = send(receiver.url.replace("http://", "https://"), total=2)
    assert (answer.status, answer.error) == (None, Failure.CONNECTION)
