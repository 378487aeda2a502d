"""What a worker of pytest-xdist has for itself when tests run beside each other: a database, and one of Redis.

The tables are made once, in a template that each worker copies: a copy takes a tenth of the time of the migrations.
"""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

import psycopg2
from django.conf import settings
from django.db import connection
from psycopg2 import sql

# Redis and Valkey come with sixteen databases.
REDIS_DATABASES = 16


def worker_number(config) -> int | None:
    """Which worker this process is, counted from 0; None for pytest itself, with workers or without."""
    name = getattr(config, "workerinput", {}).get("workerid")
    return int(name.removeprefix("gw")) if name else None


def redis_url_of(url: str, number: int) -> str:
    """The same server with a database that no other worker uses. The one named in the address is left to its owner."""
    address, _, words = url.partition("?")
    query = dict(parse_qsl(words))
    if address.startswith("unix:"):
        query["db"] = str(_beside(int(query.get("db", 0)), number))
    else:
        parts = urlsplit(address)
        address = parts._replace(path=f"/{_beside(int(parts.path.strip('/') or 0), number)}").geturl()
    return address + ("?" + urlencode(query) if query else "")


def _beside(taken: int, number: int) -> int:
    return (taken + 1 + number % (REDIS_DATABASES - 1)) % REDIS_DATABASES


def use_own_redis(number: int) -> None:
    """For this process and those that tests start from its environment."""
    url = redis_url_of(settings.REDIS_URL, number)
    settings.REDIS_URL = settings.CACHES["default"]["LOCATION"] = os.environ["REDIS_URL"] = url


def use_copied_database(number: int, shared: Path) -> None:
    """Has the test database of this process made from the template, which is made when it is not there yet.

    shared: a folder of this run that all its workers see. The connection must be the owner's.
    """
    test = settings.DATABASES["default"]["TEST"]
    template = test["NAME"]
    with _alone(shared / "template.lock"):
        made = shared / "template"
        if not made.exists():
            usual = connection.settings_dict["NAME"]
            connection.creation.create_test_db(verbosity=0, autoclobber=True)
            connection.close()
            connection.settings_dict["NAME"] = usual
            made.touch()
    test |= {"NAME": f"{template}_gw{number}", "TEMPLATE": template}


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """One worker at a time."""
    with path.open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def drop_template() -> None:
    """After the last worker has gone. What an interrupted run leaves, the next one replaces."""
    owner = settings.DATABASES["owner"]
    params = connection.get_connection_params() | {"user": owner["USER"], "password": owner["PASSWORD"]}
    params.pop("cursor_factory", None)
    params["dbname"] = "postgres"
    with contextlib.suppress(psycopg2.Error), contextlib.closing(psycopg2.connect(**params)) as link:
        link.autocommit = True
        with link.cursor() as cursor:
            name = sql.Identifier(settings.DATABASES["default"]["TEST"]["NAME"])
            cursor.execute(sql.SQL("drop database if exists {}").format(name))
