"""Bulk writes: the same rows that the ORM would write."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from accounts.models import Account, Product
from workspaces.bulk import insert_rows
from workspaces.ids import uuid7


def test_rows_are_written_with_defaults_of_model_and_database(acme):
    pk = uuid7()
    insert_rows(
        Account,
        [
            {
                "id": pk,
                "workspace_id": acme.workspace.pk,
                "name": '蓝海 "quoted" \\ \' 😀',
                "former_names": ["甲", "乙,丙"],
            }
        ],
    )
    account = Account.objects.get(pk=pk)
    assert account.name == '蓝海 "quoted" \\ \' 😀'
    assert account.former_names == ["甲", "乙,丙"]
    assert (account.mrr_cents, account.industry, account.is_demo, account.mrr) == (0, "", False, Decimal("0.00"))
    assert account.created_at is not None


def test_update_takes_the_named_columns_only(acme):
    pk, row = uuid7(), {"workspace_id": acme.workspace.pk, "name": "core", "code": "C"}
    insert_rows(Product, [{"id": pk, **row}])
    was = Product.objects.get(pk=pk)
    insert_rows(Product, [{"id": pk, **row, "name": "new name", "code": "ignored"}], update=["name"])
    now = Product.objects.get(pk=pk)
    assert (now.name, now.code) == ("new name", "C")
    assert now.updated_at >= was.updated_at


def test_rows_of_another_workspace_are_refused(acme):
    with pytest.raises(Exception, match="row-level security"), transaction.atomic():
        insert_rows(Product, [{"id": uuid7(), "workspace_id": acme.rival.pk, "name": "core"}])


def test_conflicts_are_errors_unless_ignored(acme):
    row = {"workspace_id": acme.workspace.pk, "name": "core"}
    insert_rows(Product, [{"id": uuid7(), **row}])
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_rows(Product, [{"id": uuid7(), **row}])
    insert_rows(Product, [{"id": uuid7(), **row}], ignore_conflicts=True)
    assert Product.objects.count() == 1
