"""What workers of pytest-xdist must not share, and in which order they get their tests."""

import os
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.db import connection

from tests.order import LONG, longest_first
from tests.test_repository import ROOT
from tests.xdist_worker import REDIS_DATABASES, redis_url_of, worker_number


@pytest.mark.parametrize(
    "url, others",
    [
        ("unix://%2Ftmp%2FX%2Fvalkey.sock?db=0", "unix://%2Ftmp%2FX%2Fvalkey.sock?db={}"),
        ("unix:///tmp/valkey.sock", "unix:///tmp/valkey.sock?db={}"),
        ("redis://:pass@redis.example:6379/0", "redis://:pass@redis.example:6379/{}"),
        ("redis://redis.example?protocol=3", "redis://redis.example/{}?protocol=3"),
    ],
)
def test_every_worker_has_a_redis_database(url, others):
    found = [redis_url_of(url, number) for number in range(REDIS_DATABASES - 1)]
    assert found == [others.format(number) for number in range(1, REDIS_DATABASES)]


def test_the_redis_database_that_was_named_is_left_alone():
    found = {redis_url_of("redis://redis.example/15", number) for number in range(40)}
    assert found == {f"redis://redis.example/{number}" for number in range(15)}


def test_worker_has_its_own_servers_here(request, db):
    """True of the process this runs in, whether it is one of several or alone."""
    number = worker_number(request.config)
    usual = settings.DATABASES["owner"]["TEST"]["NAME"]
    assert connection.settings_dict["NAME"] == (usual if number is None else f"{usual}_gw{number}")
    assert os.environ["REDIS_URL"] == settings.REDIS_URL == settings.CACHES["default"]["LOCATION"]
    if number is not None:
        assert settings.REDIS_URL.endswith(f"db={number + 1}") or settings.REDIS_URL.endswith(f"/{number + 1}")


def test_worker_number():
    assert worker_number(SimpleNamespace()) is None
    assert worker_number(SimpleNamespace(workerinput={"workerid": "gw12"})) == 12


def test_long_tests_are_there():
    assert all((ROOT / name).exists() for name in LONG)


class Item:
    def __init__(self, nodeid: str, *marks: str):
        self.nodeid = nodeid
        self.marks = {name: pytest.mark.__getattr__(name).mark for name in marks}

    def get_closest_marker(self, name):
        return self.marks.get(name)

    def add_marker(self, mark):
        self.marks[mark.name] = mark.mark


def test_what_starts_processes_comes_first_and_stays_together():
    items = [Item("a"), Item("b", "stack"), Item(f"{LONG[0]}::test_c"), Item("d", "stack")]
    longest_first(items)
    assert [item.nodeid for item in items] == ["b", "d", f"{LONG[0]}::test_c", "a"]
    assert [item.marks["xdist_group"].args for item in items[:2]] == [("stack",), ("stack",)]
    assert items[2].marks == {}
