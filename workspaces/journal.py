"""Values as they are kept to be put back: as JSON, without loss, and the same however they were written."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

NOTHING: tuple[Any, ...] = (None, "", [], {})


def exact(value: Any) -> Any:
    """`value` as JSON. All kinds of nothing become null, 10.00 and 10 the same text, instants their UTC.

    What the trail keeps is for people and cut (`workspaces.activity.plain`); this is for going back.
    """
    if value in NOTHING:
        return None
    if isinstance(value, bool | int | str):
        return value
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat()
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, Mapping):
        return {key: exact(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [exact(item) for item in value]
    raise TypeError(f"{type(value).__name__} cannot be put back")
