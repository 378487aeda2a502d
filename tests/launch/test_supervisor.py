import os
import signal
import sys
import threading

import pytest

from launch import supervisor as module
from launch.console import Failure
from launch.logs import StackLog
from launch.process import identity
from launch.state import State, read
from launch.stop_signals import Signals, Stopped
from launch.supervisor import Service, Supervisor
from tests.launch.running import eventually

SLEEPING = "import time; print('up', flush=True); time.sleep(60)"
# notes its name when asked to stop, a moment after being asked
NOTING = """
import signal, sys, time
def stop(*_):
    time.sleep(float(sys.argv[3])); open(sys.argv[1], "a").write(sys.argv[2] + " "); sys.exit()
signal.signal(signal.SIGTERM, stop); print("up", flush=True)
while True: time.sleep(0.05)
"""
WITH_A_CHILD = """
import subprocess, sys, time
print(subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]).pid, flush=True)
time.sleep(60)
"""


class NoServers:
    """The operator's own servers: nothing to start, and the order in which we let go of them."""

    postgres = valkey = None

    def __init__(self, note=None):
        self.note = note

    def stop(self):
        if self.note:
            with self.note.open("a") as file:
                file.write("servers")


@pytest.fixture
def supervisor(tmp_path):
    made = Supervisor(
        servers=NoServers(tmp_path / "order"),
        state=State(pid=os.getpid(), kind="stack"),
        state_file=tmp_path / "stack.json",
        log=StackLog(tmp_path / "stack.log", echo=False),
        signals=Signals(),
        environment=dict(os.environ),
        folder=tmp_path,
    )
    yield made
    made.stop()


def sleeping(name="web"):
    return Service(name, [sys.executable, "-c", SLEEPING], grace=5)


def revived(supervisor, condition, seconds=10):
    """Runs the supervisor's watching step until the condition holds."""
    return eventually(lambda: supervisor.revive() or condition(), seconds)


def test_process_that_ends_is_started_again_after_a_growing_pause(supervisor, monkeypatch, capfd):
    service = sleeping("worker-fast")
    supervisor.is_ready = True
    supervisor.launch([service])
    first = service.process.pid
    clock = [1000.0]
    monkeypatch.setattr(module.time, "monotonic", lambda: clock[0])
    pauses = []
    for _ in range(7):
        service.process.kill()
        service.process.wait()
        supervisor.revive()
        pauses.append(service.again_at - clock[0])
        assert not service.is_running
        clock[0] = service.again_at + 0.01
        service.started_at = clock[0]
        supervisor.revive()
        assert service.is_running
    assert pauses == [1, 2, 4, 8, 16, 30, 30]
    assert service.process.pid != first
    assert "worker-fast ended by itself (killed by SIGKILL): starting it again in 4 s" in capfd.readouterr().err
    assert read(supervisor.state_file).children["worker-fast"][0] == service.process.pid

    clock[0] += module.STEADY + 1
    service.process.kill()
    service.process.wait()
    supervisor.revive()
    assert service.again_at - clock[0] == 1, "after running steadily it is a first failure again"


def test_children_of_a_dead_process_do_not_go_on_beside_its_successor(supervisor):
    service = Service("worker-slow", [sys.executable, "-c", WITH_A_CHILD])
    supervisor.is_ready = True
    supervisor.launch([service])
    assert eventually(lambda: supervisor.log.last_lines("worker-slow"))
    child = int(supervisor.log.last_lines("worker-slow"))
    assert identity(child)
    service.process.kill()
    service.process.wait()
    supervisor.revive()
    assert eventually(lambda: identity(child) is None)


def test_process_that_never_starts_ends_the_start_with_its_last_words(supervisor, monkeypatch):
    monkeypatch.setattr(module, "LONGEST_PAUSE", 0.05)
    supervisor.launch([Service("web", [sys.executable, "-c", "import sys; sys.exit('no such setting')"])])
    with pytest.raises(Failure, match=r"web does not start \(exit 1\):\nno such setting"):
        revived(supervisor, lambda: False)


