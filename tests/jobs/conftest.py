import pytest

from jobs.actions import queue_run
from tests.jobs import kinds
from workspaces.actor import member_actor
from workspaces.scope import workspace_scope

KINDS = ("steps", "refuse", "break_down", "lose_database", "be_overtaken", "interrupt", "leave")


@pytest.fixture(autouse=True)
def _quick_and_known(settings):
    settings.RUN_KINDS = {name: f"{kinds.__name__}.{name}" for name in KINDS}
    settings.RUN_POKE_SECONDS = 0
    settings.RUN_HEARTBEAT_SECONDS = 0.2
    settings.RUN_LEASE_SECONDS = 2


@pytest.fixture
def queue(cast):
    """`queue(kind, **params)` asks for a run in acme as its manager."""

    def ask(kind, *, workspace=None, key="one", by=None, **params):
        workspace = workspace or cast.workspace
        by = by or member_actor(cast.manager if workspace == cast.workspace else cast.stranger)
        with workspace_scope(workspace):
            return queue_run(workspace=workspace, kind=kind, key=key, params=params, by=by)

    return ask


@pytest.fixture
def reread():
    """`reread(run)` is the row as it stands now."""

    def read(run):
        with workspace_scope(run.workspace_id):
            run.refresh_from_db()
        return run

    return read
