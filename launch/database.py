"""What the starter itself asks of the database, embedded or not."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import psycopg2
import psycopg2.extensions
from psycopg2 import sql

from launch.console import Failure

OLDEST = 18


def connect(url: str):
    """An autocommit connection. Raises Failure with the server's own words, which name no password."""
    try:
        connection = psycopg2.connect(url, connect_timeout=10, application_name="b2bops starter")
    except psycopg2.Error as error:
        raise Failure(f"The database does not let us in: {str(error).strip()}") from None
    connection.autocommit = True
    return connection


def check_version(url: str) -> None:
    """Raises Failure for a server older than we can use."""
    connection = connect(url)
    version = connection.server_version
    connection.close()
    if version < OLDEST * 10_000:
        raise Failure(
            f"PostgreSQL {OLDEST} or later is needed; DATABASE_URL leads to {version // 10_000}.{version % 10_000}."
        )


def schema_mark(root: Path) -> str:
    """Changes with every migration, ours or an installed package's: a hash over their files and the locked versions."""
    mark = hashlib.sha256()
    paths = [*root.glob("*/migrations/*.py"), *root.glob("*/sql/**/*.sql"), root / "requirements.txt"]
    for path in sorted(paths):
        mark.update(str(path.relative_to(root)).encode() + b"\0" + path.read_bytes() + b"\0")
    return mark.hexdigest()


def applied_mark(owner_url: str) -> str | None:
    """The mark the database was last migrated to, kept as its comment, so that a restored dump has none."""
    connection = connect(owner_url)
    with connection.cursor() as cursor:
        cursor.execute(
            "select shobj_description(oid, 'pg_database') from pg_database where datname = current_database()"
        )
        comment = cursor.fetchone()[0]
    connection.close()
    try:
        return json.loads(comment or "{}").get("schema")
    except (ValueError, AttributeError):  # somebody else's comment
        return None


def note_mark(owner_url: str, mark: str | None) -> None:
    """Writes the mark down; None forgets it."""
    connection = connect(owner_url)
    with connection.cursor() as cursor:
        statement = sql.SQL("comment on database {} is {}")
        comment = sql.Literal(json.dumps({"schema": mark})) if mark else sql.SQL("null")
        cursor.execute(statement.format(sql.Identifier(connection.info.dbname), comment))
    connection.close()


def has_tables(owner_url: str) -> bool:
    """Whether it was ever migrated, to whatever version."""
    connection = connect(owner_url)
    with connection.cursor() as cursor:
        cursor.execute("select to_regclass('django_migrations') is not null")
        found = cursor.fetchone()[0]
    connection.close()
    return found


def is_empty(owner_url: str) -> bool:
    """Whether nobody has moved in yet: no workspace and no user."""
    connection = connect(owner_url)
    with connection.cursor() as cursor:
        cursor.execute(
            "select not exists (select from workspaces_workspace) and not exists (select from workspaces_user)"
        )
        empty = cursor.fetchone()[0]
    connection.close()
    return empty


def name_of(url: str) -> str:
    """Which database an address means, without who asks: no password in it."""
    fields = psycopg2.extensions.parse_dsn(url)
    return f"{fields.get('host', '')}:{fields.get('port', '')}/{fields.get('dbname', '')}"
