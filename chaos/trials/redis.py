"""Redis flushed and killed while a closing runs and people are at work: the run goes on, the web stays up."""

import threading
import time
from collections import Counter
from collections.abc import Iterator

from django.utils import timezone

from chaos.claim import Claim
from chaos.crew import wait_until
from chaos.ground import BY, Ground, Size, company, key_of, undisturbed_digest, write_books, yesterday
from chaos.trials.closings import months_closed
from jobs.models import Run
from metrics.actions import request_closing
from metrics.ledger_digest import ledger_digest
from workspaces.scope import workspace_scope

AWAY_SECONDS = 3


class Visitors:
    """Callers who read and write all the time; what they were answered."""

    def __init__(self, web, key: dict[str, str]):
        self._web, self._key = web, key
        self._stop = threading.Event()
        self.answers: Counter[int] = Counter()
        self._thread = threading.Thread(target=self._visit)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_exception):
        self._stop.set()
        self._thread.join()

    def _visit(self) -> None:
        number = 0
        while not self._stop.is_set():
            number += 1
            self.answers[self._web.get("/api/v1/accounts/", **self._key).status] += 1
            self.answers[self._web.get("/sign-in/login/").status] += 1
            row = {"external_id": f"visitor-{number}", "name": f"Visitor {number}"}
            self.answers[self._web.post("/api/v1/accounts/", row, **self._key).status] += 1


def trial(ground: Ground, size: Size) -> Iterator[Claim]:
    workspace = company("without-redis")
    until = yesterday(workspace)
    expected = undisturbed_digest(company("with-redis"), until, 400)
    write_books(workspace, 400)
    other = company("visited")
    key = key_of(other)

    def is_done(run: Run) -> bool:
        with workspace_scope(workspace):
            run.refresh_from_db()
        return not run.is_open

    def ask(since=None) -> Run:
        with workspace_scope(workspace):
            return request_closing(workspace=workspace, until=until, since=since, by=BY, at=timezone.now())

    with ground.crew("redis") as crew:

        def is_done_again() -> bool:
            crew.replace_ended_workers()
            return is_done(again)

        web = crew.start_web()
        crew.start_worker()
        crew.start_beat()
        run = ask()
        with Visitors(web, key) as visitors:
            wait_until(lambda: months_closed(workspace) >= 2, what=crew.logs)
            with crew.celery().connection_for_write() as link:
                link.default_channel.client.flushall()
            wait_until(lambda: months_closed(workspace) >= 4 or is_done(run), what=crew.logs)
            ground.kill_valkey()
            time.sleep(AWAY_SECONDS)
            wait_until(lambda: is_done(run), seconds=120, what=crew.logs)
            # asked while there is no Redis to carry the word
            again = ask(since=until)
            ground.valkey.start()
            back_at = time.monotonic()
            wait_until(is_done_again, seconds=120, what=crew.logs)
            seconds = time.monotonic() - back_at
    with workspace_scope(workspace):
        same = ledger_digest(workspace) == expected
    yield Claim(
        "a closing under way needs no Redis, and ends with the digest of an undisturbed one",
        same and (run.state, run.attempt) == (Run.SUCCEEDED, 1),
        f"{run.state} at attempt {run.attempt}",
    )
    yield Claim(
        "what was asked for without Redis is done once it is back",
        again.state == Run.SUCCEEDED and seconds <= 60,
        f"after {seconds:.1f} s",
    )
    yield Claim(
        "the web stays up all the while, for readers and writers",
        set(visitors.answers) == {200, 201} and visitors.answers[201] > 3,
        ", ".join(f"{times} × {status}" for status, times in sorted(visitors.answers.items())),
    )
