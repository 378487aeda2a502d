"""Whoever changes a fact beside the batch waits for the batch that has looked at it, which would write it back otherwise."""

import pytest
from django.db import connection

from accounts import actions
from accounts.models import RenewalProposal
from tests.accounts import facts
from tests.cast import DAY
from workspaces.scope import workspace_scope

HELD = """
select exists (
  select from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()
    and classid::bigint << 32 | objid::bigint = hashtextextended(%s, 0)
)
"""


def turns(workspace) -> set[str]:
    """The kinds that nobody else may save until this transaction ends."""
    nouns = ("account", "attachment", "contact", "contract", "fx_rate", "interaction", "product", "task")
    with connection.cursor() as cursor:
        held = set()
        for noun in nouns:
            cursor.execute(HELD, [f"{workspace.pk}:{noun}"])
            held |= {noun} if cursor.fetchone()[0] else set()
    return held


@pytest.mark.parametrize(
    "kind, waits_for",
    [
        ("account", {"account", "attachment", "contact", "contract", "interaction", "task"}),
        ("contact", {"contact", "interaction"}),
        ("contract", {"contract"}),
        ("product", {"contract", "product"}),
        ("fx_rate", {"fx_rate"}),
        ("interaction", {"attachment", "interaction"}),
        ("task", {"task"}),
    ],
)
@pytest.mark.django_db(transaction=True)
def test_a_void_waits_for_saves_of_what_it_takes_along(cast, kind, waits_for):
    account = facts.account(cast.workspace)
    make = getattr(facts, kind)
    fact = account if kind == "account" else make(cast.workspace if kind in ("product", "fx_rate", "task") else account)
    with workspace_scope(cast.workspace):
        assert not turns(cast.workspace)
        void = getattr(actions, f"void_{kind}")
        void(workspace=cast.workspace, pk=fact.pk, reason="wrong", by=cast.actor(cast.owner))
        assert turns(cast.workspace) == waits_for


@pytest.mark.django_db(transaction=True)
def test_so_do_a_handover_and_a_decided_renewal(cast):
    account = facts.account(cast.workspace, owner=cast.member.user.email)
    facts.contract(account, "2025-01-01", "2025-12-31", number="old")
    facts.contract(account, "2026-01-01", "2026-12-31", number="new")
    by = cast.actor(cast.owner)
    with workspace_scope(cast.workspace):
        actions.hand_over_accounts(workspace=cast.workspace, giver=cast.member, taker=cast.manager, by=by, day=DAY)
        assert turns(cast.workspace) == {"account", "task"}
    with workspace_scope(cast.workspace):
        proposal = RenewalProposal.objects.get(workspace=cast.workspace)
        actions.decide_renewal(workspace=cast.workspace, proposal_id=proposal.pk, confirm=True, by=by)
        assert turns(cast.workspace) == {"contract"}
