"""The product does not run as a role that row-level security spares."""

import os
import subprocess
import sys
from urllib.parse import quote

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from workspaces.checks import refuse_unbound_role
from workspaces.management.commands.migrate import BACKUP_ROLE


class ConnectionAs:
    """What Django hands to receivers of connection_created, speaking as `role`: the cursor answers from pg_roles."""

    alias = "default"

    def __init__(self, role):
        self.role = role
        self.is_closed = False

    def cursor(self):
        outer = self

        class Cursor:
            def __enter__(self):
                self.real = connection.cursor()
                return self

            def __exit__(self, *args):
                self.real.close()

            def execute(self, sql):
                self.real.execute(sql.replace("current_user", "%s"), [outer.role])

            def fetchone(self):
                return self.real.fetchone()

        return Cursor()

    def close(self):
        self.is_closed = True


def role_exists(name):
    with connection.cursor() as cursor:
        cursor.execute("select 1 from pg_roles where rolname = %s", [name])
        return cursor.fetchone() is not None


@pytest.mark.parametrize("role", ["postgres", BACKUP_ROLE])
def test_superuser_and_bypassing_role_are_refused(db, role):
    if not role_exists(role):
        pytest.skip(f"this server has no role {role}")
    unbound = ConnectionAs(role)
    with pytest.raises(ImproperlyConfigured, match=role):
        refuse_unbound_role(None, unbound)
    assert unbound.is_closed


def test_owner_of_the_tables_is_refused(db):
    """Its own policy lets it see every row, so that migrations can move data."""
    owner = settings.DATABASES["owner"]["USER"]
    unbound = ConnectionAs(owner)
    with pytest.raises(ImproperlyConfigured, match=owner):
        refuse_unbound_role(None, unbound)
    assert unbound.is_closed


def test_a_process_whose_database_url_is_the_owners_does_not_start(db):
    """Through the real door: Django's command line, as web, worker and beat are started by it or like it."""
    address = quote_url(settings.DATABASES["owner"] | {"NAME": connection.settings_dict["NAME"]})
    ended = subprocess.run(
        [sys.executable, "manage.py", "create_api_key", "--workspace", "x", "--name", "x", "--scope", "read"],
        cwd=settings.BASE_DIR,
        env=os.environ | {"DATABASE_URL": address, "DATABASE_OWNER_URL": address},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode != 0
    assert "tenants would not be kept apart" in ended.stderr


def quote_url(database) -> str:
    host = quote(database["HOST"] or "", safe="")
    port = f":{database['PORT']}" if database["PORT"] else ""
    return f"postgres://{database['USER']}:{quote(database['PASSWORD'] or '', safe='')}@{host}{port}/{database['NAME']}"


def test_runtime_role_is_let_in(db):
    with connection.cursor() as cursor:
        cursor.execute("select current_user")
        role = cursor.fetchone()[0]
    bound = ConnectionAs(role)
    refuse_unbound_role(None, bound)
    assert not bound.is_closed
