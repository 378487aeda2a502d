"""Loading and leaving the demo from the pages."""

from accounts.models import Account
from b2bops.demo.company import ACCOUNTS
from jobs.models import Run
from workspaces.scope import workspace_scope


def accounts(cast) -> int:
    with workspace_scope(cast.workspace):
        return Account.objects.count()


def test_owner_loads_the_demo_and_its_days_are_asked_for(cast):
    owner = cast.client(cast.owner)
    assert owner.post(cast.url("demo/load/")).status_code == 302
    assert accounts(cast) == ACCOUNTS
    with workspace_scope(cast.workspace):
        assert Run.objects.get().kind == "closing"
    owner.post(cast.url("demo/load/"))
    assert accounts(cast) == ACCOUNTS, "a second click loads nothing"
    assert owner.post(cast.url("demo/remove/")).status_code == 302
    assert accounts(cast) == 0


def test_others_may_not(cast):
    for person in (cast.manager, cast.member, cast.viewer):
        assert cast.client(person).post(cast.url("demo/load/")).status_code == 403
        assert cast.client(person).post(cast.url("demo/remove/")).status_code == 403
    assert cast.client(cast.stranger).post(cast.url("demo/load/")).status_code == 404
    assert cast.client(cast.owner).get(cast.url("demo/load/")).status_code == 405
    assert accounts(cast) == 0


def test_settings_say_what_of_the_demo_is_here_and_how_it_leaves(cast):
    owner, viewer = cast.client(cast.owner), cast.client(cast.viewer)
    assert cast.url("demo/") in owner.get(cast.url("settings/")).content.decode()
    assert "No demo data is in this workspace" in owner.get(cast.url("demo/")).content.decode()
    owner.post(cast.url("demo/load/"))
    card = owner.get(cast.url("demo/"), headers={"HX-Request": "true"}).content.decode()
    assert f"{ACCOUNTS} accounts of the demo company" in card
    assert cast.url("demo/remove/") in card
    assert "<html" not in card
    assert cast.url("demo/remove/") not in viewer.get(cast.url("demo/")).content.decode()
    assert cast.client(cast.stranger).get(cast.url("demo/")).status_code == 404
