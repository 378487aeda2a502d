"""Views of lists: kept from the list, opened as tabs, shared, replaced, removed, and the one that a list opens with."""

from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
from django.core.exceptions import PermissionDenied

from accounts.actions import save_own_filters, save_shared_filters
from tests.accounts import facts
from workspaces.actions.saved_views import keep_view, open_with_view
from workspaces.actor import system_actor
from workspaces.kept_lists import kept_list, read_state
from workspaces.models import Activity, DefaultView, SavedView
from workspaces.scope import workspace_scope

LISTS = [
    "accounts",
    "contacts",
    "contracts",
    "tasks",
    "products",
    "fx-rates",
    "spend",
    "movements",
    "imports",
    "activity",
]


@pytest.fixture
def book(cast):
    facts.account(cast.workspace, "A", industry="Retail")
    facts.account(cast.workspace, "B", industry="Retail")
    account = facts.account(cast.workspace, "C")
    facts.contact(account)
    facts.contract(account)
    facts.product(cast.workspace)
    facts.fx_rate(cast.workspace)


def page(cast, person, path="accounts/", **params):
    return cast.client(person).get(cast.url(path), params)


def tabs(response):
    return [tab.label for tab in response.context["views"].tabs]


def names(response):
    return [account.name for account in response.context["list"].rows]


def keep(cast, person, name="Shops", **post):
    """Keeps the accounts of retail, sorted, through the page; returns the answer and the view."""
    shown = page(cast, person, industry="Retail", sort="-mrr")
    answer = cast.client(person).post(shown.context["views"].new_url, {"name": name} | post)
    with workspace_scope(cast.workspace):
        return answer, SavedView.objects.filter(name=name).first()


def test_a_list_is_kept_and_opened_as_a_tab(cast, book):
    plain = page(cast, cast.member)
    assert tabs(plain) == ["All accounts"]
    assert plain.context["views"].tabs[0].active
    answer, view = keep(cast, cast.member)
    assert (view.of_list, view.owner_id, view.is_shared) == ("accounts", cast.member.pk, False)
    assert view.state == {"industry": "Retail", "sort": "-mrr"}
    assert parse_qs(urlsplit(answer["Location"]).query) == {
        "saved": [str(view.pk)],
        "industry": ["Retail"],
        "sort": ["-mrr"],
    }
    opened = cast.client(cast.member).get(answer["Location"])
    assert names(opened) == ["B", "A"]
    shown = opened.context["views"]
    assert [(tab.label, tab.active) for tab in shown.tabs] == [("All accounts", False), ("Shops", True)]
    assert cast.client(cast.member).get(shown.tabs[1].href).context["views"].current == view
    assert not shown.is_changed
    # Every link of the list stays in the view; what it shows besides is a change.
    cleared = cast.client(cast.member).get(opened.context["list"].clear_url)
    assert cleared.context["views"].current == view
    assert cleared.context["views"].is_changed
    assert len(names(cleared)) == 3
    assert f"saved={view.pk}" in opened.context["list"].heads["name"].href
    # Sent to a colleague, the address shows the same rows, without the view.
    sent = cast.client(cast.owner).get(answer["Location"])
    assert names(sent) == ["B", "A"]
    assert tabs(sent) == ["All accounts"]


@pytest.mark.parametrize("name", LISTS)
def test_every_list_has_its_views(cast, book, name):
    shown = page(cast, cast.manager, f"{name}/").context["views"]
    client = cast.client(cast.manager)
    opened = client.get(client.post(shown.new_url, {"name": "Mine too"})["Location"])
    assert opened.status_code == 200
    views = opened.context["views"]
    assert (views.current.of_list, views.tabs[-1].active, views.is_changed) == (name, True, False)
    assert [tab.active for tab in views.tabs].count(True) == 1
    assert "Mine too" not in tabs(page(cast, cast.manager, f"{LISTS[LISTS.index(name) - 1]}/"))


def test_the_page_that_keeps_a_view_lights_its_list(cast, book):
    new = page(cast, cast.member, "contracts/").context["views"].new_url
    lit = [
        link["label"] for group in cast.client(cast.member).get(new).context["nav"] for link in group if link["active"]
    ]
    assert lit == ["Contracts"]


def test_tasks_keep_which_of_them(cast, book):
    shown = page(cast, cast.member, "tasks/", view="done").context["views"]
    assert [tab.label for tab in shown.tabs] == ["Mine", "To do", "Done"]
    assert [tab.active for tab in shown.tabs] == [False, False, True]
    client = cast.client(cast.member)
    opened = client.get(client.post(shown.new_url, {"name": "What was done", "is_default": "on"})["Location"])
    assert opened.context["view"] == "done"
    # The tabs of the list itself do not open the member's own instead.
    assert client.get(opened.context["views"].tabs[0].href).context["view"] == "mine"


