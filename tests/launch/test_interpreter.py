import sys

import pytest

from launch import interpreter


def program(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return str(path)


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """A machine with no Python but those a test puts there, started from one too old for the product."""
    monkeypatch.setattr(sys, "version_info", (3, 9, 2, "final", 0))
    monkeypatch.setattr(sys, "executable", program(tmp_path / "old" / "python3", "echo '3.9|/old/python3'"))
    monkeypatch.setattr(
        interpreter.glob, "glob", lambda pattern: real_glob(pattern) if str(tmp_path) in pattern else []
    )
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin-of-nobody")
    return tmp_path


real_glob = interpreter.glob.glob


def test_find_prefers_3_13_wherever_it_is(machine):
    program(machine / "bin" / "python3.14", "echo '3.14|/on/path/python3.14'")
    program(machine / ".pyenv/versions/3.13.2/bin/python3.13", "echo '3.13|/in/pyenv/python3.13'")
    found = interpreter.find({"HOME": str(machine)})
    assert (found.version, found.path) == ((3, 13), "/in/pyenv/python3.13")


def test_find_takes_the_newest_patch_level(machine):
    for patch in ("3.13.9", "3.13.10", "3.13.2"):
        program(machine / f".pyenv/versions/{patch}/bin/python3.13", f"echo '3.13|/{patch}'")
    assert interpreter.find({"HOME": str(machine)}).path == "/3.13.10"


def test_find_skips_a_stub_that_does_not_run(machine):
    program(machine / "bin" / "python3.13", "echo 'pyenv: python3.13: command not found' >&2; exit 127")
    program(machine / "bin" / "python3.12", "echo '3.12|/usr/bin/python3.12'")
    assert interpreter.find({"HOME": str(machine)}).version == (3, 12)


def test_find_skips_a_name_that_lies_about_its_version(machine):
    program(machine / "bin" / "python3.13", "echo '3.11|/usr/bin/python3.11'")
    assert interpreter.find({"HOME": str(machine)}) is None


def test_find_says_none_on_a_machine_without_one(machine):
    assert interpreter.find({"HOME": str(machine)}) is None


def test_probe_of_ourselves():
    found = interpreter.probe(sys.executable)
    assert found.version == sys.version_info[:2]


def test_probe_refuses_what_is_no_python(tmp_path):
    assert interpreter.probe(program(tmp_path / "python3.13", "exit 0")) is None
    assert interpreter.probe(str(tmp_path / "missing")) is None
