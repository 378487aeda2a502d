"""Words that are to stand nowhere in a workspace: found in every text, list and JSON of every table, and put out.

Which columns there are is asked of the models, so that a new table is cleaned as well
(tests/data/test_erasing_people.py looks into every column of the database).
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import connection, models
from psycopg2.extras import Json

from workspaces.locked import LockedText, locked_texts

ERASED = "[erased]"
# Shorter words stand everywhere: "Li", "42".
SHORTEST_WORD, SHORTEST_NUMBER = 2, 7


def tenant_models() -> list[type[models.Model]]:
    """The models whose rows belong to a workspace."""
    return [
        model
        for model in apps.get_models(include_auto_created=True)
        if not model._meta.proxy and any(one.column == "workspace_id" for one in model._meta.concrete_fields)
    ]


def text_columns(model: type[models.Model]) -> list[Any]:
    """The fields of a model in which words can stand; keys of a fixed list are none."""
    return [
        field
        for field in model._meta.concrete_fields
        if (isinstance(field, models.CharField | models.TextField) and not field.choices)
        or isinstance(field, models.JSONField)
        or (isinstance(field, ArrayField) and isinstance(field.base_field, models.CharField))
    ]


@dataclass(frozen=True)
class Words:
    """What is looked for, whatever its case. kept: longer texts that hold such a word and stay as they are."""

    pattern: str
    kept: tuple[str, ...] = ()

    @classmethod
    def of(cls, texts: Iterable[str], numbers: Iterable[str] = (), kept: Iterable[str] = ()) -> "Words":
        """texts: names and addresses, found as whole words. numbers: of phones, however they are grouped."""
        found = {part for text in texts if len(text.strip()) >= SHORTEST_WORD for part in _alternatives(text.strip())}
        found |= {part for number in numbers if (part := _grouped(number))}
        return cls("|".join(sorted(found, key=len, reverse=True)), tuple(sorted(kept, key=len, reverse=True)))

    def __bool__(self) -> bool:
        return bool(self.pattern)

    def out_of(self, text: str) -> str:
        """`text` without them."""
        kept = "|".join(re.escape(one) for one in self.kept)
        pattern = f"(?P<kept>{kept})|{self.pattern}" if kept else self.pattern
        return re.sub(pattern, lambda found: found[0] if kept and found["kept"] else ERASED, text, flags=re.IGNORECASE)

    def stand_in(self, text: str) -> bool:
        return bool(self) and self.out_of(text) != text


def _alternatives(text: str) -> set[str]:
    """As it is written, and as JSON writes it."""
    forms = {text, json.dumps(text, ensure_ascii=False)[1:-1], json.dumps(text)[1:-1]}
    return {_whole(form) for form in forms}


def _whole(text: str) -> str:
    """A pattern for both Python and Postgres: not in the middle of a Latin word or number. Chinese has no such ends."""
    before = r"(?<![0-9A-Za-z])" if _is_latin(text[0]) else ""
    after = r"(?![0-9A-Za-z])" if _is_latin(text[-1]) else ""
    return f"{before}{re.escape(text)}{after}"


def _is_latin(letter: str) -> bool:
    return letter.isascii() and letter.isalnum()


def _grouped(number: str) -> str:
    digits = re.sub(r"\D", "", number)
    if len(digits) < SHORTEST_NUMBER:
        return ""
    if len(digits) == 13 and digits.startswith("86"):
        digits = digits[2:]
    return r"(?<![0-9])([+]?86[ -]?)?" + r"[ -]?".join(digits) + r"(?![0-9])"


def put_out(workspace, model: type[models.Model], words: Words, *, where: str = "true", values: Sequence = ()) -> int:
    """Put the words out of every text of the rows of a model; how many rows that changed."""
    changed = 0
    for ctid, before, after in _rows(workspace, model, words, where, values):
        names = [name for name in before if after[name] != before[name]]
        if names:
            changed += 1
            _write(model, ctid, {name: after[name] for name in names})
    return changed


def _rows(workspace, model, words: Words, where: str, values: Sequence) -> Iterator[tuple[str, dict, dict]]:
    fields = text_columns(model)
    if not fields or not words:
        return
    quote = connection.ops.quote_name
    columns = [quote(field.column) for field in fields]
    # What stands locked can only be looked into here; there are few such rows.
    found = "true" if locked_texts(model) else " or ".join(f"{column}::text ~* %s" for column in columns)
    patterns = [words.pattern] * found.count("%s")
    sql = (
        f"select ctid::text, {', '.join(columns)} from {quote(model._meta.db_table)} "  # noqa: S608 - names from models
        f"where workspace_id = %s and ({where}) and ({found}) for update"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [workspace.pk, *values, *patterns])
        rows = cursor.fetchall()
    for ctid, *cells in rows:
        before = {field.column: _read(field, cell) for field, cell in zip(fields, cells, strict=True)}
        after = {field.column: _cleaned(field, before[field.column], words) for field in fields}
        yield ctid, before, after


def _read(field, cell):
    if isinstance(field, LockedText):
        return field.opened(cell)
    return json.loads(cell) if isinstance(field, models.JSONField) and isinstance(cell, str) else cell


def _cleaned(field, value, words: Words):
    if value is None:
        return None
    if isinstance(field, models.JSONField):
        return _cleaned_json(value, words.out_of)
    if isinstance(value, list):
        return [_fitting(words.out_of(item), field.base_field.max_length) for item in value]
    return _fitting(words.out_of(value), field.max_length)


def _fitting(text: str, most: int | None) -> str:
    return text if most is None else text[:most]


def _cleaned_json(value, out_of: Callable[[str], str]):
    if isinstance(value, str):
        return out_of(value)
    if isinstance(value, dict):
        return {out_of(key): _cleaned_json(item, out_of) for key, item in value.items()}
    if isinstance(value, list):
        return [_cleaned_json(item, out_of) for item in value]
    # A number that was somebody's phone.
    return out_of(str(value)) if isinstance(value, int) and out_of(str(value)) != str(value) else value


def _write(model: type[models.Model], ctid: str, values: dict) -> None:
    quote = connection.ops.quote_name
    taken = [f"{quote(name)} = %s" for name in values]
    if any(field.column == "updated_at" for field in model._meta.concrete_fields):
        taken.append("updated_at = now()")
    by_column = {field.column: field for field in model._meta.concrete_fields}
    cells = [_cell(by_column[name], value) for name, value in values.items()]
    sql = f"update {quote(model._meta.db_table)} set {', '.join(taken)} where ctid = %s::tid"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(sql, [*cells, ctid])


def _cell(field, value):
    """What stands in the column for a value."""
    if isinstance(field, LockedText):
        return field.get_db_prep_save(value, connection)
    return Json(value) if isinstance(field, models.JSONField) else value
