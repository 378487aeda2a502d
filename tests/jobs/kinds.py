"""Kinds of run for the tests of the machinery. What they do to the database is one outbox row per step, so that a step
done twice breaks the unique key and a step left out is missed."""

import time

from django.db import OperationalError
from django.utils.translation import gettext_noop

from jobs.models import Outbox
from jobs.runs import LeaseLost, RunContext, RunFailed


def done_steps(workspace) -> list[str]:
    """What the steps left behind, in their order; ids and clocks left out."""
    rows = Outbox.objects.filter(workspace=workspace, key__startswith="step ").order_by("id")
    return list(rows.values_list("key", flat=True))


def steps(context: RunContext) -> dict:
    """`params`: steps, and seconds that each takes while its transaction is open. Goes on where it stopped."""
    total = context.params["steps"]
    with context.step():
        done = len(done_steps(context.workspace))
    for number in range(done, total):
        with context.step():
            Outbox.objects.create(workspace=context.workspace, key=f"step {number}", to="a@example.com", subject="x")
            time.sleep(context.params.get("seconds", 0))
        context.progress((number + 1) / total, gettext_noop("Step %(number)s"), number=number + 1)
    return {"steps": total}


def refuse(context: RunContext) -> None:
    with context.step():
        Outbox.objects.create(workspace=context.workspace, key="step 0", to="a@example.com", subject="x")
    context.progress(0.5)
    raise RunFailed("missing_rate", gettext_noop("No rate for %(currency)s."), currency="USD")


def break_down(context: RunContext) -> None:
    raise ZeroDivisionError("secret detail")


def lose_database(context: RunContext) -> None:
    raise OperationalError("server closed the connection unexpectedly")


def be_overtaken(context: RunContext) -> None:
    """Another worker takes the run over while a step is open."""
    from tests.jobs.other_worker import take_over  # noqa: PLC0415 - only this kind needs a second connection

    with context.step():
        Outbox.objects.create(workspace=context.workspace, key="step 0", to="a@example.com", subject="x")
        take_over(context.run)


def interrupt(context: RunContext) -> None:
    raise KeyboardInterrupt


def leave(context: RunContext) -> None:
    raise LeaseLost
