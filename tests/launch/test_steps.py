import os
import signal
import sys
import threading

import pytest

from launch.console import Failure
from launch.steps import Steps
from launch.stop_signals import Signals, Stopped


@pytest.fixture
def steps(tmp_path):
    return Steps(Signals(), dict(os.environ), tmp_path)


def program(text):
    return [sys.executable, "-c", text]


def test_step_returns_what_was_printed_and_keeps_stderr_to_itself(steps, capfd):
    assert steps.run(program("import sys; print('a\\n客户'); print('noise', file=sys.stderr)"), "no") == ["a", "客户"]
    assert capfd.readouterr() == ("", "")


def test_step_that_fails_says_why_once(steps, capfd):
    with pytest.raises(Failure) as failure:
        steps.run(program("import sys; print('out'); sys.exit('the reason')"), "It could not be built")
    assert str(failure.value) == "It could not be built (exit 1)\nthe reason"
    assert capfd.readouterr().err == ""


def test_step_relays_progress_as_it_comes(steps, capfd):
    steps.run(program("import sys; print('30 %', file=sys.stderr); print('login')"), "no", relay=True)
    assert capfd.readouterr() == ("", "[run] 30 %\n")


def test_step_is_stopped_when_we_are(steps):
    threading.Timer(0.3, steps.signals.received.append, [signal.SIGTERM]).start()
    with pytest.raises(Stopped):
        steps.run(program("import time; time.sleep(60)"), "no")


def test_step_within_another_folder(steps, tmp_path):
    (tmp_path / "front").mkdir()
    there = steps.within(tmp_path / "front", CI="true")
    assert there.run(program("import os; print(os.getcwd(), os.environ['CI'])"), "no") == [f"{tmp_path / 'front'} true"]
