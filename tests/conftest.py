"""The test database is made by the owner role; the tests then speak as the role that the product runs as."""

from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest
from django.conf import settings
from django.db import connection
from django.db.backends.postgresql.operations import DatabaseOperations
from django.db.backends.signals import connection_created
from django.utils import translation

from tests.cast import Cast, make_cast
from tests.emptying import empty_tables
from tests.order import longest_first, tell_apart
from tests.xdist_worker import drop_template, use_copied_database, use_own_redis, worker_number
from workspaces.checks import refuse_unbound_role
from workspaces.scope import workspace_scope

pytest_plugins = ["tests.browser_fixtures"]


def pytest_configure(config):
    # WhiteNoise warns of a missing folder, and a warning is an error here; a clone has collected nothing yet.
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
    if (number := worker_number(config)) is not None:
        use_own_redis(number)


def pytest_collection_modifyitems(items):
    tell_apart(items)
    longest_first(items)


def pytest_sessionfinish(session):
    if getattr(session.config.option, "numprocesses", None) and worker_number(session.config) is None:
        drop_template()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(request, django_db_blocker, tmp_path_factory):
    """Make and migrate as the owner, whom the product itself refuses to run as."""
    connection_created.disconnect(dispatch_uid="refuse_unbound_role")
    runtime = {key: connection.settings_dict[key] for key in ("USER", "PASSWORD", "HOST", "PORT")}
    owner = settings.DATABASES["owner"]
    connection.settings_dict.update({key: owner[key] for key in runtime})
    if (number := worker_number(request.config)) is not None:
        with django_db_blocker.unblock():
            use_copied_database(number, shared=tmp_path_factory.getbasetemp().parent)
    return runtime


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker, django_db_modify_db_settings):
    runtime = django_db_modify_db_settings
    with django_db_blocker.unblock():
        owner = {key: connection.settings_dict[key] for key in runtime}
        connection.close()
        connection.settings_dict.update(runtime)
        connection_created.connect(refuse_unbound_role, dispatch_uid="refuse_unbound_role")
        with connection.cursor() as cursor:
            cursor.execute("select rolsuper or rolbypassrls from pg_roles where rolname = current_user")
            assert cursor.fetchone()[0] is False, "the tests must not run as a role that row-level security spares"
    # On the class: a browser test runs its own loop, and there Django opens another connection object.
    flush = patch.object(DatabaseOperations, "execute_sql_flush", lambda self, statements: empty_tables(owner))
    # Content types and permissions stay, so there is nothing to make again.
    with flush, patch("django.core.management.commands.flush.emit_post_migrate_signal"):
        yield
    connection_created.disconnect(dispatch_uid="refuse_unbound_role")
    with django_db_blocker.unblock():
        with connection.cursor() as cursor:
            # What was opened in the loop of a browser test, or in a thread, cannot be reached from here any more.
            cursor.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity "
                "where datname = current_database() and usename = current_user and pid <> pg_backend_pid()"
            )
        connection.close()
        connection.settings_dict.update(owner)


@pytest.fixture
def cast(db) -> Cast:
    """Everybody, with nobody's workspace in scope: for tests that come in through a door."""
    return make_cast()


@pytest.fixture
def acme(cast) -> Iterator[Cast]:
    """Everybody, with acme in scope: for tests that call actions and queries."""
    with workspace_scope(cast.workspace):
        yield cast


@pytest.fixture(autouse=True)
def english():
    """A request leaves its reader's language behind in the thread; the next test begins in English all the same."""
    translation.deactivate()


@pytest.fixture(autouse=True)
def quick_hashing(settings):
    """Passwords are hashed slowly on purpose; tests that sign in would take minutes."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
