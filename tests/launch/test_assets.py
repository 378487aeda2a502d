import os

import pytest

from launch import assets
from launch.assets import Assets, front_end_sources, mark_of, node_version
from launch.checkout import Checkout
from launch.steps import Steps
from launch.stop_signals import Signals


class Recorded(Steps):
    """Notes what would be run."""

    ran: list = []

    def run(self, argv, message, *, relay=False):
        self.ran.append(" ".join(os.path.basename(str(word)) for word in argv))
        return []


@pytest.fixture
def built(tmp_path, monkeypatch):
    """A checkout with a front end, and a builder that only notes its steps."""
    checkout = Checkout(tmp_path)
    checkout.make_local()
    for name, text in {
        "frontend/package.json": "{}",
        "frontend/package-lock.json": "{}",
        "frontend/src/main.css": "a{}",
        "frontend/dist/main.css": "a{}",
        "frontend/node_modules/x/index.js": "1",
        "locale/zh_Hans/LC_MESSAGES/django.po": "",
        "b2bops/management/commands/translations.py": "",
        "b2bops/settings.py": "",
        "requirements.txt": "",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    Recorded.ran = []
    monkeypatch.setattr(Assets, "_node", lambda self: (tmp_path / "node", ["npm"]))

    def build(collect=True):
        Recorded.ran.clear()
        Assets(checkout, Recorded(Signals(), {}, tmp_path)).build(collect=collect)
        # what the steps would have made
        (tmp_path / "locale/zh_Hans/LC_MESSAGES/django.mo").touch()
        (checkout.local / "static").mkdir(exist_ok=True)
        return [words.removeprefix("python ").removeprefix("python3.13 ") for words in Recorded.ran]

    build.root = tmp_path
    return build


CI, BUILD = "npm ci --no-audit --no-fund", "npm run build"
TRANSLATE, COLLECT = "manage.py translations --compile", "manage.py collectstatic --noinput --clear -v 0"


def short(ran):
    return [words[words.index("manage.py") :] if "manage.py" in words else words for words in ran]


def test_first_build_makes_everything_and_the_second_nothing(built):
    assert short(built()) == [CI, BUILD, TRANSLATE, COLLECT]
    assert built() == []


def test_only_what_changed_is_built_again(built):
    built()
    (built.root / "frontend/src/main.css").write_text("b{}")
    assert short(built()) == [BUILD]
    (built.root / "frontend/package-lock.json").write_text('{"a": 1}')
    assert short(built()) == [CI, BUILD]
    (built.root / "locale/zh_Hans/LC_MESSAGES/django.po").write_text("x")
    assert short(built()) == [TRANSLATE]
    (built.root / "frontend/dist/main.css").write_text("b{}")
    assert short(built()) == [COLLECT]
    assert built() == []


def test_tests_do_not_collect(built):
    assert short(built(collect=False)) == [CI, BUILD, TRANSLATE]


def test_build_that_was_cut_off_is_done_again(built, monkeypatch):
    def fail(self, argv, message, *, relay=False):
        raise KeyboardInterrupt

    built()
    (built.root / "frontend/src/main.css").write_text("c{}")
    with monkeypatch.context() as patch:
        patch.setattr(Recorded, "run", fail)
        with pytest.raises(KeyboardInterrupt):
            built()
    (built.root / "frontend/src/main.css").write_text("a{}")
    assert short(built()) == [BUILD], "what lies there now may be half of the other"


def test_sources_leave_out_what_is_made(built):
    names = {str(path.relative_to(built.root)) for path in front_end_sources(built.root) if path.is_file()}
    assert names == {"frontend/package.json", "frontend/package-lock.json", "frontend/src/main.css"}


def test_mark_follows_names_as_well_as_contents(tmp_path):
    (tmp_path / "a").write_text("1")
    before = mark_of(tmp_path, [tmp_path / "a"])
    (tmp_path / "a").rename(tmp_path / "b")
    assert mark_of(tmp_path, [tmp_path / "b"]) != before
    assert mark_of(tmp_path, [tmp_path / "gone"]) == mark_of(tmp_path, [])


def test_node_version(tmp_path):
    node = tmp_path / "node"
    for says, expected in {"v20.11.1": 20, "v8.1.0": 8, "command not found": 0}.items():
        node.write_text(f"#!/bin/sh\necho {says}\n")
        node.chmod(0o755)
        assert node_version(str(node)) == expected
    assert node_version(str(tmp_path / "missing")) == 0
    assert assets.OLDEST_NODE == 18
