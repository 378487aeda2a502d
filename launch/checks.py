"""`./run check`: every check there is, all of them every time, so that one round of mending is enough."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from launch.assets import has_command
from launch.checkout import Checkout
from launch.console import say


@dataclass(frozen=True)
class Check:
    name: str
    argv: list[str]


def checks(checkout: Checkout) -> list[Check]:
    """All checks, the longest first."""
    python = [sys.executable, "-m"]
    manage = [sys.executable, str(checkout.manage)]
    found = [
        Check("types", [*python, "mypy", "."]),
        Check("lint", [*python, "ruff", "check", "."]),
        Check("formatting", [*python, "ruff", "format", "--check", "."]),
        Check("imports", [sys.executable, "-c", "from importlinter.cli import lint_imports_command as main; main()"]),
        Check("system", [*manage, "check", "--database", "default"]),
        Check("migrations", [*manage, "makemigrations", "--check", "--dry-run"]),
    ]
    templates = sorted(
        {path.parent for pattern in ("templates", "*/templates") for path in checkout.root.glob(f"{pattern}/**/*.html")}
    )
    if templates:
        found.append(Check("templates", [*python, "djlint", "--lint", *map(str, template_roots(checkout))]))
    if has_command(checkout, "translations"):
        found.append(Check("translations", [*manage, "translations", "--check"]))
    return found


def template_roots(checkout: Checkout) -> list[str]:
    roots = [path for pattern in ("templates", "*/templates") for path in checkout.root.glob(pattern)]
    return sorted(
        str(path.relative_to(checkout.root))
        for path in roots
        if path.is_dir() and not path.relative_to(checkout.root).parts[0].startswith(".")
    )


def run_checks(checkout: Checkout, environment: Mapping[str, str]) -> list[str]:
    """Runs all checks, two at a time, and shows what the failed ones said. Returns the names of those."""
    failed = []
    with ThreadPoolExecutor(max_workers=2) as pool:
        for check, code, seconds, output in pool.map(
            lambda check: _run(check, checkout, environment), checks(checkout)
        ):
            if code == 0:
                say(f"{check.name}: fine ({seconds:.0f} s)")
            else:
                failed.append(check.name)
                say(f"{check.name}: FAILED")
                sys.stderr.write(output if output.endswith("\n") else output + "\n")
                sys.stderr.flush()
    return failed


def _run(check: Check, checkout: Checkout, environment: Mapping[str, str]) -> tuple[Check, int, float, str]:
    began = time.monotonic()
    done = subprocess.run(
        check.argv,
        cwd=checkout.root,
        env={**environment, "NO_COLOR": "1"} if not sys.stderr.isatty() else dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    return check, done.returncode, time.monotonic() - began, done.stdout
