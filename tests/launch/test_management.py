"""A management command on servers that are named in the environment: what it shares, and whom it makes tables for."""

import pytest

from launch import database, management
from launch.checkout import Checkout
from launch.management import serving
from launch.servers import throw_away
from launch.stack import Stack
from launch.state import State
from launch.stop_signals import Signals

OWN = {
    "DATABASE_URL": "postgres://b2bops_app@db.example/b2bops",
    "DATABASE_OWNER_URL": "postgres://b2bops_owner@db.example/b2bops",
    "REDIS_URL": "redis://redis.example",
}
STACK = {"PORT": "8003", "PUBLIC_URL": "https://b2b.example", "SECRET_KEY": "of the stack", "DEBUG": "1"}


@pytest.fixture
def checkout(tmp_path, own_environment, monkeypatch):
    checkout = Checkout(tmp_path)
    checkout.make_local()
    monkeypatch.setattr(management.os, "environ", own_environment | OWN)
    return checkout


@pytest.fixture
def migrations(monkeypatch):
    """The owner's addresses of the databases that were migrated."""
    done = []
    monkeypatch.setattr(management, "migrate", lambda _checkout, _steps, servers: done.append(servers.owner_url))
    return done


@pytest.fixture
def run_stack(checkout):
    """Lets a stack of the checkout run, with some environment."""
    lock = Stack(checkout).lock

    def run(environment):
        assert lock.try_acquire()
        State(pid=1, kind="stack", phase="ready", environment=environment).write(Stack(checkout).state_file)

    yield run
    lock.release()


def test_a_running_stack_on_the_same_servers_shares_its_port_and_key(checkout, run_stack, migrations):
    run_stack(OWN | STACK | {"HOME": "/of/the/stack"})
    with serving(checkout, Signals(), migrated=True) as environment:
        assert {key: environment.get(key) for key in OWN | STACK} == OWN | STACK
        assert environment.get("HOME") != "/of/the/stack"
    assert migrations == []


def test_a_running_stack_on_other_servers_shares_nothing(checkout, run_stack, migrations):
    run_stack(OWN | STACK | {"DATABASE_URL": "postgres://b2bops_app@elsewhere.example/b2bops"})
    with serving(checkout, Signals(), migrated=True) as environment:
        assert {key: environment[key] for key in OWN} == OWN
        assert environment.get("PORT") is None
        assert environment.get("SECRET_KEY") != "of the stack"
    assert migrations == []


def test_only_a_database_without_tables_is_migrated(checkout, migrations, monkeypatch):
    with throw_away({}, signals=Signals()) as servers:
        monkeypatch.setattr(management.os, "environ", management.os.environ | servers.environment)
        with serving(checkout, Signals(), migrated=False):  # the command is `migrate` itself
            assert migrations == []
        with serving(checkout, Signals(), migrated=True):
            assert migrations == [servers.owner_url]
            assert not Stack(checkout).is_running()  # one may start meanwhile
        connection = database.connect(servers.owner_url)
        connection.cursor().execute("create table django_migrations ()")
        connection.close()
        with serving(checkout, Signals(), migrated=True):
            assert migrations == [servers.owner_url]
