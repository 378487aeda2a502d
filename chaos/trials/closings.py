"""kill -9 of the worker, with all its children, at random points of a closing, while two beats ask for it all the time."""

import random
import time
from collections.abc import Iterator

from chaos.claim import Claim
from chaos.crew import ITS_OWN_PACE, QUICK, wait_until
from chaos.ground import MONTHS, Ground, Size, company, undisturbed_digest, write_books, yesterday
from jobs.models import Run
from metrics.ledger_digest import ledger_digest
from metrics.models import Closing
from workspaces.models import Activity
from workspaces.scope import workspace_scope

# Kills of one closing; more of them take more closings.
A_CLOSING = 5
CUSTOMERS = 400


def the_run(workspace) -> Run | None:
    with workspace_scope(workspace):
        return Run.objects.filter(workspace=workspace, kind="closing").first()


def attempts(workspace) -> int:
    run = the_run(workspace)
    return run.attempt if run else 0


def is_open(workspace) -> bool:
    run = the_run(workspace)
    return bool(run and run.is_open)


def months_closed(workspace) -> int:
    with workspace_scope(workspace):
        return Closing.objects.filter(workspace=workspace, day__day=1).count()


def trial(ground: Ground, size: Size) -> Iterator[Claim]:
    expected: dict[str, str] | None = None
    left, number, hits, slowest = size.kills, 0, 0, 0.0
    same, once = True, True
    while left > 0:
        number, kills = number + 1, min(left, A_CLOSING)
        left -= kills
        workspace = company(f"killed-{number}")
        until = yesterday(workspace)
        if expected is None:
            expected = undisturbed_digest(company("undisturbed"), until, CUSTOMERS)
        write_books(workspace, CUSTOMERS)
        # The last one at the pace of the product, which is what the 90 seconds are promised for.
        pace = QUICK if left or size.is_quick else ITS_OWN_PACE
        with ground.crew(f"closings-{number}", pace) as crew:
            done, seconds = _killed(crew, workspace, kills)
        hits, slowest = hits + done, max(slowest, seconds)
        with workspace_scope(workspace):
            same &= ledger_digest(workspace) == expected
            trail = Activity.objects.filter(workspace=workspace, subject_type="run").order_by("id")
            once &= list(trail.values_list("verb", flat=True)) == ["queued", "succeeded"]
    yield Claim("a closing killed at random points ends with the digest of an undisturbed one", same, f"{hits} kills")
    yield Claim("there is one run and one end of it, whatever was killed and however many beats ask", once)
    yield Claim("a killed closing is taken up within 90 s", slowest <= 90, f"{slowest:.1f} s at most")


def _killed(crew, workspace, kills: int) -> tuple[int, float]:
    """How often a kill hit the closing at work, and how long it waited for another worker at most."""
    chance = random.Random()  # noqa: S311 - other points every time
    crew.start_beat()
    crew.start_beat()
    worker = crew.start_worker()
    hits, slowest = 0, 0.0
    for kill in range(kills):
        wait_for_months(crew, workspace, MONTHS * (kill + 1) // (kills + 2))
        time.sleep(chance.random() * 0.3)
        crew.kill(worker)
        died_at = time.monotonic()
        attempt, was_at_work = attempts(workspace), is_open(workspace)
        worker = crew.start_worker()
        if was_at_work:
            hits += 1
            wait_for_attempt(crew, workspace, attempt + 1)
            slowest = max(slowest, time.monotonic() - died_at)
    wait_until(lambda: attempts(workspace) and not is_open(workspace), seconds=300, what=crew.logs)
    return hits, slowest


def wait_for_months(crew, workspace, number: int) -> None:
    wait_until(lambda: months_closed(workspace) >= number, seconds=180, what=crew.logs)


def wait_for_attempt(crew, workspace, number: int) -> None:
    wait_until(lambda: attempts(workspace) >= number or not is_open(workspace), seconds=180, what=crew.logs)
