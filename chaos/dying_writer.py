"""A process that dies between commit and enqueue: everything it wrote is committed, and nobody was told.

`python -m chaos.dying_writer SLUG MAILS DAY`: posts mails and asks for the days up to DAY to be closed.
"""

import datetime as dt
import os
import signal
import sys

import django


def main(slug: str, mails: int, day: dt.date) -> None:
    django.setup()
    from django.conf import settings  # noqa: PLC0415 - only after set-up
    from django.utils import timezone  # noqa: PLC0415

    from jobs import delivery  # noqa: PLC0415
    from jobs.actions import post_mail  # noqa: PLC0415
    from metrics.actions import request_closing  # noqa: PLC0415
    from workspaces.actor import system_actor  # noqa: PLC0415
    from workspaces.models import Workspace  # noqa: PLC0415
    from workspaces.scope import workspace_scope  # noqa: PLC0415

    def die(*_words, **_keys):
        os.kill(os.getpid(), signal.SIGKILL)

    settings.HAS_MAIL_SERVER = True
    delivery.send = die
    workspace = Workspace.objects.get(slug=slug)
    with workspace_scope(workspace):
        for number in range(mails):
            to = f"{number}@chaos.example"
            post_mail(workspace=workspace, to=to, subject="Chaos", body="…", key=f"chaos:{number}")
        request_closing(workspace=workspace, until=day, by=system_actor("command"), at=timezone.now())


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), dt.date.fromisoformat(sys.argv[3]))
