"""The checklist of a new workspace: ticked by what is there, for those who can take its steps, and put away for good."""

import datetime as dt

import pytest

from b2bops.demo.load import load_demo
from b2bops.guide.steps import STEPS, guide_of
from leads.actions import save_spend
from metrics.models import Closing
from tests.accounts import facts
from tests.cast import AT, DAY, make_user, make_workspace
from workspaces.actor import system_actor
from workspaces.models import Membership, Workspace
from workspaces.scope import workspace_scope


@pytest.fixture
def alone(db):
    """A workspace with its first owner and nothing else."""
    return make_workspace("fresh", owner=make_user("nova"))


def owner_of(workspace) -> Membership:
    return Membership.objects.select_related("user", "workspace").get(workspace=workspace, role="owner")


def ticked(workspace) -> list[str]:
    with workspace_scope(workspace):
        return [step.key for step in guide_of(workspace, owner_of(workspace)).steps if step.is_done]


def test_ticks_itself_from_what_is_there(alone, django_assert_num_queries):
    by = system_actor("command")
    assert ticked(alone) == ["company"]
    account = facts.account(alone)
    assert ticked(alone) == ["company", "accounts"]
    with workspace_scope(alone):
        # Closed days say nothing as long as there is nothing to close.
        Closing.objects.create(workspace=alone, day=DAY, closed_at=AT)
    assert ticked(alone) == ["company", "accounts"]
    facts.contract(account)
    assert ticked(alone) == ["company", "accounts", "contracts", "closing"]
    with workspace_scope(alone):
        guide = guide_of(alone, owner_of(alone))
        assert "rates" not in [step.key for step in guide.steps], "everything is in the workspace's own currency"
        assert guide.next.key == "spend"
    facts.contract(account, currency="USD", starts_on="2026-02-01")
    with workspace_scope(alone):
        assert guide_of(alone, owner_of(alone)).next.key == "rates"
    facts.fx_rate(alone)
    with workspace_scope(alone):
        save_spend(workspace=alone, rows=[{"date": "2026-01-01", "channel": "Search", "amount": "10"}], by=by)
    assert ticked(alone) == ["company", "accounts", "contracts", "rates", "closing", "spend"]
    with workspace_scope(alone):
        owner = owner_of(alone)
        with django_assert_num_queries(1):
            guide_of(alone, owner)


def test_colleagues_and_keys_complete_it(cast):
    assert set(ticked(cast.workspace)) == {"company", "colleague"}
    cast.api_key()
    assert set(ticked(cast.workspace)) == {"company", "colleague", "connected"}


def test_the_demo_ticks_nothing(alone):
    with workspace_scope(alone):
        load_demo(workspace=alone, last_day=DAY - dt.timedelta(days=1), by=system_actor("command"))
        Closing.objects.create(workspace=alone, day=DAY, closed_at=AT)
        guide = guide_of(alone, owner_of(alone))
    assert guide.has_demo
    assert guide.done == 1


def test_owners_see_it_and_put_it_away_for_everybody(cast):
    owner, member = cast.client(cast.owner), cast.client(cast.member)
    page = owner.get(cast.url("accounts/"))
    assert page.context["guide"].done == 2
    assert 'class="guide"' in page.content.decode()
    assert "guide" not in member.get(cast.url("accounts/")).context
    # Steps that a member cannot take are not theirs to see.
    keys = [step.key for step in member.get(cast.url("start/")).context["steps"]]
    assert keys == [step.key for step in STEPS if step.key in ("accounts", "contracts")]
    assert member.post(cast.url("start/checklist/")).status_code == 403
    answer = owner.post(cast.url("start/checklist/"))
    assert answer["Location"] == cast.url("open/")
    assert not Workspace.objects.get(slug="acme").is_guided
    assert "guide" not in owner.get(cast.url("accounts/")).context
    page = owner.get(cast.url("start/")).content.decode()
    assert "Show it in the sidebar" in page
    owner.post(cast.url("start/checklist/"), {"show": "1"})
    assert "guide" in owner.get(cast.url("accounts/")).context


def test_the_first_page_offers_three_ways(cast):
    page = cast.client(cast.owner).get(cast.url("start/")).content.decode()
    for way in ("Load the demo company", "Import a file", "Create a key"):
        assert way in page
    viewer = cast.client(cast.viewer).get(cast.url("start/")).content.decode()
    for way in ("Load the demo company", "Import a file", "Create a key"):
        assert way not in viewer
    facts.account(cast.workspace)
    page = cast.client(cast.owner).get(cast.url("start/")).content.decode()
    assert "Load the demo company" not in page
    assert "Only an empty workspace takes it" in page
