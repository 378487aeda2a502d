import os
import signal

import pytest
import redis

from launch.account import Account
from launch.sockets import socket_folder
from launch.valkey import Valkey


@pytest.fixture
def server(home):
    sockets = socket_folder(home, Account())
    server = Valkey(home, sockets)
    yield server
    server.stop()
    for leftover in (server.socket, server.socket.parent, sockets):
        if leftover.is_dir():
            leftover.rmdir()
        else:
            leftover.unlink(missing_ok=True)


@pytest.mark.stack
def test_what_was_written_before_a_kill_is_there_after_it(server):
    server.start()
    with redis.Redis.from_url(server.url) as client:
        client.set("客户", "1")
        client.rpush("fast", "a", "b")
        # Written out every second; while the disk is busy that waits, and what waits dies with the process.
        client.execute_command("WAITAOF", 1, 0, 10_000)
    os.kill(server.process.pid, signal.SIGKILL)
    server.process.wait()
    assert server.socket.exists(), "a killed server leaves its socket"
    server.start()
    with redis.Redis.from_url(server.url) as client:
        assert client.get("客户") == b"1"
        assert client.lrange("fast", 0, -1) == [b"a", b"b"]
        assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
    assert server.socket.parent.stat().st_mode & 0o777 == 0o700


@pytest.mark.stack
def test_server_whose_starter_is_gone_is_succeeded(server):
    server.start()
    first = server.process
    successor = Valkey(server.home, server.socket.parent.parent)
    successor.start()
    try:
        assert first.wait(10) == 0
        assert successor.is_ready()
    finally:
        successor.stop()
