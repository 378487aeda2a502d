"""The columns by which accounts and contacts are sorted and found in pinyin. They follow from the names; whoever writes
names writes them, by the functions here.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from django.db import connections, models
from pydantic_core import to_json

from workspaces.pinyin import sort_key, spelling

# What most legal names end with tells none from another.
# The longest first.
FORMS = ("股份有限责任公司", "股份有限公司", "有限责任公司", "有限公司")
ACCOUNT_NAMES = ("name", "short_name", "legal_name")
ROWS_A_STATEMENT = 2_000


def spelled_account(values: Mapping[str, Any]) -> dict[str, str]:
    names = [values[name] for name in ACCOUNT_NAMES if values[name]]
    return {"sort_name": sort_key(values["name"]), "spelling": spelling(map(_without_form, names))}


def _without_form(name: str) -> str:
    return (
        next((name.removesuffix(form) for form in FORMS if name.endswith(form)), name)
        if name.endswith("公司")
        else name
    )


def spelled_contact(values: Mapping[str, Any]) -> dict[str, str]:
    name = values["name"]
    return {"sort_name": sort_key(name, is_person=True), "spelling": spelling([name], is_person=True)}


def spell(rows: models.QuerySet) -> int:
    """Write the columns of accounts or contacts that are there already; how many rows that was. In the order of their ids,
    a part at a time, so that it can be broken off and begun again.
    """
    has_more_names = any(field.name == "legal_name" for field in rows.model._meta.concrete_fields)
    spelled, names = (spelled_account, ACCOUNT_NAMES) if has_more_names else (spelled_contact, ("name",))
    connection = connections[rows.db]
    # Every name in the statement comes from the model; every value is a parameter.
    statement = f"""
        update {connection.ops.quote_name(rows.model._meta.db_table)} as a
        set sort_name = r.sort_name, spelling = r.spelling
        from json_to_recordset(%s) as r(id uuid, sort_name text, spelling text)
        where a.id = r.id and (a.sort_name, a.spelling) is distinct from (r.sort_name, r.spelling)
    """  # noqa: S608
    count = 0
    for part in _parts(rows.order_by("pk").values("pk", *names)):
        found = to_json([{"id": row["pk"], **spelled(row)} for row in part]).decode()
        with connection.cursor() as cursor:
            cursor.execute(statement, [found])
            count += cursor.rowcount
    return count


def _parts(rows: models.QuerySet) -> Iterator[list[dict[str, Any]]]:
    last = None
    while part := list((rows if last is None else rows.filter(pk__gt=last))[:ROWS_A_STATEMENT]):
        yield part
        last = part[-1]["pk"]
