"""The small versions of `./run chaos`, and that a trial can be lost."""

import subprocess
import sys
from types import SimpleNamespace

import pytest
from django.conf import settings

from chaos import __main__ as chaos
from chaos.claim import Claim
from chaos.trials.tenants import Callers, Tenant
from chaos.web import Answer
from tests.launch.running import ROOT

# Closings, imports, Redis and clocks have tests of their own (tests/night, tests/jobs), the restore in tests/backup.
SMALL = ("deliveries", "enqueue", "mails", "postgres", "tenants")


@pytest.mark.stack
def test_small_trials_hold():
    command = [sys.executable, "-m", "chaos", "--quick", "--kills", "2", "--requests", "200", *SMALL]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=800, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    lines = done.stdout.splitlines()
    assert [line.split(":")[0] for line in lines if line.startswith("— ")] == [f"— {name}" for name in SMALL]
    assert sum(line.startswith("  ok ") for line in lines) >= 13
    assert lines[-1].endswith(" held")


@pytest.mark.parametrize("ending, code", [("held", 0), ("lost", 1), ("broken", 1), ("silent", 1)])
def test_what_does_not_hold_ends_with_1(monkeypatch, capsys, ending, code):
    def trial(ground, size):
        assert size.kills == 3
        if ending == "silent":
            return
        yield Claim("the sky is where it was", ending != "lost", "blue")
        if ending == "broken":
            raise RuntimeError("the ground gave way")

    monkeypatch.setattr(settings, "BROKER_URL", settings.BROKER_URL)
    monkeypatch.setattr(chaos.importlib, "import_module", lambda name: SimpleNamespace(trial=trial, __doc__="Tries."))
    asked = chaos.arguments(["clocks", "--kills", "3"])
    assert chaos.try_all(asked, SimpleNamespace(postgres=None, valkey=None)) == code
    out = capsys.readouterr().out
    assert ("LOST the sky is where it was: blue" in out) == (ending == "lost")
    assert ("LOST clocks runs to its end: the ground gave way" in out) == (ending == "broken")


def test_unknown_trial_is_refused(capsys):
    with pytest.raises(SystemExit) as ended:
        chaos.arguments(["clokcs"])
    assert ended.value.code == 2
    assert "there are clocks, closings, deliveries" in capsys.readouterr().err


def test_a_leak_is_seen():
    one, two = (Tenant(SimpleNamespace(slug=name), f"canary{name}", {}, "id", "id") for name in ("one", "two"))
    callers = Callers(None, [one, two], "session", 0)
    callers._judge(one, "/a/", Answer(200, b"canaryone"), should_be_404=False)
    callers._judge(one, "/b/", Answer(404, b""), should_be_404=True)
    assert (callers.leaks, callers.wrong, callers.own) == ([], [], 1)
    callers._judge(one, "/c/", Answer(200, b"canaryone canarytwo"), should_be_404=False)
    callers._judge(one, "/d/", Answer(200, b"canarytwo"), should_be_404=True)
    callers._judge(one, "/e/", Answer(500, b""), should_be_404=False)
    assert callers.leaks == ["/c/ of one showed 1 of others", "/d/ of one showed 1 of others"]
    assert callers.wrong == ["/d/: 200", "/e/: 500"]
