"""The set-based statements of the closing, one file each in metrics/sql."""

from functools import cache
from pathlib import Path

from django.db import connection
from django.db.models import QuerySet

FOLDER = Path(__file__).parent / "sql"


@cache
def text(name: str) -> str:
    """The statements of sql/<name>.sql."""
    return (FOLDER / f"{name}.sql").read_text()


def execute(name: str, **values) -> None:
    """Run the statements of sql/<name>.sql with named values."""
    with connection.cursor() as cursor:
        cursor.execute(text(name), values)


def fetch_one(name: str, **values) -> dict:
    """The single row that sql/<name>.sql answers with, by column name."""
    with connection.cursor() as cursor:
        cursor.execute(text(name), values)
        return dict(zip([column.name for column in cursor.description], cursor.fetchone(), strict=True))


def fetch_all(name: str, *, among: QuerySet | None = None, **values) -> list[dict]:
    """The rows that sql/<name>.sql answers with, by column name.

    among: accounts' ids, to which those of a table `s` are narrowed where the statement says ``/* among */``.
    """
    sql = text(name)
    if among is not None:
        inner, params = among.query.sql_with_params()
        given = {f"among_{place}": value for place, value in enumerate(params)}
        sql = sql.replace("/* among */", f"and s.account_id in ({inner % tuple(f'%({key})s' for key in given)})")
        values |= given
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
