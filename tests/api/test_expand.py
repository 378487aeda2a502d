"""`expand`: the whole object in place of a name, one query for each word, unknown words refused."""

import pytest

from metrics.models import AccountDay
from tests.api.client import error_of
from tests.api.test_query_counts import rows_of
from tests.cast import DAY
from workspaces.scope import workspace_scope

EVERYWHERE = [
    ("accounts", "owner,parent,parent.owner"),
    ("contacts", "account,account.owner,account.parent"),
    ("contracts", "account,account.owner,lines.product"),
    ("spend", "channel"),
    ("interactions", "account,contacts,contacts.account,author"),
    ("tasks", "account,assignee,created_by"),
]


@pytest.fixture
def book(api):
    for kind in ("custom-fields", "accounts", "contacts", "contracts", "spend"):
        results = api.post(f"{kind}/batch/", rows_of(kind, 3)).json()["results"]
        assert {row["status"] for row in results} == {"created"}, results
    return api


def test_expanded_object_is_the_one_at_its_address(book):
    account = book.get("accounts/", external_id="A1").json()["results"][0]
    contract = book.get("contracts/", external_id="C1").json()["results"][0]
    product = book.get("products/", name="Product 1").json()["results"][0]
    shown = book.get(f"contracts/{contract['id']}/", expand="account,lines.product").json()
    assert shown["account"] == account
    assert [line["product"]["name"] for line in shown["lines"]] == ["core", "Product 1"]
    assert shown["lines"][1]["product"] == product
    assert shown | {"account": "A1", "lines": contract["lines"]} == contract
    nested = book.get("contacts/", external_id="P1", expand="account.owner").json()["results"][0]
    owner = nested["account"]["owner"]
    assert owner == {
        "id": account["owner_id"],
        "email": "owner@example.com",
        "name": "Owner",
        "role": "owner",
        "is_active": True,
    }
    assert nested["account"] == account | {"owner": owner}
    spend = book.get("spend/", expand="channel").json()["results"][0]
    assert (spend["channel"]["id"], spend["channel"]["name"]) == (spend["channel_id"], "Channel 0")


def test_expanded_without_a_value_is_null(api):
    made = api.post("accounts/", {"name": "Northwind"}).json()
    shown = api.get(f"accounts/{made['id']}/", expand="owner,parent").json()
    assert (shown["owner"], shown["parent"]) == (None, None)


def test_expanded_parent_is_the_account_at_its_address(book):
    # It has no external id, so that only the whole object says what it is called.
    group = book.post("accounts/", {"name": "Group", "owner": "owner@example.com", "parent": "A0"}).json()
    book.post("accounts/batch/", [{"external_id": "A1", "parent_id": group["id"]}])
    shown = book.get("accounts/", external_id="A1", expand="parent,parent.owner").json()["results"][0]
    assert shown["parent"]["owner"]["email"] == "owner@example.com"
    assert shown["parent"] | {"owner": "owner@example.com"} == book.get(f"accounts/{group['id']}/").json()
    assert shown["parent"]["parent"] == "A0"
    contact = book.get("contacts/", external_id="P1", expand="account.parent").json()["results"][0]
    assert contact["account"]["parent"]["name"] == "Group"
    fields = error_of(book.get("accounts/", expand="parent.parent"), 400, "invalid")["fields"]
    assert "parent.owner" in fields["expand"][0]


def test_expanded_answers_of_writes(book):
    contract = book.get("contracts/", external_id="C1").json()["results"][0]
    changed = book.call("PATCH", f"contracts/{contract['id']}/", {"number": "17"}, words={"expand": "account"})
    assert (changed.json()["account"]["name"], changed.json()["number"]) == ("Company 1", "17")
    made = book.call("POST", "accounts/", {"name": "New", "owner": "member@example.com"}, words={"expand": "owner"})
    assert made.json()["owner"]["name"] == "Member"


@pytest.mark.parametrize(("kind", "words"), EVERYWHERE)
def test_queries_do_not_grow_with_rows(api, kind, words, django_assert_max_num_queries):
    def fill(count):
        for each in dict.fromkeys(["custom-fields", "accounts", "contacts", kind]):
            answer = api.post(f"{each}/batch/", rows_of(each, count))
            assert all(row["status"] != "error" for row in answer.json()["results"]), answer.content

    def used():
        # Own fields that name people ask for one more wherever accounts are shown.
        with django_assert_max_num_queries(16) as counted:
            answer = api.get(f"{kind}/", expand=words)
        assert answer.status_code == 200, answer.content
        return len(counted.captured_queries)

    fill(2)  # the second account belongs under the first
    api.get("accounts/")  # notes the key's use
    few = used()
    fill(25)
    assert used() == few


@pytest.mark.parametrize(
    "word", ["colour", "account.colour", "account__owner", "lines", "owner.user", "account.owner.x"]
)
def test_unknown_word(book, word):
    assert list(error_of(book.get("contracts/", expand=f"account,{word}"), 400, "invalid")["fields"]) == ["expand"]
    contract = book.get("contracts/").json()["results"][0]
    error_of(
        book.call("PATCH", f"contracts/{contract['id']}/", {"number": "1"}, words={"expand": word}), 400, "invalid"
    )
    assert book.get(f"contracts/{contract['id']}/").json() == contract


def test_nothing_to_expand(api):
    error_of(api.get("products/", expand="account"), 400, "invalid")


def test_expanded_stays_in_the_workspace(book, rival):
    theirs = rival.post("accounts/", {"name": "theirs", "external_id": "A1"}).json()
    rival.post("contacts/", {"name": "their contact", "account": "A1"})
    mine = book.get("contacts/", expand="account").json()["results"]
    assert theirs["id"] not in {row["account"]["id"] for row in mine}
    (row,) = rival.get("contacts/", expand="account").json()["results"]
    assert row["account"] == theirs


def test_movements_show_their_accounts(cast, book):
    account = book.get("accounts/", external_id="A1").json()["results"][0]
    with workspace_scope(cast.workspace):
        AccountDay.objects.create(
            workspace=cast.workspace,
            account_id=account["id"],
            day=DAY,
            balance=1,
            is_paying=True,
            customer_since=DAY,
            kind="new",
            amount=1,
        )
    (movement,) = book.get("metrics/movements/", expand="account").json()["results"]
    assert movement["account"] == account
    assert movement["account_id"] == account["id"]
