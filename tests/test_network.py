"""Tests speak to this machine and to nobody else."""

import socket

import pytest


def test_a_test_cannot_reach_further():
    """pytest-socket warns before it refuses, and a warning is an error here."""
    with socket.socket() as one, pytest.raises(UserWarning, match=r"203\.0\.113\.1"):
        one.connect(("203.0.113.1", 80))
