"""Where a page of rows that are worked out goes on: the last row's values, signed, so that nobody makes up their own."""

import datetime as dt
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core import signing


class BadPlace(ValueError):
    """The text is no place in this list."""


def write_place(name: str, values: tuple) -> str:
    """name: what is listed, so that a place in one list is refused by another."""
    return _signer(name).sign_object([_plain(value) for value in values])


def read_place(name: str, text: str) -> tuple:
    """The values that `write_place` was given, ids as text. Raises BadPlace."""
    try:
        return tuple(_back(value) for value in _signer(name).unsign_object(text))
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise BadPlace(text) from error


def _signer(name: str) -> signing.Signer:
    return signing.Signer(salt=f"metrics.place.{name}")


def _plain(value: Any) -> Any:
    if isinstance(value, dt.date):
        return {"d": value.isoformat()}
    if isinstance(value, Decimal):
        return {"n": format(value, "f")}
    return str(value) if isinstance(value, UUID) else value


def _back(value: Any) -> Any:
    match value:
        case {"d": text}:
            return dt.date.fromisoformat(text)
        case {"n": text}:
            return Decimal(text)
    return value
