"""Postgres restarted, politely and by kill -9, under API writes with an Idempotency-Key that are sent until answered."""

import random
import signal
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator

from django.db import connection

from accounts.models import Account
from chaos.claim import Claim
from chaos.crew import wait_until
from chaos.ground import Ground, Size, company, key_of
from workspaces.models import Activity
from workspaces.scope import workspace_scope

WRITERS = 4
# An answer that says: ask again.
AGAIN = {0, 409, 429, 500, 502, 503, 504}


class Writers:
    """Integrations that write accounts one after the other. Names are no keys: a write done twice would be two rows."""

    def __init__(self, web, key: dict[str, str]):
        self._web, self._key = web, key
        self._stop = threading.Event()
        self.acknowledged: list[str] = []
        self.asked_again = 0
        self.refused: list[str] = []
        self._threads = [threading.Thread(target=self._write, args=(number,)) for number in range(WRITERS)]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_exception):
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _write(self, writer: int) -> None:
        number = 0
        while not self._stop.is_set():
            number += 1
            name = f"writer {writer} row {number}"
            headers = self._key | {"Idempotency-Key": str(uuid.uuid4())}
            # even when told to stop: what was sent is sent until it is answered
            while (answer := self._web.post("/api/v1/accounts/", {"name": name}, **headers)).status in AGAIN:
                self.asked_again += 1
                time.sleep(0.05)
            if answer.status == 201:
                self.acknowledged.append(name)
            else:
                self.refused.append(f"{answer.status} {answer.body[:200]!r}")


def trial(ground: Ground, size: Size) -> Iterator[Claim]:
    workspace = company("restarted")
    key = key_of(workspace)
    chance = random.Random()  # noqa: S311 - other moments every time
    outages: list[float] = []
    with ground.crew("postgres") as crew:
        web = crew.start_web()
        with Writers(web, key) as writers:
            for restart in range(size.kills):
                time.sleep(0.3 + chance.random())
                connection.close()
                ground.restart_postgres(signal.SIGKILL if restart % 2 else signal.SIGINT)
                back_at = time.monotonic()
                wait_until(lambda: web.get("/api/v1/accounts/?limit=1", **key).status == 200, what=crew.logs)
                outages.append(time.monotonic() - back_at)
    with workspace_scope(workspace):
        there = Counter(Account.objects.filter(workspace=workspace).values_list("name", flat=True))
        trail = Activity.objects.filter(workspace=workspace, subject_type="account", verb="created").count()
    lost = [name for name in writers.acknowledged if name not in there]
    doubled = [name for name, times in there.items() if times > 1]
    yield Claim(
        "no acknowledged write is lost",
        not lost and not writers.refused and len(writers.acknowledged) >= size.kills,
        f"{len(writers.acknowledged):,} acknowledged over {size.kills} restarts, half of them kill -9"
        + (f"; lost: {lost[:5]}" if lost else "")
        + (f"; refused: {writers.refused[:3]}" if writers.refused else ""),
    )
    yield Claim(
        "none is done twice, though sent again",
        not doubled and trail == len(there) == len(writers.acknowledged),
        f"asked again {writers.asked_again:,} times" + (f"; doubled: {doubled[:5]}" if doubled else ""),
    )
    yield Claim("the API answers as soon as Postgres does", max(outages) <= 15, f"after {max(outages):.1f} s at most")
