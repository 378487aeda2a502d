"""JSON as the API speaks it: decimals and dates as text, instants with an offset, ids as text."""

import datetime as dt
import json
from decimal import Decimal
from uuid import UUID

from django.http import HttpResponse
from django.utils.functional import Promise


def _spelled(value):
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, dt.date):  # datetimes are dates too; aware ones carry their offset
        return value.isoformat()
    if isinstance(value, UUID | Promise):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no JSON spelling")


def to_json(data) -> bytes:
    return json.dumps(data, default=_spelled, ensure_ascii=False, separators=(",", ":")).encode()


def json_answer(data, status: int = 200, headers: dict | None = None) -> HttpResponse:
    return HttpResponse(to_json(data), status=status, content_type="application/json", headers=headers)


def short(value: Decimal | None, places: int = 0) -> str | None:
    """`value` without trailing zeros, but with at least `places` decimals: 12, 7.0938, 1234.50 (places=2)."""
    if value is None:
        return None
    text = format(value, "f")
    if "." not in text:
        return f"{text}.{'0' * places}" if places else text
    whole, _, fraction = text.partition(".")
    fraction = fraction.rstrip("0").ljust(places, "0")
    return f"{whole}.{fraction}" if fraction else whole
