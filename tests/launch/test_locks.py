"""The lock files: complete, hashed, in agreement with each other and with pyproject.toml, and naming no registry."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions

import pytest

from launch import install
from tests.launch.running import ROOT

LOCKS = [*install.LOCKS.values(), "launch/locks/uv.txt", "launch/locks/node.txt"]
PINNED = re.compile(r"^([a-z0-9][a-z0-9._-]*)==(\S+)", re.MULTILINE)


def packages(lock):
    """Name → version. Where it differs between platforms or Pythons, the versions together."""
    found = {}
    for name, version in PINNED.findall((ROOT / lock).read_text(encoding="utf-8")):
        found[name] = " ".join(sorted({*found.get(name, "").split(), version}))
    return found


def wanted(requirements):
    return {re.split(r"[\[<>=!~; ]", text)[0].lower().replace("_", "-") for text in requirements}


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_has_hashes_and_no_address(lock):
    text = (ROOT / lock).read_text(encoding="utf-8")
    blocks = re.split(r"\n(?=\S)", re.sub(r"^#.*\n", "", text, flags=re.MULTILINE).strip())
    assert blocks
    for block in blocks:
        assert PINNED.match(block), block
        assert "--hash=sha256:" in block, block
    assert "://" not in text
    assert "index" not in text.replace("index-", "").split("==")[0]


def test_locks_hold_what_the_project_asks_for():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    groups = project["dependency-groups"]
    assert wanted(project["project"]["dependencies"]) <= packages("requirements.txt").keys()
    assert wanted(groups["embedded"]) <= packages("requirements-embedded.txt").keys()
    assert wanted(groups["dev"]) <= packages("requirements-dev.txt").keys()
    assert wanted(groups["starter"]) <= packages("launch/locks/uv.txt").keys()
    assert wanted(groups["node"]) <= packages("launch/locks/node.txt").keys()


def test_every_direct_dependency_has_a_lower_bound_and_a_reason():
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    lines = re.findall(r'^  "([a-z][^"]*)",(.*)$', text.partition("[tool.")[0], re.MULTILINE)
    assert len(lines) > 20
    for requirement, rest in lines:
        assert ">=" in requirement, requirement
        assert len(rest.partition("#")[2].strip()) > 10, f"{requirement} has no reason"


def test_locks_that_are_installed_together_agree():
    product = packages("requirements.txt")
    for lock in ("requirements-embedded.txt", "requirements-dev.txt"):
        for name, version in packages(lock).items():
            assert product.get(name, version) == version, name


def imported(path):
    """Top-level names of what a file imports, anywhere in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


def test_everything_imported_is_locked():
    """A package that happens to be on a developer's machine is missing on everybody else's."""
    distributions = packages_distributions()
    own = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    product = packages("requirements.txt").keys()
    everything = product | packages("requirements-dev.txt").keys()
    missing = set()
    for folder in own:
        locked = everything if folder in ("tests", "chaos") else product
        for path in (ROOT / folder).rglob("*.py"):
            for name in set(imported(path)) - own - sys.stdlib_module_names:
                packed = {re.sub(r"[._-]+", "-", found).lower() for found in distributions.get(name, [name])}
                if not packed & locked:
                    missing.add(f"{path.relative_to(ROOT)}: {name}")
    assert missing == set()


@pytest.mark.parametrize(
    "module", ["run", *(f"launch/{name}.py" for name in ("__init__", "install", "usage"))], ids=lambda path: path
)
def test_starter_can_be_read_by_python_3_8(module):
    """And so can what it imports, down to the end."""
    seen, todo = set(), [module]
    while todo:
        path = todo.pop()
        seen.add(path)
        tree = ast.parse((ROOT / path).read_text(encoding="utf-8"), feature_version=(3, 8))
        future = [node for node in tree.body if isinstance(node, ast.ImportFrom) and node.module == "__future__"]
        typed = any(isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr) for node in ast.walk(tree))
        assert future or not typed, f"{path} has annotations that Python 3.8 evaluates"
        for node in tree.body:
            if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "launch":
                names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
                files = [name.replace(".", "/") + ".py" for name in names]
                todo += [file for file in files if (ROOT / file).is_file() and file not in seen]
    if module == "run":
        assert {"launch/install.py", "launch/interpreter.py", "launch/lock.py"} <= seen
