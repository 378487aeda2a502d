"""Words of the query string → values; what cannot be read is refused by name."""

import datetime as dt
from uuid import UUID

from django.utils.translation import gettext as _


def text(value: str) -> str:
    return value


def uuid(value: str) -> UUID:
    try:
        return UUID(value)
    except ValueError:
        raise ValueError(_("Not an id.")) from None


def day(value: str) -> dt.date:
    # fromisoformat also reads 20250331 and week dates, which the API does not promise.
    try:
        if len(value) == 10 and value[4] == value[7] == "-":
            return dt.date.fromisoformat(value)
    except ValueError:
        pass
    raise ValueError(_("A date is written 2025-03-31."))


def truth(value: str) -> bool:
    try:
        return {"true": True, "false": False}[value]
    except KeyError:
        raise ValueError(_("true or false.")) from None
