"""Tests speak to this machine and to nobody else."""

import socket

import pytest
from pytest_socket import SocketConnectBlockedError


def test_a_test_cannot_reach_further():
    with socket.socket() as one, pytest.raises(SocketConnectBlockedError):
        one.connect(("203.0.113.1", 80))
