"""A backup taken while people write, restored into an empty server: the rows of one moment, to the last one."""

import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from accounts.actions import save_accounts
from chaos.claim import Claim
from chaos.ground import BY, Ground, Size, company, write_books, yesterday
from launch.servers import throw_away
from launch.stop_signals import Signals
from metrics.closing import close_through
from workspaces.scope import workspace_scope

CUSTOMERS = 300


def manage(environment: dict[str, str], *words: str) -> str:
    """What a management command says; its complaint raised as an AssertionError."""
    done = subprocess.run(  # noqa: S603
        [sys.executable, settings.BASE_DIR / "manage.py", *words],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise AssertionError(f"{words[0]} ended with {done.returncode}: {done.stderr.strip()}")
    return done.stdout


def trial(ground: Ground, size: Size) -> Iterator[Claim]:
    workspace, busy = company("restored"), company("busy")
    write_books(workspace, CUSTOMERS)
    close_through(workspace=workspace, until=yesterday(workspace), at=timezone.now())
    here = os.environ | {"SECRET_KEY": settings.SECRET_KEY}
    before = manage(here, "verify_ledger", "--workspace", workspace.slug)
    stop = threading.Event()

    def write() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            rows = [{"external_id": f"busy {number} {row}", "name": "Busy"} for row in range(50)]
            with workspace_scope(busy):
                save_accounts(workspace=busy, rows=rows, by=BY)

    writer = threading.Thread(target=write)
    writer.start()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "b2bops.tar"
        try:
            made = manage(here, "backup", str(file))
        finally:
            stop.set()
            writer.join()
        with throw_away({}, signals=Signals()) as servers:
            there = here | servers.environment
            manage(there, "migrate", "-v", "0")
            restored = manage(there, "restore", str(file))
            after = manage(there, "verify_ledger", "--workspace", workspace.slug)
            refused = subprocess.run(  # noqa: S603
                [sys.executable, settings.BASE_DIR / "manage.py", "restore", file],
                env=there,
                capture_output=True,
                text=True,
                check=False,
            )
    yield Claim(
        "a backup restores into an empty server with equal counts and sums",
        "counts and sums agree" in restored,
        made.strip().partition(" in ")[0],
    )
    yield Claim("the ledger there has the same digest, and holds", after == before)
    yield Claim(
        "a second restore into it is refused",
        refused.returncode == 1 and "is not empty" in refused.stderr,
    )
