import pytest

from launch import chromium
from launch.console import Failure


@pytest.fixture
def bare(tmp_path, monkeypatch):
    """A machine without a browser, and without a way to get one."""
    monkeypatch.setattr(chromium, "PLACES", ())
    return {"PATH": str(tmp_path)}


def program(path):
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return str(path)


def test_named_browser_comes_first(bare, tmp_path):
    program(tmp_path / "chromium")
    mine = program(tmp_path / "mine")
    assert chromium.find({**bare, "PLAYWRIGHT_CHROMIUM": mine}) == mine
    assert chromium.find(bare) == str(tmp_path / "chromium")


def test_named_browser_that_is_not_there_is_an_error(bare):
    with pytest.raises(Failure, match="PLAYWRIGHT_CHROMIUM is /gone"):
        chromium.find({**bare, "PLAYWRIGHT_CHROMIUM": "/gone"})


def test_browser_that_playwright_fetched_is_found(bare, tmp_path, monkeypatch):
    fetched = tmp_path / "chromium-1200" / "chrome-linux64"
    fetched.mkdir(parents=True)
    program(fetched / "chrome")
    monkeypatch.setattr(chromium, "PLACES", (str(tmp_path / "chromium-*/chrome-linux*/chrome"),))
    assert chromium.find(bare) == str(fetched / "chrome")


@pytest.mark.parametrize("uid", [0, 1000])
def test_failure_names_the_commands(bare, monkeypatch, uid):
    ran = []
    monkeypatch.setattr(chromium.os, "geteuid", lambda: uid)
    monkeypatch.setattr(
        chromium.shutil, "which", lambda name, path=None: "/usr/bin/apt-get" if name == "apt-get" else None
    )
    monkeypatch.setattr(chromium.subprocess, "run", lambda command, **options: ran.append(command))
    with pytest.raises(Failure, match=r"apt-get install chromium fonts-noto-cjk.*playwright install chromium"):
        chromium.ensure(bare)
    tried = [" ".join(command) for command in ran]
    if uid == 0:
        assert [words.split()[1] for words in tried] == ["update", "install"]
        assert tried[1].endswith("chromium fonts-noto-cjk")
    else:
        assert len(tried) == 1
        assert tried[0].endswith("-m playwright install chromium")
