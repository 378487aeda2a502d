"""Editing the accounts that were picked from the list, and taking it back once."""

import datetime as dt

import pytest
from django.contrib.messages import get_messages

from accounts.actions import save_accounts
from accounts.models import Account, AccountTrait, TraitChange
from jobs.models import File
from tests.accounts import facts
from workspaces.actions.members import deactivate_member
from workspaces.models import Activity
from workspaces.scope import workspace_scope

PAYING = {"mrr_cents": 100, "customer_since": dt.date(2025, 1, 1)}


@pytest.fixture
def book(cast):
    """a of the member with a tag, b of nobody with two, c paying."""
    return {
        "a": facts.account(cast.workspace, "a", owner=cast.member.user.email, tags=["vip"]),
        "b": facts.account(cast.workspace, "b", tags=["north", "vip"]),
        "c": facts.account(cast.workspace, "c", figures=PAYING),
    }


def edit(client, cast, book, names, **post):
    pks = [str(book[name].pk) for name in names]
    return client.post(cast.url("accounts/edits/"), {"picked": pks} | post)


def said(answer):
    return [str(message) for message in get_messages(answer.wsgi_request)]


def undo(client, cast):
    token = client.session["undo_edit"]["token"] if "undo_edit" in client.session else "x"
    return client.post(cast.url("accounts/edits/undo/"), {"token": token})


def state(cast):
    with workspace_scope(cast.workspace):
        return {
            one.name: (one.owner and one.owner.user.email, one.tags, one.is_archived)
            for one in Account.objects.select_related("owner__user").order_by("name")
        }


def listed(cast, person=None, **params):
    response = cast.client(person or cast.viewer).get(cast.url("accounts/"), params)
    return [account.name for account in response.context["list"].rows]


def test_owner_of_many_is_set_and_taken_back(cast, book):
    before = state(cast)
    client = cast.client(cast.member)
    back = cast.url("accounts/") + "?sort=-mrr"
    answer = edit(client, cast, book, "abc", owner=str(cast.manager.pk), back=back)
    assert answer["Location"] == back
    assert said(answer) == ["3 accounts changed."]
    mail = cast.manager.user.email
    assert {owner for owner, *_rest in state(cast).values()} == {mail}
    with workspace_scope(cast.workspace):
        trail = Activity.objects.filter(subject_type="account", verb="updated").order_by("subject_label")
        assert [(row.subject_label, row.before, row.after, row.user_id) for row in trail] == [
            ("a", {"owner": "member@example.com"}, {"owner": mail}, cast.member.user_id),
            ("b", {"owner": None}, {"owner": mail}, cast.member.user_id),
            ("c", {"owner": None}, {"owner": mail}, cast.member.user_id),
        ]
    # The next page offers to take it back, once.
    page = client.get(back).content.decode()
    assert cast.url("accounts/edits/undo/") in page
    assert client.session["undo_edit"]["token"] in page
    assert said(undo(client, cast))[-1] == "3 accounts are as they were."
    assert state(cast) == before
    assert said(undo(client, cast))[-1] == "This can no longer be taken back."
    with workspace_scope(cast.workspace):
        assert Activity.objects.filter(subject_type="account", verb="updated").count() == 6


def test_nobody_becomes_the_owner_and_those_who_left_do_not(cast, book):
    client = cast.client(cast.member)
    edit(client, cast, book, "ab", owner="none")
    assert state(cast)["a"][0] is None
    with workspace_scope(cast.workspace):
        deactivate_member(workspace=cast.workspace, pk=cast.manager.pk, by=cast.actor(cast.owner), revoke_keys=False)
    for pk in (cast.manager.pk, cast.stranger.pk, "x"):
        assert said(edit(cast.client(cast.member), cast, book, "ab", owner=str(pk))) == ["No such member."]
    assert {owner for owner, *_rest in state(cast).values()} == {None}


