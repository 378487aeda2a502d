import socket

import pytest

from launch import port
from launch.console import Failure


@pytest.fixture
def taken():
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()[1]


def test_port_asked_for_is_taken_as_it_is():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free = probe.getsockname()[1]
    assert port.choose("127.0.0.1", str(free)) == free


def test_port_that_is_let_go_in_time_is_waited_for(taken, monkeypatch):
    answers = iter([False, False, True])
    monkeypatch.setattr(port, "is_free", lambda host, number: next(answers))
    assert port.choose("127.0.0.1", str(taken)) == taken


def test_port_that_is_taken_is_refused_by_name(taken, monkeypatch):
    monkeypatch.setattr(port, "PATIENCE", 0.3)
    with pytest.raises(Failure, match=rf"Port {taken} on 127\.0\.0\.1 is taken\. Set PORT to another one\."):
        port.choose("127.0.0.1", str(taken))


@pytest.mark.parametrize("asked", ["0", "65536", "http", "-1", "8000 ", "８０００"])
def test_port_that_is_none_is_refused(asked):
    with pytest.raises(Failure, match="PORT is"):
        port.choose("127.0.0.1", asked)


def test_next_free_port_when_none_is_asked_for(taken, monkeypatch):
    monkeypatch.setattr(port, "USUAL", taken)
    assert port.choose("127.0.0.1", None) > taken
    assert port.choose("127.0.0.1", "") > taken


def test_no_port_at_all(taken, monkeypatch):
    monkeypatch.setattr(port, "USUAL", taken)
    monkeypatch.setattr(port, "TRIED", 1)
    with pytest.raises(Failure, match="Set PORT"):
        port.choose("127.0.0.1", None)


def test_address_of_another_machine_is_refused():
    with pytest.raises(Failure, match="Set PORT or HOST"):
        port.is_free("192.0.2.1", 8000)
