"""kill -9 of the worker between the mail server's answer and our commit: the one gap that nothing can close."""

import threading
from collections.abc import Iterator

from django.conf import settings

from chaos.claim import Claim
from chaos.crew import wait_until
from chaos.ground import Ground, Size, company
from chaos.post_office import post_office
from jobs.actions import post_mail
from jobs.models import Outbox
from workspaces.scope import workspace_scope


def trial(ground: Ground, size: Size) -> Iterator[Claim]:
    settings.HAS_MAIL_SERVER = True
    workspace = company("mails")
    mails = size.kills * 3
    hit: set[str] = set()
    killed = threading.Event()
    victims: list = []

    def kill(message_id: str, to: str) -> None:
        # every third mail, the first time it comes: the server has it, the worker never hears so
        if int(to.partition("@")[0]) % 3 == 0 and message_id not in hit:
            hit.add(message_id)
            crew.kill(victims.pop())
            killed.set()

    with post_office(kill) as (office, address), ground.crew("mails") as crew:
        # one process, so that a kill hits one mail
        victims.append(crew.start_worker(1, EMAIL_URL=address))
        crew.start_beat()
        with workspace_scope(workspace):
            for number in range(mails):
                post_mail(
                    workspace=workspace, to=f"{number}@chaos.example", subject="Chaos", body="…", key=f"chaos:{number}"
                )

        def are_all_sent() -> bool:
            if killed.is_set():
                killed.clear()
                victims.append(crew.start_worker(1, EMAIL_URL=address))
            with workspace_scope(workspace):
                return not Outbox.objects.filter(workspace=workspace, state=Outbox.PENDING).exists()

        wait_until(are_all_sent, seconds=60 + 15 * size.kills, what=crew.logs)
    with workspace_scope(workspace):
        sent = Outbox.objects.filter(workspace=workspace, state=Outbox.SENT).count()
    by_person: dict[str, list[int]] = {}
    for (_message_id, to), times in office.taken.items():
        by_person.setdefault(to, []).append(times)
    yield Claim("no mail is lost", len(by_person) == sent == mails, f"{len(by_person)} of {mails} arrived")
    yield Claim(
        "a mail whose sender was killed comes again at most once, under the same Message-ID",
        all(len(times) == 1 and times[0] <= 2 for times in by_person.values()),
        f"{len(hit)} kills, {sum(times[0] == 2 for times in by_person.values())} repeats",
    )
    untouched = [times for (message_id, _to), times in office.taken.items() if message_id not in hit]
    yield Claim("all others come once", all(times == 1 for times in untouched), f"{len(untouched)} mails")