def test_tags_are_added_and_removed_beside_the_others(cast, book):
    before = state(cast)
    client = cast.client(cast.member)
    assert said(edit(client, cast, book, "abc", edit="add_tag", tag=" east ")) == ["3 accounts changed."]
    assert [tags for _owner, tags, _archived in state(cast).values()] == [
        ["east", "vip"],
        ["east", "north", "vip"],
        ["east"],
    ]
    edit(client, cast, book, "abc", remove_tag="vip")
    assert [tags for _owner, tags, _archived in state(cast).values()] == [["east"], ["east", "north"], ["east"]]
    # Only the last edit is taken back.
    assert said(undo(client, cast))[-1] == "2 accounts are as they were."
    assert state(cast)["b"][1] == ["east", "north", "vip"]
    with workspace_scope(cast.workspace):
        assert set(AccountTrait.objects.filter(account=book["a"]).values_list("value", flat=True)) == {"east", "vip"}
        # Within one day, history knows only what was before it.
        changes = TraitChange.objects.filter(account=book["a"], dimension="tag")
        assert list(changes.values_list("before", flat=True)) == [before["a"][1]]
    assert said(edit(client, cast, book, "c", remove_tag="vip"))[-1] == "They were so already."
    assert said(edit(client, cast, book, "c", edit="add_tag", tag="a,b"))[-1].startswith("Not changed: c.")
    assert said(edit(client, cast, book, "c", edit="add_tag", tag=" "))[-1] == "Type a tag first."


def test_undo_leaves_what_somebody_has_changed_since(cast, book):
    client = cast.client(cast.member)
    edit(client, cast, book, "ab", edit="add_tag", tag="east")
    with workspace_scope(cast.workspace):
        row = {"id": str(book["a"].pk), "tags": ["other"]}
        save_accounts(workspace=cast.workspace, rows=[row], by=cast.actor(cast.owner))
    assert said(undo(client, cast))[-1] == "1 account is as it was. 1 was changed since and stays."
    assert [state(cast)[name][1] for name in "ab"] == [["other"], ["north", "vip"]]


def test_archived_accounts_leave_the_list_until_asked_for(cast, book):
    client = cast.client(cast.member)
    answer = edit(client, cast, book, "abc", edit="archive")
    assert said(answer) == ["Not changed: c. An account that pays cannot be archived.", "2 accounts archived."]
    assert listed(cast) == ["c"]
    assert listed(cast, archived="only") == ["a", "b"]
    assert listed(cast, archived="too") == ["a", "b", "c"]
    assert listed(cast, archived="x") == ["c"]
    # Whoever searches finds them, marked.
    assert listed(cast, q="a") == ["a"]
    assert "Archived" in cast.client(cast.viewer).get(cast.url("accounts/"), {"q": "a"}).content.decode()
    page = client.get(cast.url(f"accounts/{book['a'].pk}/")).content.decode()
    assert "Bring back" in page
    assert said(edit(client, cast, book, "a", edit="restore"))[-1] == "1 account brought back."
    assert said(undo(client, cast))[-1] == "1 account is as it was."
    assert listed(cast) == ["c"]
    # One that pays again is back by itself.
    with workspace_scope(cast.workspace):
        Account.objects.filter(name="b").update(**PAYING)
    assert listed(cast) == ["b", "c"]
    with workspace_scope(cast.workspace):
        Account.objects.update(is_archived=True, customer_since=None)
    assert "All accounts are archived" in client.get(cast.url("accounts/")).content.decode()


def test_every_door_keeps_payers_in_the_list(cast, book):
    with workspace_scope(cast.workspace):
        rows = [{"id": str(book[name].pk), "is_archived": True} for name in "ac"] + [
            {"name": "New", "is_archived": True}
        ]
        results = save_accounts(workspace=cast.workspace, rows=rows, by=cast.actor(cast.member))
        assert [result.status for result in results] == ["updated", "error", "created"]
        assert results[1].errors == {"is_archived": ["An account that pays cannot be archived."]}
        (again,) = save_accounts(workspace=cast.workspace, rows=[{"id": str(book["a"].pk)}], by=cast.actor(cast.member))
        assert again.status == "unchanged"
    assert state(cast)["a"][2]


