import os
import signal
import sys

import pytest

from launch.process import command_line, end_group, ending, identity, signal_group, spawn
from tests.launch.running import eventually, python

PARENT = """
import sys, time
from launch.process import spawn
child = spawn([sys.executable, "-c", "import time; time.sleep(60)"])
print(child.pid, flush=True)
time.sleep(60)
"""


def test_identity_tells_one_process_from_the_next():
    one, two = (spawn([sys.executable, "-c", "import time; time.sleep(60)"]) for _ in range(2))
    try:
        assert identity(one.pid) == identity(one.pid)
        assert "sleep(60)" in command_line(one.pid)
        assert identity(os.getpid()) != identity(one.pid)
    finally:
        for child in (one, two):
            child.kill()
            child.wait()
    assert identity(one.pid) is None
    assert command_line(one.pid) == ""


def test_zombie_is_nobody():
    child = spawn(["/bin/true"])
    assert eventually(lambda: identity(child.pid) is None)
    child.wait()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux ends children by itself")
def test_child_dies_with_its_killed_parent():
    parent = python(PARENT, stdout=-1)
    child = int(parent.stdout.readline())
    assert identity(child)
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    assert eventually(lambda: identity(child) is None)


def test_end_group_kills_what_ignores_being_asked():
    deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, flush=True); time.sleep(60)"
    child = spawn([sys.executable, "-c", deaf], stdout=-1)
    child.stdout.readline()
    assert end_group(child.pid, 0.3, lambda: child.poll() is not None) is True
    assert child.wait() == -signal.SIGKILL
    child.stdout.close()
    assert signal_group(child.pid, signal.SIGTERM) is False


def test_ending_in_words():
    assert ending(1) == "exit 1"
    assert ending(-9) == "killed by SIGKILL"
