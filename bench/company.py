"""A company of any size to measure with: accounts with names, industries and regions, contracts, closed days.

Facts are made by generate_series into the real tables as the owner, which is not what is measured; figures by the
product's own closing.
"""

import datetime as dt
import uuid
from pathlib import Path

from django.db import connections, transaction

from accounts.models import Account
from accounts.spelling import spell
from metrics.closing import close_through
from workspaces.actions.users import register_user
from workspaces.actions.workspaces import create_workspace
from workspaces.actor import system_actor
from workspaces.models import User, Workspace
from workspaces.scope import workspace_scope

SQL = Path(__file__).parent / "sql"
UNTIL = dt.date(2025, 12, 31)
AT = dt.datetime(2026, 1, 2, tzinfo=dt.UTC)
FACTS = "accounts_account, accounts_contract, accounts_contractline, accounts_fxrate"
FIGURES = "metrics_accountday, metrics_linespan, metrics_termend"


def make_company(accounts: int, *, is_closed: bool = True) -> tuple[Workspace, User]:
    """A new workspace with so many accounts, and the user who owns it.

    A new one each time: taking away what an earlier run left costs more than most measurements.
    """
    name = f"bench-{accounts}-{uuid.uuid4().hex[:8]}"
    owner = register_user(email=f"{name}@example.com", password=None, name="Bench", language="en")
    workspace = create_workspace(slug=name, name="Bench", owner=owner, language="en", by=system_actor("command"))
    with connections["owner"].cursor() as cursor, transaction.atomic("owner"):
        facts = (SQL / "movement_facts.sql").read_text()
        cursor.execute(facts, {"workspace": str(workspace.pk), "accounts": accounts})
    with workspace_scope(workspace):
        spell(Account.objects.filter(workspace=workspace))
    vacuum(FACTS)
    if is_closed:
        close_through(workspace=workspace, until=UNTIL, at=AT)
        vacuum(f"accounts_account, {FIGURES}")
    return workspace, owner


def vacuum(tables: str) -> None:
    """Statistics and a visibility map, as autovacuum would have made them by the next morning."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"vacuum analyze {tables}")


def drop_company(workspace: Workspace) -> None:
    """Empty the large tables of one workspace, so that the next size starts beside nothing."""
    with connections["owner"].cursor() as cursor, transaction.atomic("owner"):
        for table in (*FIGURES.split(", "), "accounts_contractline", "accounts_changedfact"):
            cursor.execute(f"delete from {table} where workspace_id = %s", [workspace.pk])
        cursor.execute("update accounts_contract set renews_id = null where workspace_id = %s", [workspace.pk])
        for table in ("accounts_contract", "accounts_account"):
            cursor.execute(f"delete from {table} where workspace_id = %s", [workspace.pk])
    with workspace_scope(workspace):
        workspace.delete()
    vacuum(f"{FACTS}, {FIGURES}")
