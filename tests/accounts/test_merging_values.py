"""What a merge makes of the values of both accounts."""

import datetime as dt

import pytest

from accounts.actions import merge_accounts, save_accounts, split_accounts
from accounts.models import Account
from metrics.closing import close_through
from tests.accounts import facts
from tests.cast import DAY
from tests.metrics.books import after
from workspaces.batch import InvalidRow

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("is_night_between", [False, True])
def test_an_archived_winner_does_not_hide_a_loser_that_pays(acme, is_night_between):
    winner, loser = facts.account(acme.workspace, "Lanhai"), facts.account(acme.workspace, "Lanhai Ltd")
    facts.contract(loser, starts_on="2026-01-01", ends_on=None)
    close_through(workspace=acme.workspace, until=DAY, at=after(DAY))
    by = acme.actor(acme.member)
    save_accounts(workspace=acme.workspace, rows=[{"id": str(winner.pk), "is_archived": True}], by=by, mode="update")

    winner.refresh_from_db()
    loser.refresh_from_db()
    merge = merge_accounts(workspace=acme.workspace, winner=winner, loser=loser, take={}, by=by)

    assert Account.objects.standing().in_use().filter(pk=winner.pk).exists()
    assert not Account.objects.get(pk=winner.pk).is_archived
    if is_night_between:
        next_day = DAY + dt.timedelta(days=1)
        close_through(workspace=acme.workspace, until=next_day, at=after(next_day))
    split_accounts(workspace=acme.workspace, merge=merge, by=by)
    assert Account.objects.get(pk=winner.pk).is_archived is not is_night_between


def test_a_value_that_cannot_stand_leaves_both_as_they_were(acme):
    winner = facts.account(acme.workspace, "Lanhai", tags=[f"t{number}" for number in range(50)])
    loser = facts.account(acme.workspace, "Lanhai Ltd", tags=["pilot"])
    with pytest.raises(InvalidRow) as refusal:
        merge_accounts(
            workspace=acme.workspace, winner=winner, loser=loser, take={"tags": "both"}, by=acme.actor(acme.member)
        )
    assert "tags" in refusal.value.errors
    loser.refresh_from_db()
    assert loser.voided_at is None
