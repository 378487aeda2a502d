"""Reading a JSON body strictly: what two readers could understand differently is refused."""

import json
import re
from decimal import Decimal

from django.utils.translation import gettext as _

from b2bops.api.errors import ApiError, malformed

# Longer numbers mean nothing to anyone, and 1e999999999 as a whole number takes hours to write down.
LONGEST_NUMBER = 100
LARGEST_EXPONENT = 100

# Text that Postgres cannot hold: NUL, and halves of surrogate pairs. Looked for in the raw text first, since walking a
# large body costs more than the rare false alarm of an escaped backslash.
SUSPICIOUS = re.compile(r"\\u(?:0000|[dD][89a-fA-F])")
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


class _Duplicate(ValueError):
    pass


def _object(pairs: list) -> dict:
    made = dict(pairs)
    if len(made) != len(pairs):
        names = [name for name, _value in pairs]
        raise _Duplicate(next(name for name in names if names.count(name) > 1))
    return made


def _fraction(text: str) -> Decimal:
    number = Decimal(text) if len(text) <= LONGEST_NUMBER else None
    if number is None or abs(number.adjusted()) > LARGEST_EXPONENT:
        raise ValueError(text[:LONGEST_NUMBER])
    return number


def _constant(name: str):
    raise ValueError(name)


def has_unstorable_text(value) -> bool:
    """Whether any text within a parsed value holds characters that the database refuses."""
    if isinstance(value, str):
        return UNSTORABLE.search(value) is not None
    if isinstance(value, dict):
        return any(has_unstorable_text(part) for pair in value.items() for part in pair)
    if isinstance(value, list):
        return any(has_unstorable_text(item) for item in value)
    return False


def parse_json(raw: bytes):
    """The value of a body; numbers with a point come as Decimal, exactly as written. Raises ApiError (400)."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise malformed(_("The body is not UTF-8.")) from None
    try:
        value = json.loads(text, object_pairs_hook=_object, parse_float=_fraction, parse_constant=_constant)
        if SUSPICIOUS.search(text) and has_unstorable_text(value):
            raise malformed(_("The body holds characters that cannot be stored."))
    except _Duplicate as exc:
        raise malformed(_("The field “%(name)s” stands twice in one object.") % {"name": str(exc)[:100]}) from None
    except RecursionError:
        raise malformed(_("The body is nested too deeply.")) from None
    except ValueError as exc:
        where = f" ({exc.msg}, {exc.lineno}:{exc.colno})" if isinstance(exc, json.JSONDecodeError) else ""
        raise malformed(_("The body is not valid JSON.") + where) from None
    return value


def read_json(request):
    """The parsed body of a Django request; 415 for another content type, 400 when it is not JSON."""
    raw = request.body
    if raw and request.content_type != "application/json":
        raise ApiError(415, "unsupported_media_type", _("The body must be application/json."))
    return parse_json(raw)


def read_object(request) -> dict:
    value = read_json(request)
    if not isinstance(value, dict):
        raise malformed(_("The body must be a JSON object."))
    return value


def read_list(request) -> list:
    value = read_json(request)
    if not isinstance(value, list):
        raise malformed(_("The body must be a JSON list."))
    return value
