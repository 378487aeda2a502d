"""Accounts and contacts by the letters of their Chinese names, in lists, in the palette and wherever one is typed."""

from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection
from django.urls import reverse

from accounts.actions import merge_accounts, save_accounts, save_contacts, split_accounts
from accounts.models import Account, AccountMerge, Contact
from accounts.spelling import spell
from b2bops.data.people import erase_contact
from tests.accounts import facts
from workspaces.scope import workspace_scope

NAMES = ("上海云帆软件", "云杉网络", "Yunfan Trading", "重庆长安", "Acme", "安达", "汪洋科技")


@pytest.fixture
def book(cast):
    accounts = {name: facts.account(cast.workspace, name) for name in NAMES}
    facts.contact(accounts["Acme"], "王磊", mobile="13800001111")
    facts.contact(accounts["Acme"], "Wanda Lee")
    facts.contact(accounts["上海云帆软件"], "单晓明")
    return accounts


def listed(cast, page: str, **params) -> list[str]:
    answer = cast.client(cast.viewer).get(cast.url(f"{page}/"), params)
    return [row.name for row in answer.context["list"].rows]


def offered(cast, words: str) -> list[tuple[str, str]]:
    found = cast.client(cast.viewer).get(reverse("accounts:find", args=["acme"]), {"q": words}).json()["found"]
    return [(one["kind"], one["name"]) for one in found]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("shyfrj", ["上海云帆软件"]),
        ("YFRJ", ["上海云帆软件"]),
        ("yunfan", ["上海云帆软件", "Yunfan Trading"]),
        ("yun fan", ["上海云帆软件"]),
        ("yunf", ["上海云帆软件", "Yunfan Trading"]),
        ("yun", ["上海云帆软件", "云杉网络", "Yunfan Trading"]),
        ("云", ["云杉网络"]),
        ("chongqing", ["重庆长安"]),
        ("cq", ["重庆长安"]),
        ("重", ["重庆长安"]),
        ("an", ["安达"]),
        ("ad", ["安达"]),
        ("a", ["Acme", "安达"]),
        ("ang", []),
        ("unfan", ["Yunfan Trading"]),
        ("anghaiyun", []),
    ],
)
def test_accounts_are_found_by_initials_and_by_syllables(cast, book, words, found):
    assert listed(cast, "accounts", q=words) == found
    assert [name for kind, name in offered(cast, words) if kind == "Account"] == found


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("wl", ["王磊"]),
        ("wanglei", ["王磊"]),
        ("lei", ["王磊"]),
        ("wan", ["Wanda Lee", "王磊"]),
        ("wa", ["Wanda Lee", "王磊"]),
        ("王", ["王磊"]),
        ("sxm", ["单晓明"]),
        ("shanxiao", ["单晓明"]),
        ("danxiao", []),
        ("yfrj", ["单晓明"]),
        ("yf", []),
    ],
)
def test_contacts_are_found_by_their_letters_and_their_accounts(cast, book, words, found):
    assert listed(cast, "contacts", q=words) == found


def test_contracts_are_found_by_the_letters_of_their_account(cast, book):
    facts.contract(book["上海云帆软件"], number="HT-1")
    facts.contract(book["Acme"], number="HT-2")
    answer = cast.client(cast.viewer).get(cast.url("contracts/"), {"q": "yunfan"})
    assert [row.number for row in answer.context["list"].rows] == ["HT-1"]
    answer = cast.client(cast.viewer).get(cast.url("contracts/"), {"q": "sh"})
    assert [row.number for row in answer.context["list"].rows] == ["HT-1"]


def test_lists_stand_in_the_order_of_letters_and_page_by_it(cast, book):
    in_order = ["Acme", "安达", "重庆长安", "上海云帆软件", "汪洋科技", "云杉网络", "Yunfan Trading"]
    assert listed(cast, "accounts") == in_order
    assert listed(cast, "accounts", sort="-name") == in_order[::-1]
    assert listed(cast, "contacts") == ["单晓明", "Wanda Lee", "王磊"]
    client = cast.client(cast.viewer)
    for n in range(60):
        facts.account(cast.workspace, f"云海{n:02}")
    page = client.get(cast.url("accounts/")).context["list"]
    after = client.get(page.next_url).context["list"]
    assert page.rows[-1].name == "云海44"
    assert after.rows[0].name == "云海45"
    assert after.rows[-1].name == "Yunfan Trading"
    back = client.get(after.previous_url).context["list"]
    assert [row.pk for row in back.rows] == [row.pk for row in page.rows]


