"""Keys of figures are held by a question per statement, not by a look-up per row, which was half of a rebuild."""

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction

from accounts.actions import save_contracts
from metrics.models import AccountDay, LineSpan, TermEnd
from tests.metrics import books
from workspaces.scope import workspace_scope

pytestmark = pytest.mark.django_db


def strays() -> list[tuple]:
    """(table, column, rows) of figures in scope that point at nothing in their workspace."""
    found = []
    with connection.cursor() as cursor:
        for model in (AccountDay, LineSpan, TermEnd):
            for name in ("account", "contract"):
                if name not in {field.name for field in model._meta.concrete_fields}:
                    continue
                target = apps.get_model("accounts", name)._meta.db_table
                cursor.execute(
                    f"select count(*) from {model._meta.db_table} f where not exists (select from {target} t "
                    f"where t.workspace_id = f.workspace_id and t.id = f.{name}_id)"
                )
                if count := cursor.fetchone()[0]:
                    found.append((model._meta.db_table, name, count))
    return found


def test_figures_point_at_accounts_and_contracts_of_their_own_workspace():
    ours, content = books.open_book("edges", "ours")
    theirs, _ = books.open_book("edges", "theirs")
    for workspace in (ours, theirs):
        books.close(workspace, "2025-06-30")
    with workspace_scope(ours):
        # A contract that changes hands takes its figures along.
        row = {"external_id": "E20", "account": "one-off-work"}
        (result,) = save_contracts(workspace=ours, rows=[row], by=books.BY)
        assert result.status == "updated"
    for workspace in (ours, theirs):
        books.close(workspace, content["until"])
        with workspace_scope(workspace):
            assert AccountDay.objects.count() > 40
            assert strays() == []


def test_a_figure_that_points_outside_is_refused():
    ours, _ = books.open_book("book-8", "ours")
    theirs, _ = books.open_book("book-8", "theirs")
    books.close(ours, "2023-12-31")
    with workspace_scope(theirs):
        account = apps.get_model("accounts", "Account").objects.first().pk
        contract = apps.get_model("accounts", "Contract").objects.first().pk
    with workspace_scope(ours):
        day, span = AccountDay.objects.first(), LineSpan.objects.first()
        with pytest.raises(IntegrityError, match="account_id is not in its workspace"), transaction.atomic():
            AccountDay.objects.filter(pk=day.pk).update(account=account)
        with pytest.raises(IntegrityError, match="contract_id is not in its workspace"), transaction.atomic():
            LineSpan.objects.filter(pk=span.pk).update(contract=contract)
        day.account_id = account
        with pytest.raises(IntegrityError, match="account_id is not in its workspace"), transaction.atomic():
            AccountDay.objects.bulk_create([day])
        assert strays() == []
