"""What is told, by whom, and what it costs when nobody listens."""

import datetime as dt
import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actions import (
    decide_renewal,
    hand_over_accounts,
    save_accounts,
    save_contracts,
    void_account,
    void_contract,
)
from accounts.models import Contract, RenewalProposal
from jobs.models import Run, WebhookDelivery, WebhookEvent
from jobs.runs import RunFailed
from jobs.webhooks.events import EVENT_TYPES, PATTERNS, matches
from metrics import movement_events
from metrics.closing import close_through
from tests.api.client import Api
from workspaces.actor import system_actor
from workspaces.models import Membership
from workspaces.scope import workspace_scope

BY = system_actor("command")
pytestmark = pytest.mark.django_db(transaction=True)
AT = dt.datetime(2026, 7, 1, 12, tzinfo=dt.UTC)


def told(workspace) -> list[tuple[str, dict]]:
    """(type, data) of everything that was told, in order; forgotten afterwards."""
    with workspace_scope(workspace):
        found = [json.loads(body) for body in WebhookEvent.objects.order_by("id").values_list("body", flat=True)]
        WebhookDelivery.objects.all().delete()
        WebhookEvent.objects.all().delete()
    return [(one["type"], one["data"]) for one in found]


def contract_row(key: str, **fields) -> dict:
    line = {"product": "Core", "quantity": 1, "unit_amount": "100", "interval": "month"}
    return {"external_id": key, "account": "A1", "currency": "CNY", "starts_on": "2026-01-01", "lines": [line]} | fields


@pytest.fixture
def write(cast):
    """`write(action, **arguments)` in acme."""

    def call(action, **arguments):
        with workspace_scope(cast.workspace):
            return action(workspace=cast.workspace, by=BY, **arguments)

    return call


def test_facts_are_told_as_the_api_shows_them(cast, hook, write):
    hook(["account.*", "contract.*"])
    api = Api(cast.api_key(scope="read"))
    (account,) = write(save_accounts, rows=[{"external_id": "A1", "name": "Lanhai", "owner": "member@example.com"}])
    assert told(cast.workspace) == [("account.created", api.get(f"accounts/{account.id}/").json())]
    (contract,) = write(save_contracts, rows=[contract_row("C1")])
    assert told(cast.workspace) == [("contract.created", api.get(f"contracts/{contract.id}/").json())]
    write(save_accounts, rows=[{"external_id": "A1", "name": "Lanhai"}])
    assert told(cast.workspace) == [], "nothing changed"
    write(save_contracts, rows=[{"external_id": "C1", "ends_on": "2026-12-31"}])
    ((name, data),) = told(cast.workspace)
    assert (name, data["ends_on"], len(data["lines"])) == ("contract.updated", "2026-12-31", 1)
    assert data == api.get(f"contracts/{contract.id}/").json()
    write(void_account, pk=account.id, reason="entered twice")
    seen = [(name, data["external_id"], data["void_reason"]) for name, data in told(cast.workspace)]
    assert seen == [("contract.voided", "C1", "entered twice"), ("account.voided", "A1", "entered twice")]


def test_every_other_door_tells_too(cast, hook, write):
    hook()
    write(save_accounts, rows=[{"external_id": "A1", "name": "Lanhai", "owner": "member@example.com"}])
    write(
        save_contracts,
        rows=[contract_row("C1", ends_on="2026-12-31"), contract_row("C2", starts_on="2027-01-01")],
    )
    told(cast.workspace)
    with workspace_scope(cast.workspace):
        giver, taker = cast.member, Membership.objects.select_related("user").get(pk=cast.manager.pk)
    write(hand_over_accounts, giver=giver, taker=taker)
    ((name, data),) = told(cast.workspace)
    assert (name, data["owner"]) == ("account.updated", taker.user.email)
    with workspace_scope(cast.workspace):
        proposal = RenewalProposal.objects.get()
    write(decide_renewal, proposal_id=proposal.pk, confirm=True)
    ((name, data),) = told(cast.workspace)
    assert (name, data["external_id"], data["renews"]) == ("contract.updated", "C2", "C1")
    with workspace_scope(cast.workspace):
        first = Contract.objects.get(external_id="C1")
    write(void_contract, pk=first.pk, reason="x")
    assert [(name, data["external_id"], data["renews"]) for name, data in told(cast.workspace)] == [
        ("contract.updated", "C2", None),
        ("contract.voided", "C1", None),
    ]


def test_only_what_is_wanted_is_written(cast, hook, write):
    hook(["contract.voided"])
    hook(["account.created"])
    write(save_accounts, rows=[{"external_id": f"A{number}", "name": "A"} for number in (1, 2)])
    write(save_accounts, rows=[{"external_id": "A1", "name": "B"}])
    with workspace_scope(cast.workspace):
        assert WebhookDelivery.objects.count() == 2
    assert [name for name, _data in told(cast.workspace)] == ["account.created"] * 2


