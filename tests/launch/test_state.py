import os
import sys

from launch import state
from launch.process import identity, spawn
from launch.state import State


def test_state_is_read_as_it_was_written_and_only_by_us(tmp_path):
    path = tmp_path / "stack.json"
    written = State(pid=7, kind="stack", url="http://127.0.0.1:8000", announcement=["登录 login"])
    written.write(path)
    assert state.read(path) == written
    assert path.stat().st_mode & 0o777 == 0o600


def test_state_that_is_torn_or_foreign_counts_as_none(tmp_path):
    path = tmp_path / "stack.json"
    assert state.read(path) is None
    for text in ("", '{"pid": 7', '{"pid": 7, "kind": "stack", "colour": "red"}', "[]"):
        path.write_text(text)
        assert state.read(path) is None


def test_leftovers_are_ended():
    child = spawn([sys.executable, "-c", "import time; time.sleep(60)"])
    left = State(pid=1, kind="stack")
    left.note_child("web", child.pid)
    # as when the supervisor was killed: nobody waits for the child, so it is over when it is a zombie
    assert state.end_leftovers(left, grace=5) == 1
    assert child.wait(5) == -15


def test_number_given_to_another_process_is_left_alone():
    child = spawn([sys.executable, "-c", "import time; time.sleep(60)"])
    left = State(pid=1, kind="stack", children={"web": (child.pid, "another boot 17"), "beat": (os.getpid(), "")})
    try:
        assert state.end_leftovers(left) == 0
        assert identity(child.pid)
    finally:
        child.kill()
        child.wait()
