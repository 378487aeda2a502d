"""What the palette finds, and for whom."""

import pytest
from django.urls import reverse

from accounts.models import Account
from tests.accounts import facts
from workspaces.scope import workspace_scope


@pytest.fixture
def book(cast):
    with workspace_scope(cast.workspace):
        account = facts.account(cast.workspace, "兰海物流", external_id="C-17")
        facts.contact(account, "Lan Wu", mobile="13800001111")
        facts.contract(account, number="HT-2026-兰")
        for n in range(9):
            facts.account(cast.workspace, f"Bolt {n}")
    return account


def found(cast, person, words: str) -> list[tuple[str, str, str]]:
    answer = cast.client(person).get(reverse("accounts:find", args=["acme"]), {"q": words})
    assert answer.headers["Cache-Control"].startswith("max-age=0")
    return [(one["kind"], one["name"], one["about"]) for one in answer.json()["found"]]


def test_things_are_found_by_a_part_of_their_name(cast, book):
    assert found(cast, cast.viewer, "兰海") == [("Account", "兰海物流", "")]
    assert found(cast, cast.viewer, "c-17") == [("Account", "兰海物流", "")]
    assert found(cast, cast.viewer, "1380000") == [("Contact", "Lan Wu", "兰海物流")]
    assert found(cast, cast.viewer, "ht-2026") == [("Contract", "HT-2026-兰", "兰海物流")]
    assert ("Member", str(cast.manager), "their accounts") in found(cast, cast.viewer, "manager@")


def test_a_paying_account_is_shown_with_its_mrr(cast, book):
    with workspace_scope(cast.workspace):
        Account.objects.filter(pk=book.pk).update(mrr_cents=123_456_00)
    assert found(cast, cast.viewer, "兰海") == [("Account", "兰海物流", "¥123,456")]


def test_of_each_kind_only_the_first(cast, book):
    assert [name for _kind, name, _about in found(cast, cast.viewer, "bolt")] == [f"Bolt {n}" for n in range(5)]


def test_links_lead_there(cast, book):
    client = cast.client(cast.member)
    for words in ("兰海", "lan wu", "ht-2026", "member@", "settings", "new acc", "import"):
        answer = client.get(reverse("accounts:find", args=["acme"]), {"q": words}).json()["found"]
        assert answer, words
        for one in answer:
            assert client.get(one["href"], follow=True).status_code == 200, one


def test_nobody_is_offered_what_they_may_not(cast, book):
    assert found(cast, cast.member, "new account") == [("Make", "New account", "")]
    assert found(cast, cast.viewer, "new account") == []
    assert ("Settings", "API keys", "") in found(cast, cast.owner, "settings api")
    assert found(cast, cast.viewer, "api keys") == []


def test_nothing_typed_and_nothing_there(cast, book):
    assert found(cast, cast.viewer, "") == []
    assert found(cast, cast.viewer, "\x00 ") == []
    assert found(cast, cast.viewer, "no such thing") == []


def test_queries_do_not_grow_with_what_is_found(cast, book, django_assert_max_num_queries):
    client = cast.client(cast.viewer)
    with django_assert_max_num_queries(18):
        client.get(reverse("accounts:find", args=["acme"]), {"q": "lan"})
