"""What the repository promises about itself."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db.migrations.loader import MigrationLoader
from django.urls import NoReverseMatch, reverse

from b2bops.navigation import GROUPS

ROOT = Path(__file__).resolve().parent.parent
OUR_APPS = ["workspaces", "jobs", "accounts", "leads", "metrics"]
# Names that say nothing about what a file holds.
EMPTY_NAMES = {"utils", "helpers", "constants", "managers", "mixins", "signals", "misc", "common"}
LONGEST_FILE = 450


def tracked(pattern: str) -> list[Path]:
    listing = subprocess.run(["git", "ls-files", "-z", pattern], cwd=ROOT, capture_output=True, check=True).stdout
    return [ROOT / name for name in listing.decode().split("\0") if name and (ROOT / name).exists()]


def named_for_nothing(paths: list[Path]) -> list[str]:
    return [str(path) for path in paths if path.stem in EMPTY_NAMES]


def auto_named(names: list[str]) -> list[str]:
    return [name for name in names if re.fullmatch(r"\d{4}_auto_\w+", name)]


def unexplained(lines: list[str]) -> list[str]:
    """Dependency lines of pyproject.toml without a reason behind them."""
    return [line.strip() for line in lines if re.match(r'\s*"[A-Za-z0-9\[\]_.-]+[><=~!]', line) and "#" not in line]


def test_no_migration_is_missing(db):
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_migrations_are_named_and_can_be_undone():
    loader = MigrationLoader(None, ignore_no_migrations=True)
    ours = {key: migration for key, migration in loader.disk_migrations.items() if key[0] in OUR_APPS}
    assert {app for app, _name in ours} == set(OUR_APPS)
    assert auto_named([name for _app, name in ours]) == []
    stuck = [key for key, migration in ours.items() for operation in migration.operations if not operation.reversible]
    assert stuck == []
    assert auto_named(["0003_auto_20261122_0900"]) == ["0003_auto_20261122_0900"]


def test_files_are_named_for_their_thing_and_short():
    files = tracked("*.py")
    assert len(files) > 100
    assert named_for_nothing(files) == []
    assert named_for_nothing([Path("accounts/utils.py")]) == ["accounts/utils.py"]
    long = [str(path.relative_to(ROOT)) for path in files if len(path.read_text().splitlines()) > LONGEST_FILE]
    assert long == []


def test_every_dependency_has_its_reason():
    text = (ROOT / "pyproject.toml").read_text()
    start, end = text.index("dependencies = ["), text.index("[tool.ruff]")
    assert unexplained(text[start:end].splitlines()) == []
    assert unexplained(['  "leftpad>=1",']) == ['"leftpad>=1",']
    declared = tomllib.loads(text)["project"]["dependencies"]
    locked = (ROOT / "requirements.txt").read_text().lower()
    for line in declared:
        name = re.match(r"[A-Za-z0-9_.-]+", line).group().lower()
        assert f"\n{name}==" in "\n" + locked.replace("_", "-") or f"\n{name}[" in locked, f"{name} is not locked"


def test_locks_name_no_registry():
    for path in tracked("requirements*.txt") + tracked("frontend/package-lock.json"):
        assert not re.search(r"https?://[^\s\"]*(pypi|npmjs|index|registry|simple)", path.read_text()), path


def test_every_menu_entry_has_its_page():
    missing = []
    for entry in (entry for group in GROUPS for entry in group):
        try:
            reverse(entry.url_name, args=["some-place"])
        except NoReverseMatch:
            missing.append(entry.url_name)
    assert missing == []


def test_every_app_has_a_label_and_is_layered():
    layers = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"][0]["layers"]
    installed = {config.name for config in apps.get_app_configs() if (ROOT / config.name).is_dir()}
    assert installed <= set(layers)


@pytest.mark.parametrize("name", ["README.md", *(f"docs/{path.name}" for path in sorted((ROOT / "docs").glob("*.md")))])
def test_links_between_documents_lead_somewhere(name):
    path = ROOT / name
    targets = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text())
    broken = [target for target in targets if not (path.parent / target).exists()]
    assert broken == []


def test_decisions_are_numbered_once():
    numbers = [path.name[:4] for path in tracked("docs/decisions/*.md")]
    assert len(numbers) == len(set(numbers))
    assert all(number.isdigit() for number in numbers)
