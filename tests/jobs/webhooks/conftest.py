import datetime as dt
from ipaddress import ip_network

import pytest

from jobs.models import WebhookDelivery
from jobs.webhooks import actions, delivery
from tests.jobs.webhooks.receiver import receiving
from workspaces.actor import member_actor
from workspaces.scope import workspace_scope


@pytest.fixture(autouse=True)
def _a_network_of_our_own(settings):
    settings.WEBHOOK_ALLOW_HTTP = True
    settings.WEBHOOK_ALLOWED_NETWORKS = [ip_network("127.0.0.1/32")]
    settings.WEBHOOK_CONNECT_SECONDS, settings.WEBHOOK_TOTAL_SECONDS = 1, 0.5


@pytest.fixture
def receiver():
    with receiving() as one:
        yield one


@pytest.fixture
def hook(cast, receiver):
    """`hook(events=…)` makes a webhook of acme's owner (or of `workspace`'s) that leads to the receiver."""

    def make(events=("*",), *, workspace=None, url=None, by=None):
        workspace = workspace or cast.workspace
        by = by or member_actor(cast.owner if workspace == cast.workspace else cast.stranger)
        row = {"url": url or receiver.url, "events": list(events)}
        with workspace_scope(workspace):
            return actions.create_webhook(workspace=workspace, row=row, by=by, at=dt.datetime.now(dt.UTC))

    return make


@pytest.fixture
def run_due():
    """`run_due(at)` does what a worker does with everything that is due at the instant `at`, by default now."""

    def run(at: dt.datetime | None = None) -> None:
        at = at or dt.datetime.now(dt.UTC)
        while claimed := delivery.claim(at=at):
            delivery.deliver(claimed, now=lambda: at)

    return run


@pytest.fixture
def only_delivery(cast):
    """The one delivery of acme, as it stands."""

    def read(workspace=None) -> WebhookDelivery:
        with workspace_scope(workspace or cast.workspace):
            return WebhookDelivery.objects.select_related("event", "webhook").get()

    return read
