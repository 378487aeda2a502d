"""Keeping the list's filters under a name, for oneself or for everybody."""

import pytest

from accounts.actions import save_own_filters, save_shared_filters
from accounts.models import SavedFilter
from tests.accounts import facts
from workspaces.scope import workspace_scope


@pytest.fixture
def book(cast):
    facts.account(cast.workspace, "A", industry="Retail", tags=["vip"])
    facts.account(cast.workspace, "B", industry="Retail")
    facts.account(cast.workspace, "C", tags=["vip"])


def page(cast, person, path="accounts/", **params):
    return cast.client(person).get(cast.url(path), params)


def names(response):
    return [account.name for account in response.context["list"].rows]


def test_list_is_kept_under_a_name_and_chosen_again(cast, book):
    assert page(cast, cast.member).context["save_url"] == ""
    save_url = page(cast, cast.member, industry="Retail", tag="vip", standing="prospect").context["save_url"]
    assert save_url == cast.url("accounts/filters/new/") + "?industry=Retail&tag=vip"
    client = cast.client(cast.member)
    assert "Retail" in client.get(save_url).content.decode()
    assert client.post(save_url, {"name": " "}).status_code == 422
    made = client.post(save_url, {"name": "Shops"})
    with workspace_scope(cast.workspace):
        saved = SavedFilter.objects.get()
        assert (saved.owner, saved.is_shared) == (cast.member, False)
        assert saved.conditions == {"industry": ["Retail"], "tag": ["vip"]}
    assert made["Location"] == cast.url("accounts/") + f"?segment={saved.pk}"
    chosen = client.get(made["Location"])
    assert names(chosen) == ["A"]
    assert chosen.context["save_url"] == ""
    # Nobody else may choose, change or remove it; an address with it shows everything.
    for person in (cast.owner, cast.viewer):
        assert names(page(cast, person, segment=str(saved.pk))) == ["A", "B", "C"]
        other = cast.client(person)
        for path in ("", "remove/"):
            assert other.post(cast.url(f"accounts/filters/{saved.pk}/{path}"), {"name": "X"}).status_code == 404
        assert "Shops" not in page(cast, person, "accounts/filters/").content.decode()

    edit = cast.url(f"accounts/filters/{saved.pk}/")
    assert client.post(edit, {"name": "All shops", "is_shared": "on"}).status_code == 302
    assert names(page(cast, cast.viewer, segment=str(saved.pk))) == ["A"]
    # On top of a saved filter, more: what is kept then is both.
    both = page(cast, cast.owner, segment=str(saved.pk), industry="Retail").context["save_url"]
    assert cast.client(cast.owner).post(both, {"name": "Both"}).status_code == 302
    with workspace_scope(cast.workspace):
        assert SavedFilter.objects.get(name="Both").conditions == saved.conditions
        saved.refresh_from_db()
        assert (saved.name, saved.is_shared, saved.owner) == ("All shops", True, cast.member)
    # An account may have a tag of each, which no single filter says.
    facts.account(cast.workspace, "D", tags=["north"])
    tags = page(cast, cast.owner, segment=str(saved.pk), tag="north").context["save_url"]
    assert cast.client(cast.owner).get(tags)["Location"] == cast.url("accounts/") + f"?segment={saved.pk}&tag=north"


def test_viewers_keep_filters_for_themselves_and_change_no_shared_one(cast, book):
    with workspace_scope(cast.workspace):
        row = {"name": "Shared", "conditions": {"tag": ["vip"]}}
        (shared,) = save_shared_filters(workspace=cast.workspace, rows=[row], by=cast.actor(cast.member))
        (own,) = save_own_filters(workspace=cast.workspace, rows=[row | {"name": "Own"}], by=cast.actor(cast.viewer))
    client = cast.client(cast.viewer)
    assert client.post(cast.url(f"accounts/filters/{shared.id}/"), {"name": "X"}).status_code == 403
    assert client.post(cast.url(f"accounts/filters/{shared.id}/remove/")).status_code == 403
    assert client.post(cast.url("accounts/filters/new/?tag=vip"), {"name": "X", "is_shared": "on"}).status_code == 403
    for bad in ("", "?tag=", "?size=huge", "?segment=x"):
        expected = 200 if bad == "?tag=" else 404
        assert client.get(cast.url(f"accounts/filters/new/{bad}")).status_code == expected
    assert client.post(cast.url(f"accounts/filters/{own.id}/"), {"name": "Mine"}).status_code == 302
    assert client.post(cast.url(f"accounts/filters/{own.id}/remove/")).status_code == 302
    with workspace_scope(cast.workspace):
        assert list(SavedFilter.objects.values_list("name", "is_shared")) == [("Shared", True)]
    # A colleague with the right to renames it; it stays shared and its owner's.
    assert cast.client(cast.owner).post(cast.url(f"accounts/filters/{shared.id}/"), {"name": "New"}).status_code == 302
    with workspace_scope(cast.workspace):
        assert SavedFilter.objects.values_list("name", "is_shared", "owner").get() == ("New", True, cast.member.pk)
