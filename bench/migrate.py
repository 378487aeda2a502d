"""How long an empty database takes to migrate, by the command that a deployment runs."""

import os
import subprocess
import sys
import time
from urllib.parse import urlsplit, urlunsplit

import psycopg2
from django.conf import settings
from django.db import connections

from bench.result import Result

NAME = "bench_empty"
BAR_SECONDS = 30


def measure() -> list[Result]:
    _owner_says(f"drop database if exists {NAME}", f"create database {NAME}")
    try:
        environment = os.environ | {name: _on_empty(name) for name in ("DATABASE_URL", "DATABASE_OWNER_URL")}
        started = time.monotonic()
        subprocess.run(
            [sys.executable, "manage.py", "migrate", "-v0"], check=True, env=environment, cwd=settings.BASE_DIR
        )
        took = time.monotonic() - started
    finally:
        _owner_says(f"drop database if exists {NAME}")
    return [Result("an empty database migrates", took, BAR_SECONDS, unit=" s")]


def _on_empty(name: str) -> str:
    return urlunsplit(urlsplit(os.environ[name])._replace(path=f"/{NAME}"))


def _owner_says(*statements: str) -> None:
    """Outside of any transaction, in which databases cannot be made."""
    parameters = connections["owner"].get_connection_params()
    keep = {key: parameters[key] for key in ("host", "port", "user", "password", "dbname") if parameters.get(key)}
    connection = psycopg2.connect(**keep)
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
    finally:
        connection.close()
