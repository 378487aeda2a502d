"""Writing a backup: one snapshot, read by `pg_dump` and counted by us."""

import subprocess
import tempfile
from datetime import datetime
from pathlib import Path

from b2bops.backup import archive
from b2bops.backup.archive import Manifest
from b2bops.backup.contents import contents, migrations
from b2bops.backup.servers import backup_role, program


class BackupFailed(Exception):
    """Why there is no backup."""


def back_up(path: Path, *, at: datetime) -> Manifest:
    """Write the whole database, as it is at one moment, into a new file; others may go on working meanwhile.

    Raises BackupFailed, ProgramMissing, FileExistsError.
    """
    if path.exists():
        raise FileExistsError(path)
    login = backup_role()
    with tempfile.TemporaryDirectory(dir=path.absolute().parent, prefix=f".{path.name}-") as folder:
        dump = Path(folder) / archive.DUMP
        with login.transaction(isolation="REPEATABLE READ") as cursor:
            cursor.execute("select pg_export_snapshot(), current_setting('server_version')")
            snapshot, server = cursor.fetchone()
            done = subprocess.run(  # noqa: S603
                [program("pg_dump"), "-Fc", f"--snapshot={snapshot}", "-f", dump],
                env=login.environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                check=False,
            )
            if done.returncode:
                raise BackupFailed(done.stderr.strip())
            manifest = Manifest(
                made_at=at.isoformat(timespec="seconds"),
                server=server,
                migrations=migrations(cursor),
                tables=contents(cursor),
                sha256=archive.sha256_of(dump),
            )
        archive.write(path, manifest, dump)
    return manifest