def test_shared_views_are_for_everybody_and_changed_by_those_who_write(cast, book):
    _answer, view = keep(cast, cast.member, is_shared="on")
    assert view.is_shared
    seen = page(cast, cast.viewer, saved=str(view.pk), **view.state)
    assert tabs(seen) == ["All accounts", "Shops"]
    assert not seen.context["views"].may_change
    html = seen.content.decode()
    assert "Share with everybody" not in html
    assert "Rename or share" not in html
    assert "Delete the view" not in html
    viewer = cast.client(cast.viewer)
    for path in ("", "replace/", "remove/"):
        assert viewer.post(cast.url(f"views/{view.pk}/{path}"), {"name": "X", "state": "q=x"}).status_code == 403
    assert viewer.get(cast.url(f"views/{view.pk}/")).status_code == 403
    with workspace_scope(cast.workspace):
        assert SavedView.objects.values_list("name", "state").get() == ("Shops", view.state)
    # A colleague renames and replaces it; whose it is and who sees it stays.
    owner = cast.client(cast.owner)
    assert owner.post(cast.url(f"views/{view.pk}/"), {"name": "All shops"}).status_code == 302
    assert owner.post(cast.url(f"views/{view.pk}/replace/"), {"state": "industry=Retail&cursor=x"}).status_code == 302
    with workspace_scope(cast.workspace):
        view.refresh_from_db()
        assert (view.name, view.is_shared, view.owner) == ("All shops", True, cast.member)
        assert view.state == {"industry": "Retail"}
    # Its owner takes it back.
    assert cast.client(cast.member).post(cast.url(f"views/{view.pk}/"), {"name": "All shops"}).status_code == 302
    assert tabs(page(cast, cast.owner)) == ["All accounts"]
    with workspace_scope(cast.workspace):
        told = Activity.objects.filter(subject_type="saved_view").order_by("pk")
        assert list(told.values_list("verb", "after")) == [
            (
                "created",
                {"name": "Shops", "list": "accounts", "is_shared": True, "shows": {**view.state, "sort": "-mrr"}},
            ),
            ("updated", {"name": "All shops"}),
            ("updated", {"shows": {"industry": "Retail"}}),
            ("updated", {"is_shared": False}),
        ]
        told.delete()
    # What it is called and shows then, others read nowhere; shared again, all of it is told.
    member = cast.client(cast.member)
    member.post(cast.url(f"views/{view.pk}/"), {"name": "Secret"})
    member.post(cast.url(f"views/{view.pk}/replace/"), {"state": "q=secret"})
    with workspace_scope(cast.workspace):
        assert not told.exists()
    member.post(cast.url(f"views/{view.pk}/"), {"name": "Shops", "is_shared": "on"})
    member.post(cast.url(f"views/{view.pk}/"), {"name": "Secret"})
    member.post(cast.url(f"views/{view.pk}/remove/"))
    with workspace_scope(cast.workspace):
        state = {"name": "Shops", "list": "accounts", "shows": {"q": "secret"}}
        assert list(told.values_list("verb", "subject_label", "before", "after")) == [
            ("updated", "Shops", {"is_shared": False} | dict.fromkeys(state), {"is_shared": True} | state),
            ("updated", "Shops", {"is_shared": True}, {"is_shared": False}),
        ]
    assert cast.client(cast.owner).get(cast.url("activity/")).status_code == 200


def test_viewers_keep_views_for_themselves_only(cast, book):
    answer, view = keep(cast, cast.viewer, is_shared="on")
    assert (answer.status_code, view) == (403, None)
    answer, view = keep(cast, cast.viewer)
    assert (answer.status_code, view.is_shared) == (302, False)
    client = cast.client(cast.viewer)
    assert client.post(cast.url(f"views/{view.pk}/"), {"name": "Mine", "is_shared": "on"}).status_code == 302
    with workspace_scope(cast.workspace):
        assert SavedView.objects.values_list("name", "is_shared").get() == ("Mine", False)
    for person in (cast.owner, cast.member):
        for path in ("", "replace/", "default/", "remove/"):
            other = cast.client(person).post(cast.url(f"views/{view.pk}/{path}"), {"name": "X", "state": ""})
            assert other.status_code == 404
    assert client.post(cast.url(f"views/{view.pk}/remove/")).status_code == 302
    with workspace_scope(cast.workspace):
        assert not SavedView.objects.exists()
        assert not Activity.objects.filter(subject_type="saved_view").exists()


