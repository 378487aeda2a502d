import signal

from launch.lock import FileLock
from tests.launch.running import python

HOLD = """
import sys, time
from launch.lock import FileLock
lock = FileLock(sys.argv[1]); lock.acquire(); print("held", flush=True); time.sleep(60)
"""


def test_lock_keeps_others_out_until_released(tmp_path):
    first, second = FileLock(tmp_path / "lock"), FileLock(tmp_path / "lock")
    assert first.try_acquire()
    assert not second.try_acquire()
    assert not second.is_held
    first.release()
    assert second.try_acquire()


def test_shared_lock_admits_sharers_but_no_owner(tmp_path):
    one, two, owner = (FileLock(tmp_path / "lock") for _ in range(3))
    assert one.try_acquire(shared=True)
    assert two.try_acquire(shared=True)
    assert not owner.try_acquire()
    one.release()
    two.release()
    assert owner.try_acquire()


def test_lock_of_a_killed_process_is_free(tmp_path):
    holder = python(HOLD, tmp_path / "lock", stdout=-1)
    assert holder.stdout.readline() == b"held\n"
    mine = FileLock(tmp_path / "lock")
    assert not mine.try_acquire()
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    holder.stdout.close()
    assert mine.try_acquire()


def test_lock_does_not_live_on_in_children(tmp_path):
    lock = FileLock(tmp_path / "lock")
    lock.acquire()
    child = python("import time; time.sleep(60)", stdin=-1)
    lock.release()
    try:
        assert FileLock(tmp_path / "lock").try_acquire()
    finally:
        child.kill()
        child.wait()
        child.stdin.close()


def test_acquire_tells_once_that_it_waits(tmp_path):
    first, second = FileLock(tmp_path / "lock"), FileLock(tmp_path / "lock")
    first.acquire()
    told, asked = [], []

    def until():
        asked.append(1)
        if len(asked) == 3:
            first.release()

    second.acquire(on_wait=lambda: told.append(1), until=until)
    assert (len(told), len(asked)) == (1, 3)
    assert second.is_held
