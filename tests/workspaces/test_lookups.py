"""`any_of` finds what `in` finds."""

import pytest

from accounts.models import Account, Contact
from workspaces.ids import uuid7


@pytest.fixture
def accounts(acme):
    return [
        Account.objects.create(workspace=acme.workspace, external_id=f"A-{n}", name=f"Company {n}") for n in range(3)
    ]


def test_any_of_takes_ids_texts_and_foreign_keys(acme, accounts):
    contact = Contact.objects.create(workspace=acme.workspace, account=accounts[1], name="x")
    ids = {accounts[0].pk, accounts[1].pk, uuid7()}
    assert set(Account.objects.filter(pk__any_of=ids)) == set(accounts[:2])
    assert set(Account.objects.filter(external_id__any_of=["A-2", "A-9", None])) == {accounts[2]}
    assert list(Contact.objects.filter(account_id__any_of=ids)) == [contact]
    assert list(Account.objects.filter(pk__any_of=[str(accounts[0].pk)])) == [accounts[0]]


def test_any_of_nothing_finds_nothing(acme, accounts):
    assert not Account.objects.filter(pk__any_of=[]).exists()
    assert not Account.objects.filter(external_id__any_of=set()).exists()


def test_any_of_does_not_cut_texts_to_the_columns_length(acme):
    Account.objects.create(workspace=acme.workspace, external_id="x" * 100, name="x")
    assert not Account.objects.filter(external_id__any_of=["x" * 101]).exists()