def queries_of(write, count: int, prefix: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as counted:
        write(save_accounts, rows=[{"external_id": f"{prefix}{number}", "name": "A"} for number in range(count)])
    return len(counted)


def test_nobody_listening_costs_one_query_a_batch(cast, hook, write, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr("accounts.actions.changes.tell", lambda *args: None)
        without = queries_of(write, 10, "a")
    assert queries_of(write, 10, "b") == without + 1
    assert queries_of(write, 500, "c") == without + 1
    with workspace_scope(cast.workspace):
        assert not WebhookEvent.objects.exists()
    hook()
    heard = queries_of(write, 10, "d")
    assert queries_of(write, 500, "e") == heard, "told in bulk"
    with workspace_scope(cast.workspace):
        assert WebhookEvent.objects.count() == 510


def close(workspace, until="2026-06-30"):
    close_through(workspace=workspace, until=dt.date.fromisoformat(until), at=AT)


def test_movements_of_a_closing(cast, hook, write):
    hook(["movement.*"])
    api = Api(cast.api_key(scope="read"))
    write(save_accounts, rows=[{"external_id": "A1", "name": "Lanhai"}])
    write(save_contracts, rows=[contract_row("C1")])
    close(cast.workspace)
    ((name, data),) = told(cast.workspace)
    assert name == "movement.created"
    assert data["movements"] == api.get("metrics/movements/").json()["results"]
    assert [(one["date"], one["kind"], one["amount"]) for one in data["movements"]] == [("2026-01-01", "new", "100.00")]
    # The past is written anew: it began later, for more.
    line = {"product": "Core", "quantity": 2, "unit_amount": "100", "interval": "month"}
    write(save_contracts, rows=[contract_row("C1", lines=[line])])
    close(cast.workspace)
    ((name, data),) = told(cast.workspace)
    assert (name, data["movements"][0]["amount"]) == ("movement.changed", "200.00")
    write(save_contracts, rows=[contract_row("C1", lines=[line], starts_on="2026-02-01")])
    close(cast.workspace)
    seen = [(name, [one["date"] for one in data["movements"]]) for name, data in told(cast.workspace)]
    assert seen == [("movement.created", ["2026-02-01"]), ("movement.removed", ["2026-01-01"])]
    close(cast.workspace)
    assert told(cast.workspace) == [], "nothing moved"


def test_movements_come_in_pages_and_past_a_bound_as_a_number(cast, hook, write, monkeypatch):
    hook(["movement.*"])
    monkeypatch.setattr(movement_events, "PER_EVENT", 2)
    monkeypatch.setattr(movement_events, "MOST_PER_STEP", 5)
    write(save_accounts, rows=[{"external_id": f"A{number}", "name": "A"} for number in range(5)])
    write(save_contracts, rows=[contract_row(f"C{number}", account=f"A{number}") for number in range(5)])
    close(cast.workspace)
    assert [len(data["movements"]) for _name, data in told(cast.workspace)] == [2, 2, 1]
    write(save_accounts, rows=[{"external_id": f"B{number}", "name": "B"} for number in range(6)])
    rows = [contract_row(f"D{number}", account=f"B{number}", starts_on=f"2026-03-0{number + 1}") for number in range(6)]
    write(save_contracts, rows=rows)
    close(cast.workspace)
    assert told(cast.workspace) == [("movement.many", {"count": 6, "from": "2026-03-01", "to": "2026-03-06"})]


def test_closing_runs_are_told_when_they_end(cast, hook, queue, settings):
    from jobs import runs  # noqa: PLC0415

    hook(["closing.*"])
    settings.RUN_KINDS = {"closing": "tests.jobs.webhooks.test_events.end_well", "import": settings.RUN_KINDS["steps"]}
    queue("closing", until="2026-06-30")
    runs.work("slow", seconds=0)
    ((name, data),) = told(cast.workspace)
    assert name == "closing.succeeded"
    assert (data["status"], data["until"], data["days_closed"], data["restated_from"]) == (
        "succeeded",
        "2026-06-30",
        181,
        None,
    )
    assert data["movements"] == {"new": {"count": 1, "amount": "12.00"}}
    assert data["id"]
    settings.RUN_KINDS = {"closing": "tests.jobs.webhooks.test_events.end_badly"}
    queue("closing", until="2026-06-30")
    runs.work("slow", seconds=0)
    ((name, data),) = told(cast.workspace)
    assert (name, data["error"]["code"], data["error"]["currency"]) == ("closing.failed", "missing_rate", "EUR")


def end_well(context) -> dict:
    return {
        "closed_through": "2026-06-30",
        "days_closed": 181,
        "restated_from": None,
        "movements": {"new": {"count": 1, "amount": "12.00"}},
    }


def end_badly(context):
    raise RunFailed(
        "missing_rate", "There is no exchange rate for %(currency)s.", currency="EUR", day=dt.date(2026, 1, 2)
    )


@pytest.mark.parametrize(
    ("pattern", "name", "is_match"),
    [
        ("*", "account.created", True),
        ("account.*", "account.created", True),
        ("account.created", "account.created", True),
        ("account.*", "accounting.created", False),
        ("account", "account.created", False),
        ("contract.*", "account.created", False),
    ],
)
def test_patterns(pattern, name, is_match):
    assert matches(pattern, name) is is_match


def test_every_group_and_type_can_be_subscribed_to():
    assert set(PATTERNS) == {"*", *EVENT_TYPES, *(f"{name.partition('.')[0]}.*" for name in EVENT_TYPES)}
    assert Run.SUCCEEDED in {name.partition(".")[2] for name in EVENT_TYPES}