def test_a_list_opens_with_the_reader_s_default(cast, book):
    _answer, view = keep(cast, cast.member, is_shared="on", is_default="on")
    client = cast.client(cast.member)
    opened = client.get(cast.url("accounts/"))
    assert opened["Location"] == client.get(opened["Location"]).context["views"].tabs[1].href
    # Everything is still one click away, and stays so while one looks around in it.
    everything = client.get(client.get(opened["Location"]).context["views"].tabs[0].href)
    assert names(everything) == ["A", "B", "C"]
    assert "saved=none" in everything.context["list"].heads["mrr"].href
    assert client.get(cast.url("accounts/"), {"q": "A"}).status_code == 200
    assert page(cast, cast.owner).status_code == 200
    # Another takes its place, and goes again.
    _answer, second = keep(cast, cast.member, "Second", is_default="on")
    assert str(second.pk) in client.get(cast.url("accounts/"))["Location"]
    assert client.post(cast.url(f"views/{second.pk}/default/")).status_code == 302
    assert client.get(cast.url("accounts/")).status_code == 200
    # Of a view that is no longer shared, nothing is left for those who opened with it.
    assert cast.client(cast.viewer).post(cast.url(f"views/{view.pk}/default/"), {"is_default": "on"}).status_code == 302
    assert page(cast, cast.viewer).status_code == 302
    assert client.post(cast.url(f"views/{view.pk}/"), {"name": "Shops"}).status_code == 302
    assert page(cast, cast.viewer).status_code == 200
    assert client.post(cast.url(f"views/{view.pk}/remove/")).status_code == 302
    with workspace_scope(cast.workspace):
        assert not DefaultView.objects.exists()


def test_refused_names_come_back_with_what_was_typed(cast, book):
    keep(cast, cast.member)
    answer, _view = keep(cast, cast.member)
    assert answer.status_code == 422
    assert "There is a view of this name already." in answer.content.decode()
    assert 'value="Shops"' in answer.content.decode()
    for name in (" ", "x" * 61):
        assert keep(cast, cast.member, name)[0].status_code == 422
    # Of another list, or somebody else's, the name is free.
    assert keep(cast, cast.owner)[0].status_code == 302
    with workspace_scope(cast.workspace):
        assert SavedView.objects.count() == 2


def test_a_view_by_a_filter_of_one_s_own_is_not_shared(cast, book):
    with workspace_scope(cast.workspace):
        row = {"name": "Own", "conditions": {"industry": ["Retail"]}}
        (own,) = save_own_filters(workspace=cast.workspace, rows=[row], by=cast.actor(cast.member))
        (shared,) = save_shared_filters(workspace=cast.workspace, rows=[row], by=cast.actor(cast.member))
    client = cast.client(cast.member)
    new = page(cast, cast.member, segment=str(own.id)).context["views"].new_url
    refused = client.post(new, {"name": "Both", "is_shared": "on"})
    assert refused.status_code == 422
    assert "Share that first." in refused.content.decode()
    assert client.post(new, {"name": "Mine"}).status_code == 302
    new = page(cast, cast.member, segment=str(shared.id)).context["views"].new_url
    assert client.post(new, {"name": "Ours", "is_shared": "on"}).status_code == 302
    with workspace_scope(cast.workspace):
        ours = SavedView.objects.get(name="Ours")
    assert client.post(cast.url(f"views/{ours.pk}/replace/"), {"state": f"segment={own.id}"}).status_code == 302
    with workspace_scope(cast.workspace):
        ours.refresh_from_db()
        assert ours.state == {"segment": str(shared.id)}


@pytest.mark.parametrize(
    "query", ["", "?list=nothing&state=", "?list=accounts&state=" + "a%3D1%26" * 61, "?list=tasks&state=q%3D%2500"]
)
def test_what_no_list_would_ask_for_is_not_there(cast, query):
    assert cast.client(cast.member).post(cast.url(f"views/new/{query}"), {"name": "X"}).status_code == 404


def test_state_keeps_no_place_and_nothing_of_the_reader():
    query = "q=%E5%85%B0&sort=-mrr&saved=x&cursor=y&download=csv&theme=dark&empty="
    assert read_state(query) == dict(parse_qsl("q=%E5%85%B0&sort=-mrr"))


def test_only_people_keep_views(acme):
    with pytest.raises(PermissionDenied):
        keep_view(
            workspace=acme.workspace,
            kept=kept_list("tasks"),
            name="X",
            state={},
            is_shared=True,
            by=system_actor("task"),
        )
    view = keep_view(
        workspace=acme.workspace,
        kept=kept_list("tasks"),
        name="X",
        state={},
        is_shared=False,
        by=acme.actor(acme.viewer),
    )
    with pytest.raises(SavedView.DoesNotExist):
        open_with_view(workspace=acme.workspace, pk=view.pk, is_default=True, by=acme.actor(acme.owner))
