"""A crash between commit and enqueue, of a web process as it were; then the product starts at its own pace."""

import signal
import sys
import time
from collections.abc import Iterator

from chaos.claim import Claim
from chaos.crew import ITS_OWN_PACE, QUICK, wait_until
from chaos.ground import Ground, Size, company, write_books, yesterday
from chaos.post_office import post_office
from jobs.models import Outbox, Run
from workspaces.scope import workspace_scope

MAILS = 20


def trial(ground: Ground, size: Size) -> Iterator[Claim]:
    workspace = company("untold")
    write_books(workspace, customers=5)
    until = yesterday(workspace)

    def waiting() -> tuple[int, int]:
        with workspace_scope(workspace):
            mails = Outbox.objects.filter(workspace=workspace, state=Outbox.PENDING).count()
            return mails, Run.objects.filter(workspace=workspace).open().count()

    with post_office() as (office, address), ground.crew("enqueue", QUICK if size.is_quick else ITS_OWN_PACE) as crew:
        words = [sys.executable, "-m", "chaos.dying_writer", workspace.slug, str(MAILS), until.isoformat()]
        code = crew.start("writer", words).wait(60)
        kept = waiting()
        yield Claim(
            "what was committed before the crash is there, and nobody was told",
            (code, kept) == (-signal.SIGKILL, (MAILS, 1)) and not office.taken,
            f"{kept[0]} mails, {kept[1]} closing",
        )
        started = time.monotonic()
        crew.start_worker(EMAIL_URL=address)
        crew.start_beat()
        wait_until(lambda: waiting() == (0, 0), seconds=180, what=crew.logs)
        seconds = time.monotonic() - started
    yield Claim("all of it is delivered within 60 s of the start", seconds <= 60, f"{seconds:.1f} s")
    yield Claim("and every mail once", sorted(office.taken.values()) == [1] * MAILS)
