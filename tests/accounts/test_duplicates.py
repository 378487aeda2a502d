"""Accounts that are likely one company: of all, and of one."""

import pytest

from accounts.duplicates import likely_duplicates
from accounts.models import Account
from tests.accounts import facts

pytestmark = pytest.mark.django_db


def test_duplicates_are_found_by_name_domain_and_contact_and_can_be_kept_apart(acme):
    names = ["蓝海物流有限公司", "蓝海物流股份有限公司", "Harbour Ltd.", "HARBOUR", "Solo", "Costco", "Cost"]
    made = {name: facts.account(acme.workspace, name) for name in names}
    facts.contact(made["Solo"], "A", mobile="+86 138-0000-0000", email="a@solo.example")
    facts.contact(made["Costco"], "B", mobile="13800000000", email="b@gmail.com")
    facts.contact(made["Cost"], "C", email="c@gmail.com")
    Account.objects.filter(pk=made["Cost"].pk).update(website="https://www.Solo.example/about")
    found = {
        (pair.first.name, pair.second.name): [str(what) for what, _v in pair.evidence]
        for pair in likely_duplicates(acme.workspace)
    }
    assert {frozenset(names): what for names, what in found.items()} == {
        frozenset(("蓝海物流有限公司", "蓝海物流股份有限公司")): ["same name"],
        frozenset(("Harbour Ltd.", "HARBOUR")): ["same name"],
        frozenset(("Solo", "Costco")): ["same mobile"],
        frozenset(("Solo", "Cost")): ["same domain"],
    }
    client = acme.client(acme.member)
    answer = client.get(acme.url(f"accounts/{made['HARBOUR'].pk}/alike/"))
    assert "Harbour Ltd." in answer.text
    assert "Solo" not in answer.text
    pair = {"first": made["HARBOUR"].pk, "second": made["Harbour Ltd."].pk}
    # It leads back to the page of the list on which they stood.
    back = acme.url("accounts/duplicates/?page=1")
    assert client.post(acme.url("accounts/duplicates/apart/"), pair | {"back": back})["Location"] == back
    page = client.get(acme.url("accounts/duplicates/")).text
    assert "HARBOUR" not in page.partition("<main")[2].partition("stay apart")[2]
    assert "蓝海物流有限公司" in page


def test_one_account_has_the_duplicates_that_the_list_of_all_says_of_it(acme):
    """Which begins from what the one has, and must not pass over a text that says the same in other letters."""
    names = [
        "100% 蓝海_物流",
        "１００％·蓝 海－物流（集团）有限公司",
        "ＨＡＲＢＯＵＲ Co., Ltd",
        "har·bour",
        "har\\bour",
        "Alone",
        "xharbour",
    ]
    made = [facts.account(acme.workspace, name) for name in names]
    ways = [
        {"mobile": "+86 138-0000-0000", "email": "a_b@one.example"},
        {"mobile": "0086 13800000000", "wechat": "Wang_Lei"},
        {"mobile": "1380000000", "email": "A_B@one.example"},
        {"email": "c@mail.one.example", "wechat": "wang_lei"},
        {"email": "d@two.example"},
        {"mobile": "138 0000 0000 转 8"},
        {"email": "axb@one.example"},
    ]
    for account, way in zip(made, ways, strict=True):
        facts.contact(account, "A", **way)
    Account.objects.filter(pk=made[5].pk).update(website="HTTPS://www.Two.example:8080/x")
    pairs = likely_duplicates(acme.workspace)
    assert len(pairs) >= 8
    for account in made:
        of_one = likely_duplicates(acme.workspace, account=account)
        assert of_one == [pair for pair in pairs if account.pk in (pair.first.pk, pair.second.pk)], account
    assert {pair.other_than(made[5]).name for pair in likely_duplicates(acme.workspace, account=made[5])} == {names[4]}


def test_a_name_that_is_too_long_for_any_is_found_nowhere(acme):
    account = facts.account(acme.workspace, "Harbour")
    answer = acme.client(acme.member).get(acme.url(f"accounts/{account.pk}/merge/"), {"with": "a" * 3000})
    assert (answer.status_code, answer.context["error"]) == (422, "There is no other account of that name.")
