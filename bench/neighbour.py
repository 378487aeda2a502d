"""What a full rebuild of one workspace does to the pages of another: the median page beside it, over the median alone.

Two processes on one database, as a worker and a web process are. Pages: the overview, and the list of accounts.
"""

import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.test import Client

from bench.closing import FIRST_CLOSED, close, make_workspace
from bench.result import Result
from workspaces.models import Membership, Workspace
from workspaces.scope import workspace_scope

BUSY, QUIET = 100_000, 2_000
ROUNDS = 60
STATIC = "django.contrib.staticfiles.storage.StaticFilesStorage"
REBUILD = "import django; django.setup(); from bench.neighbour import rebuild_again_and_again as go; go({pk!r})"


def measure() -> Iterator[Result]:
    settings.DEBUG = False
    settings.ALLOWED_HOSTS = ["testserver"]
    # Nothing was collected here, and files are not what is measured.
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": STATIC}}
    busy, quiet = make_workspace(BUSY), make_workspace(QUIET)
    for workspace in (busy, quiet):
        close(workspace, FIRST_CLOSED)
    client = Client()
    with workspace_scope(quiet):
        client.force_login(Membership.objects.get(workspace=quiet).user)
    pages = {"overview": f"/w/{quiet.slug}/", "accounts": f"/w/{quiet.slug}/accounts/"}
    alone = {name: _median(client, address) for name, address in pages.items()}
    with _rebuilding(busy):
        beside = {name: _median(client, address) for name, address in pages.items()}
    for name in pages:
        yield Result(
            f"{name} while another workspace of {BUSY:,} accounts is rebuilt, over alone",
            beside[name] / alone[name],
            bar=2,
            detail=f"{beside[name] * 1000:.0f} / {alone[name] * 1000:.0f} ms",
        )


def rebuild_again_and_again(pk: str) -> None:
    """In the other process, until it is ended."""
    workspace = Workspace.objects.get(pk=pk)
    print("ready", flush=True)
    while True:
        close(workspace, FIRST_CLOSED, since=FIRST_CLOSED.replace(year=2000))


@contextmanager
def _rebuilding(workspace: Workspace) -> Iterator[None]:
    command = [sys.executable, "-c", REBUILD.format(pk=str(workspace.pk))]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as other:  # noqa: S603
        try:
            assert other.stdout is not None
            assert other.stdout.readline() == "ready\n"
            time.sleep(1)
            yield
            assert other.poll() is None, "the rebuild ended early: there was nothing to measure beside"
        finally:
            other.terminate()


def _median(client: Client, address: str) -> float:
    times = []
    for number in range(ROUNDS + 5):
        began = time.perf_counter()
        answer = client.get(address, follow=True)
        assert answer.status_code == 200, answer.status_code
        if number >= 5:
            times.append(time.perf_counter() - began)
    return statistics.median(times)
