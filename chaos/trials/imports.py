"""kill -9 of the worker while it writes an imported file: nothing half-written, nothing doubled, and it goes on."""

import random
import time
from collections.abc import Iterator

from django.utils import timezone

from accounts.models import Account
from chaos.claim import Claim
from chaos.crew import Crew, wait_until
from chaos.ground import BY, Ground, Size, company
from jobs.imports.actions import mapping_of, receive_file, save_mapping, start_import
from jobs.imports.checking import check_import
from jobs.imports.kinds import import_kind
from jobs.imports.runs import CHUNK
from jobs.models import ImportJob, Run
from jobs.runs import claim_one, execute
from workspaces.models import Activity
from workspaces.scope import workspace_scope

FIELDS = ("external_id", "name", "industry", "region", "employees", "note")


def file_of(rows: int) -> bytes:
    lines = ["external_id,name,industry,region,employees,note"]
    lines += [f"C-{n:06},Customer {n},Retail,East,{n % 900 + 1},row {n}" for n in range(rows)]
    return "\n".join(lines).encode()


def start(workspace, content: bytes) -> ImportJob:
    """Received, checked and confirmed: what is left is the worker's."""
    with workspace_scope(workspace):
        job = receive_file(
            workspace=workspace,
            kind=import_kind("accounts"),
            name="accounts.csv",
            content=content,
            language="en",
            by=BY,
            at=timezone.now(),
        )
        problems = save_mapping(job=job, mapping=mapping_of(job), by=BY)
        if problems:
            raise AssertionError(problems)
        job = ImportJob.objects.select_related("workspace").get(workspace=workspace, pk=job.pk)
        check_import(job, by=BY)
        return start_import(job=job, by=BY)


def written(workspace) -> tuple[list[tuple], int]:
    """The accounts and how many of them the trail says were created."""
    with workspace_scope(workspace):
        rows = list(Account.objects.filter(workspace=workspace).order_by("external_id").values_list(*FIELDS))
        trail = Activity.objects.filter(workspace=workspace, subject_type="account", verb="created")
        return rows, trail.count()


def state_of(job: ImportJob) -> tuple[int, Run]:
    """How many entries are written, and the run that writes them."""
    with workspace_scope(job.workspace_id):
        row = ImportJob.objects.select_related("run").get(workspace=job.workspace_id, pk=job.pk)
        if row.run is None:
            raise AssertionError("an import without a run")
        return row.done or 0, row.run


def wait_for_entries(crew: Crew, job: ImportJob, number: int) -> None:
    wait_until(lambda: state_of(job)[0] >= number, seconds=300, what=crew.logs)


def wait_for_attempt(crew: Crew, job: ImportJob, number: int) -> None:
    def is_so() -> bool:
        run = state_of(job)[1]
        return run.attempt >= number or not run.is_open

    wait_until(is_so, seconds=180, what=crew.logs)


def trial(ground: Ground, size: Size) -> Iterator[Claim]:
    content = file_of(CHUNK * (size.kills + 3))
    whole, killed = company("imported-whole"), company("imported-killed")
    job = start(whole, content)
    if not job.run or not claim_one(job.run):
        raise AssertionError("the undisturbed import could not begin")
    execute(job.run.pk, whole.pk)
    chance = random.Random()  # noqa: S311 - other points every time
    hits, slowest = 0, 0.0
    with ground.crew("imports") as crew:
        job = start(killed, content)
        crew.start_beat()
        worker = crew.start_worker()
        for kill in range(size.kills):
            wait_for_entries(crew, job, CHUNK * (kill + 1))
            time.sleep(chance.random() * 0.2)
            crew.kill(worker)
            died_at = time.monotonic()
            _done, run = state_of(job)
            worker = crew.start_worker()
            if run.is_open:
                hits += 1
                wait_for_attempt(crew, job, run.attempt + 1)
                slowest = max(slowest, time.monotonic() - died_at)
        wait_until(lambda: not state_of(job)[1].is_open, seconds=300, what=crew.logs)
    _done, ended = state_of(job)
    rows, trail = written(killed)
    good, good_trail = written(whole)
    yield Claim(
        "an import killed while it writes ends with the rows of an undisturbed one", rows == good, f"{hits} kills"
    )
    yield Claim(
        "each row is written once, and once in the trail",
        trail == good_trail == len(good) and ended.state == Run.SUCCEEDED,
        f"{len(rows):,} rows, {trail:,} entries, the run {ended.state}",
    )
    yield Claim("a killed import is taken up within 90 s", slowest <= 90, f"{slowest:.1f} s at most")
