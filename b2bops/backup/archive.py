"""The file of a backup: a tar of `manifest.json` and `database.dump`, as `pg_dump -Fc` writes it."""

import hashlib
import json
import os
import tarfile
from dataclasses import asdict, dataclass
from pathlib import Path

from b2bops.backup.contents import Content

FORMAT = 1
MANIFEST, DUMP = "manifest.json", "database.dump"


class BadArchive(Exception):
    """A file that is no backup of ours, or not whole; says why."""


@dataclass(frozen=True)
class Manifest:
    """What is in the dump. migrations: as ``app.name``. sha256: of the dump."""

    made_at: str
    server: str
    migrations: list[str]
    tables: dict[str, Content]
    sha256: str

    @property
    def rows(self) -> int:
        return sum(content.rows for content in self.tables.values())


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write(path: Path, manifest: Manifest, dump: Path) -> None:
    """Makes the file, whole or not at all; only its owner can read it."""
    beside = path.with_name(path.name + ".new")
    text = dump.with_name(MANIFEST)
    text.write_text(json.dumps({"format": FORMAT} | asdict(manifest), indent=1), encoding="utf-8")
    try:
        with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            with tarfile.open(fileobj=file, mode="w") as tar:
                tar.add(text, MANIFEST)
                tar.add(dump, DUMP)
            file.flush()
            os.fsync(file.fileno())
        beside.rename(path)
    finally:
        beside.unlink(missing_ok=True)


def read(path: Path, folder: Path) -> tuple[Manifest, Path]:
    """The manifest, and the dump unpacked into `folder`. Raises BadArchive."""
    try:
        with tarfile.open(path) as tar:
            for name in (MANIFEST, DUMP):
                tar.extract(name, folder, filter="data")
        found = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (tarfile.TarError, KeyError, ValueError, EOFError) as error:
        raise BadArchive(f"{path} is no backup, or not whole: {error}") from None
    if found.pop("format", None) != FORMAT:
        raise BadArchive(f"{path} was written in another format.")
    found["tables"] = {name: Content(**content) for name, content in found["tables"].items()}
    manifest = Manifest(**found)
    dump = folder / DUMP
    if sha256_of(dump) != manifest.sha256:
        raise BadArchive(f"{path} is damaged: the dump is not the one that was written.")
    return manifest, dump