def test_colleagues_are_found_in_the_palette(cast, book):
    with workspace_scope(cast.workspace):
        cast.manager.user.name = "王磊"
        cast.manager.user.save()
    assert ("Member", "王磊") in offered(cast, "wanglei")
    assert ("Member", "王磊") in offered(cast, "wl")
    assert offered(cast, "wl")[0] == ("Contact", "王磊")
    assert ("Member", "王磊") not in offered(cast, "angl")


def test_the_letters_follow_the_names(cast, book):
    workspace, by = cast.workspace, facts.BY
    with workspace_scope(workspace):
        rows = [
            {
                "id": str(book["Acme"].pk),
                "name": "杭州远山",
                "legal_name": "杭州远山数据有限公司",
                "short_name": "Yuanshan",
            }
        ]
        assert save_accounts(workspace=workspace, rows=rows, by=by)[0].status == "updated"
        save_contacts(
            workspace=workspace, rows=[{"id": str(Contact.objects.get(name="王磊").pk), "name": "曾毅"}], by=by
        )
        account, contact = Account.objects.get(pk=book["Acme"].pk), Contact.objects.get(name="曾毅")
        assert account.spelling == "^hzyssj hANGzHOUyUANsHANsHUjU"
        assert contact.spelling == "^zy zENGyI"
        # What nobody gave is told nowhere and changes nothing.
        assert save_accounts(workspace=workspace, rows=rows, by=by)[0].status == "unchanged"
    assert listed(cast, "accounts", q="hzyssj") == ["杭州远山"]
    assert "spelling" not in cast.client(cast.viewer).get(cast.url(f"accounts/{account.pk}/")).text


def test_a_merge_and_its_split_keep_letters_right(cast, book):
    workspace, by = cast.workspace, facts.BY
    winner, loser = book["Acme"], book["上海云帆软件"]
    with workspace_scope(workspace):
        merge_accounts(workspace=workspace, winner=winner, loser=loser, take={"name": "loser"}, by=by)
    assert listed(cast, "accounts", q="shyf") == ["上海云帆软件"]
    with workspace_scope(workspace):
        split_accounts(workspace=workspace, merge=AccountMerge.objects.get(), by=by)
        winner.refresh_from_db()
        assert (winner.name, winner.sort_name, winner.spelling) == ("Acme", "acme", "")
    assert listed(cast, "accounts", q="shyf") == ["上海云帆软件"]


def test_who_is_erased_is_found_by_no_letters(cast, book):
    workspace = cast.workspace
    twin = facts.contact(book["Acme"], "王磊 (old)")
    shop = facts.account(workspace, "王磊")
    with workspace_scope(workspace):
        person = Contact.objects.get(name="王磊")
        erase_contact(workspace=workspace, pk=person.pk, everywhere=True, by=cast.actor(cast.owner))
        for row in (person, twin, shop):
            row.refresh_from_db()
            assert "wang" not in row.sort_name
            assert row.spelling == ""
    assert listed(cast, "contacts", q="wanglei") == listed(cast, "accounts", q="wanglei") == []


def test_what_was_there_before_is_spelled_and_begun_again(cast, book):
    with workspace_scope(cast.workspace):
        before = dict(Account.objects.values_list("pk", "spelling"))
        Account.objects.update(sort_name="", spelling="")
        Contact.objects.update(sort_name="", spelling="")
        # As after a break: one is done already, and is not done again.
        Account.objects.filter(name="Acme").update(sort_name="done")
        migration = import_module("accounts.migrations.0018_spell_names")
        migration.spell_all(apps, SimpleNamespace(connection=connection))
        assert dict(Account.objects.values_list("pk", "spelling")) == before
        assert Account.objects.get(name="Acme").sort_name == "done"
        assert Contact.objects.get(name="单晓明").sort_name.startswith("shan ")
        # Again: only what differs is written.
        assert spell(Account.objects.all()) == 1
        assert spell(Account.objects.all()) == 0