def test_servers_are_let_go_last_and_workers_finish_what_they_hold(supervisor, tmp_path):
    note = tmp_path / "order"
    delays = {"worker-fast": "0.6", "web": "0", "beat": "0.3"}
    services = [Service(name, [sys.executable, "-c", NOTING, note, name, delay], 10) for name, delay in delays.items()]
    supervisor.launch(services)
    assert eventually(lambda: all("up" in supervisor.log.last_lines(name) for name in delays))
    supervisor.stop()
    assert note.read_text() == "web beat worker-fast servers"
    note.write_text("")


def test_process_that_does_not_stop_is_ended(supervisor, capfd):
    deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"
    service = Service("worker-slow", [sys.executable, "-c", deaf], grace=0.3)
    supervisor.launch([service])
    assert eventually(lambda: supervisor.log.last_lines("worker-slow"))
    supervisor.stop()
    assert service.process.returncode == -signal.SIGKILL
    assert "worker-slow did not stop by itself and was ended" in capfd.readouterr().err


def test_second_ctrl_c_does_not_wait(supervisor):
    deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"
    service = Service("worker-slow", [sys.executable, "-c", deaf], grace=60)
    supervisor.launch([service])
    assert eventually(lambda: supervisor.log.last_lines("worker-slow"))
    supervisor.signals.received += [signal.SIGINT, signal.SIGINT]
    supervisor.stop()
    assert service.process.returncode == -signal.SIGKILL


def test_waiting_ends_when_asked_to_stop(supervisor):
    supervisor.environment |= {"HOST": "127.0.0.1", "PORT": "1"}
    threading.Timer(0.3, supervisor.signals.received.append, [signal.SIGTERM]).start()
    with pytest.raises(Stopped):
        supervisor.wait_until_ready("http://127.0.0.1:1")


class Crashing:
    """A server that comes back at the given attempt."""

    def __init__(self, comes_back_at):
        self.comes_back_at = comes_back_at
        self.attempts = 0
        self.process = self

    returncode = -9

    def poll(self):
        return None if self.attempts >= self.comes_back_at else -9

    def start(self, should_stop):
        self.attempts += 1
        if self.attempts < self.comes_back_at:
            raise Failure("disk full\nmore words")


def test_server_that_dies_is_brought_back(supervisor, monkeypatch, capfd):
    monkeypatch.setattr(module.time, "sleep", lambda seconds: None)
    supervisor.servers.postgres = Crashing(comes_back_at=3)
    supervisor.revive()
    said = capfd.readouterr().err
    assert "Postgres ended by itself (killed by SIGKILL): starting it again" in said
    assert said.count("did not come back, trying again: disk full") == 2
    assert said.rstrip().endswith("Postgres answers again")


def test_server_that_does_not_come_back_ends_everything(supervisor, monkeypatch):
    monkeypatch.setattr(module.time, "sleep", lambda seconds: None)
    supervisor.servers.valkey = Crashing(comes_back_at=99)
    with pytest.raises(Failure, match="disk full"):
        supervisor.revive()
    assert supervisor.servers.valkey.attempts == module.TRIES_OF_A_SERVER


def test_log_keeps_going_when_its_disk_is_full(tmp_path):
    log = StackLog(tmp_path / "missing" / "stack.log", echo=False)
    log.write("web", "a line\n")
    assert log.last_lines("web") == "a line"


def test_log_does_not_grow_without_end(tmp_path):
    log = StackLog(tmp_path / "stack.log", echo=False)
    for _ in range(110):
        log.write("web", "x" * 500_000)
    log.close()
    sizes = [path.stat().st_size for path in tmp_path.iterdir()]
    assert len(sizes) == 4
    assert max(sizes) <= 10_000_000
