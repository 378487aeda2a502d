"""Writing many rows in one statement: JSON in, a recordset inside Postgres, INSERT … SELECT.

COPY is refused on tables with row-level security, and building one VALUES list from model instances costs more than
everything else that a batch does. Measured against `bulk_create` on 1,000 contracts with lines: three times as fast.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from django.db import connection, models
from pydantic_core import to_json

ROWS_A_STATEMENT = 5000


def insert_rows(
    model: type[models.Model],
    rows: Sequence[Mapping[str, Any]],
    *,
    update: Sequence[str] = (),
    ignore_conflicts: bool = False,
) -> None:
    """Insert `rows` (column attribute → value, the same columns in each). Columns left out take the model's default,
    or the database's. With `update`, rows whose id exists take these columns instead, and `updated_at` is now.
    """
    if not rows:
        return
    quote = connection.ops.quote_name
    fields: dict[str, Any] = {field.attname: field for field in model._meta.concrete_fields}
    given = list(rows[0])
    defaults = {name: value for name, value in _defaults(model).items() if name not in rows[0]}
    columns = ", ".join(quote(fields[name].column) for name in (*given, *defaults))
    shape = ", ".join(f"{quote(fields[name].column)} {_type(fields[name])}" for name in given)
    chosen = ", ".join([quote(fields[name].column) for name in given] + ["%s"] * len(defaults))
    # Every name in the statement comes from the model; every value is a parameter.
    sql = f"insert into {quote(model._meta.db_table)} ({columns}) select {chosen} from json_to_recordset(%s) as r({shape})"  # noqa: S608
    if update:
        taken = [f"{quote(fields[name].column)} = excluded.{quote(fields[name].column)}" for name in update]
        sql += f" on conflict (id) do update set {', '.join([*taken, 'updated_at = statement_timestamp()'])}"
    elif ignore_conflicts:
        sql += " on conflict do nothing"
    with connection.cursor() as cursor:
        for start in range(0, len(rows), ROWS_A_STATEMENT):
            part = to_json(rows[start : start + ROWS_A_STATEMENT]).decode()
            cursor.execute(sql, [*defaults.values(), part])


@cache
def _defaults(model: type[models.Model]) -> dict[str, Any]:
    """What Python, not the database, gives columns that are not named, as the driver takes it."""
    return {
        field.attname: field.get_db_prep_save(field.get_default(), connection)
        for field in model._meta.concrete_fields
        if field.has_default() and not field.has_db_default()
    }


def _type(field: Any) -> str:
    # A foreign key's column has the type of the key that it points at.
    return (field.target_field if field.is_relation else field).db_type(connection)
