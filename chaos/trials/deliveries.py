"""The same task delivered five times at once, of every kind: a closing, an import, a mail."""

from collections.abc import Iterator

from django.conf import settings
from django.utils import timezone

from accounts.models import Account
from chaos.claim import Claim
from chaos.crew import wait_until
from chaos.ground import BY, Ground, Size, company, write_books, yesterday
from chaos.post_office import post_office
from chaos.trials.imports import file_of, start
from jobs.actions import post_mail
from jobs.models import Outbox, Run
from metrics.actions import request_closing
from metrics.models import Closing
from workspaces.models import Activity
from workspaces.scope import workspace_scope

TIMES = 5
ROWS = 300


def trial(ground: Ground, size: Size) -> Iterator[Claim]:
    """Nothing but these deliveries: no beat, and what this process itself sends reaches nobody."""
    settings.HAS_MAIL_SERVER = True
    workspace = company("five-times")
    write_books(workspace, customers=5)
    until = yesterday(workspace)
    with workspace_scope(workspace):
        post_mail(workspace=workspace, to="one@chaos.example", subject="Once", body="…", key="chaos:once")
        mail = Outbox.objects.get(workspace=workspace)
        before = Account.objects.filter(workspace=workspace).count()
        request_closing(workspace=workspace, until=until, by=BY, at=timezone.now())
    start(workspace, file_of(ROWS))
    with post_office() as (office, address), ground.crew("deliveries") as crew:
        crew.start_worker(5, EMAIL_URL=address)
        with crew.celery() as client:
            for _ in range(TIMES):
                client.send_task("jobs.tasks.work", kwargs={"of_queue": "slow"}, queue="slow")
                keys = {"workspace_id": str(workspace.pk), "mail_id": str(mail.pk)}
                client.send_task("jobs.tasks.deliver_mail", kwargs=keys, queue="fast")

        def are_done() -> bool:
            with workspace_scope(workspace):
                is_open = Run.objects.filter(workspace=workspace).open().exists()
                return not is_open and not Outbox.objects.filter(workspace=workspace, state=Outbox.PENDING).exists()

        wait_until(are_done, what=crew.logs)
        # what was still under way when the first ones ended must find nothing to do
        with crew.celery().connection_for_write() as link:
            wait_until(
                lambda: not any(link.default_channel.client.llen(name) for name in ("b2bops:slow", "b2bops:fast"))
            )
    with workspace_scope(workspace):
        runs = list(Run.objects.filter(workspace=workspace).values_list("kind", "state", "attempt"))
        ends = Activity.objects.filter(workspace=workspace, subject_type="run", verb="succeeded").count()
        closed = Closing.objects.filter(workspace=workspace).order_by("day").last()
        imported = Account.objects.filter(workspace=workspace).count() - before
        trail = Activity.objects.filter(workspace=workspace, subject_type="account", verb="created").count()
    yield Claim(
        f"a closing delivered {TIMES} times at once is done once",
        ("closing", Run.SUCCEEDED, 1) in runs and closed is not None and closed.day == until,
    )
    yield Claim(
        f"an import delivered {TIMES} times at once writes every row once",
        ("import", Run.SUCCEEDED, 1) in runs and imported == ROWS and trail == before + ROWS,
        f"{imported} rows",
    )
    yield Claim("each has one end in the trail", ends == len(runs) == 2)
    yield Claim(f"a mail delivered {TIMES} times at once is sent once", list(office.taken.values()) == [1])
