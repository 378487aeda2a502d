"""The set-based statements of the closing, one file each in metrics/sql."""

from functools import cache
from pathlib import Path

from django.db import connection

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


def fetch_all(name: str, **values) -> list[dict]:
    """The rows that sql/<name>.sql answers with, by column name."""
    with connection.cursor() as cursor:
        cursor.execute(text(name), values)
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