def test_edits_are_for_those_who_write_and_of_this_workspace(cast, book):
    before = state(cast)
    viewer = cast.client(cast.viewer)
    assert edit(viewer, cast, book, "ab", edit="archive").status_code == 403
    assert undo(viewer, cast).status_code == 403
    assert "Picked" not in viewer.get(cast.url("accounts/")).content.decode()
    stranger = cast.client(cast.stranger)
    pks = {"picked": [str(one.pk) for one in book.values()], "edit": "archive"}
    assert stranger.post("/w/rival/accounts/edits/", pks).status_code == 302
    member = cast.client(cast.member)
    assert said(member.post(cast.url("accounts/edits/"), {"edit": "archive"})) == ["Pick accounts first."]
    assert member.post(cast.url("accounts/edits/"), {"picked": ["x"], "edit": "nothing"}).status_code == 404
    assert state(cast) == before
    away = edit(member, cast, book, "a", edit="archive", back="https://elsewhere.example/")
    assert away["Location"] == cast.url("accounts/")
    token = member.session["undo_edit"]["token"]
    assert said(member.post(cast.url("accounts/edits/undo/"), {"token": token + "x"}))[-1].startswith(
        "This can no longer"
    )
    assert state(cast)["a"][2]


def edit_matching(client, cast, state, **post):
    return client.post(cast.url("accounts/edits/"), {"all": "1", "state": state} | post)


def test_all_that_match_are_edited_whatever_is_ticked_and_taken_back(cast, book):
    more = [facts.account(cast.workspace, f"m{n:03}", industry="Retail", tags=["old"]) for n in range(70)]
    facts.account(cast.workspace, "hidden", industry="Retail", is_archived=True)
    before = state(cast)
    client = cast.client(cast.member)
    page = client.get(cast.url("accounts/"), {"industry": "Retail", "sort": "-name"})
    picks = page.context["picks"]
    assert picks.matching == 70
    assert "Select all 70 that match" in page.content.decode()
    # What is ticked on the page counts no longer, not even what the list does not show.
    answer = edit_matching(
        client, cast, picks.state, edit="add_tag", tag="spring", picked=[str(book["a"].pk), str(more[0].pk)]
    )
    assert said(answer) == ["70 accounts changed."]
    tagged = {name for name, (_owner, tags, _archived) in state(cast).items() if "spring" in tags}
    assert tagged == {one.name for one in more}
    assert said(undo(client, cast))[-1] == "70 accounts are as they were."
    assert state(cast) == before
    assert said(undo(client, cast))[-1] == "This can no longer be taken back."


def test_all_that_match_are_found_by_the_server_and_never_in_another_workspace(cast, book):
    client = cast.client(cast.member)
    # Somebody tagged one more since the page was made.
    facts.account(cast.workspace, "late", tags=["vip"])
    assert said(edit_matching(client, cast, "tag=vip", edit="add_tag", tag="x"))[-1] == "3 accounts changed."
    assert said(edit_matching(client, cast, "q=nothing-like-it", edit="add_tag", tag="x"))[-1] == "Pick accounts first."
    before = state(cast)
    stranger = cast.client(cast.stranger)
    assert edit_matching(stranger, cast, "", edit="add_tag", tag="y").status_code == 404
    assert edit_matching(cast.client(cast.viewer), cast, "", edit="add_tag", tag="y").status_code == 403
    # The last one lost the tag that the list was narrowed by: the list would show all then, and all must not be edited.
    for gone in ("tag=nobody+has+it", "industry=Nothing&tag=vip", "unknown=1"):
        answer = edit_matching(client, cast, gone, edit="add_tag", tag="y")
        assert said(answer)[-1] == "The list is not what it was. Nothing was changed; pick again."
    assert state(cast) == before


def test_more_than_can_be_edited_at_once_are_refused_whole(cast, book, monkeypatch):
    monkeypatch.setattr("accounts.views.bulk_edits.COUNT_UP_TO", 2)
    before = state(cast)
    answer = edit_matching(cast.client(cast.member), cast, "", edit="add_tag", tag="x")
    assert said(answer) == ["More than 2 accounts match. Narrow the list first."]
    assert state(cast) == before


def test_nothing_is_offered_where_all_stand_on_the_page(cast, book):
    page = cast.client(cast.member).get(cast.url("accounts/"))
    assert page.context["picks"].matching is None
    assert "data-pick-matching" not in page.content.decode()


def test_an_undo_is_gone_after_its_hour(cast, book):
    client = cast.client(cast.member)
    edit(client, cast, book, "ab", edit="add_tag", tag="x")
    with workspace_scope(cast.workspace):
        File.objects.update(expires_at=dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
    assert said(undo(client, cast))[-1] == "This can no longer be taken back."
    assert state(cast)["b"][1] == ["north", "vip", "x"]
