"""Words of the query string → values; what cannot be read is refused by name."""

import datetime as dt
import re
from collections.abc import Callable, Sequence
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


INSTANT_FORM = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?)(Z|[+ -]\d\d:\d\d)", re.ASCII)
FIRST_YEAR, LAST_YEAR = 1970, 2199


def instant(value: str) -> dt.datetime:
    if found := INSTANT_FORM.fullmatch(value):
        # A plus that was not escaped arrives as a space.
        offset = found[2].replace(" ", "+")
        try:
            read = dt.datetime.fromisoformat(found[1] + offset)
        except ValueError:
            read = None
        if read is not None and FIRST_YEAR <= read.year <= LAST_YEAR:
            # Postgres takes no offset of sixteen hours or more, Python one of up to a day.
            return read.astimezone(dt.UTC)
    raise ValueError(_("An instant is written 2025-03-31T10:00:00+08:00 or 2025-03-31T02:00:00Z."))


def among(values: Sequence[str]) -> Callable[[str], str]:
    """Reads one of a few words."""

    def read(value: str) -> str:
        if value not in values:
            raise ValueError(_("One of: %(names)s.") % {"names": ", ".join(values)})
        return value

    return read


def truth(value: str) -> bool:
    try:
        return {"true": True, "false": False}[value]
    except KeyError:
        raise ValueError(_("true or false.")) from None
