"""Values of custom fields: what comes in through any door → the one text that is stored, compared and grouped by.

Text as written; numbers without needless zeros ("12.5"); money with two decimals, in the base currency ("50000.00");
dates as 2025-03-31; choices by their words; people by the id of their membership, which the action looks up by mail
address.
"""

import datetime as dt
from decimal import Decimal
from typing import Any

from pydantic import ConfigDict, TypeAdapter, ValidationError

from accounts.models.custom_field import FieldKind
from workspaces import formats
from workspaces.shapes import Day, exact, required_text, say

_STRIPPED = ConfigDict(str_strip_whitespace=True)
_MOST = 1_000_000_000_000
_ADAPTERS: dict[str, TypeAdapter] = {
    FieldKind.TEXT: TypeAdapter(required_text(500), config=_STRIPPED),
    FieldKind.NUMBER: TypeAdapter(exact(digits=18, places=6, ge=-_MOST, le=_MOST)),
    FieldKind.MONEY: TypeAdapter(exact(digits=15, places=2, ge=-_MOST, le=_MOST)),
    FieldKind.DATE: TypeAdapter(Day),
    FieldKind.CHOICE: TypeAdapter(required_text(100), config=_STRIPPED),
    FieldKind.PERSON: TypeAdapter(required_text(254), config=_STRIPPED),
}


class BadValue(ValueError):
    """The value does not fit the field's kind; the message says why, in the reader's language."""


def stored(kind: str, value: Any) -> str:
    """`value` as the text that is kept for a field of `kind`; raises BadValue. A person's is the mail address given."""
    try:
        read = _ADAPTERS[kind].validate_python(value)
    except ValidationError as refusal:
        error = refusal.errors(include_url=False)[0]
        raise BadValue(say(error["type"], error.get("ctx") or {})) from None
    if kind == FieldKind.MONEY:
        return f"{read + 0:.2f}"  # zero has no sign
    if kind == FieldKind.NUMBER:
        return plain_number(read)
    return read.isoformat() if kind == FieldKind.DATE else read


def plain_number(value: Decimal) -> str:
    """12.50 → "12.5", 1E+3 → "1000", -0 → "0"."""
    text = f"{value:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def shown(kind: str, text: str, *, currency: str, language: str) -> str:
    """A stored value as people read it; a person's id as it stands, since only the database knows their name."""
    match kind:
        case FieldKind.MONEY:
            return formats.money(Decimal(text), currency)
        case FieldKind.NUMBER:
            value = Decimal(text)
            return formats.sign_of(value, plus=False) + formats.grouped(value)
        case FieldKind.DATE:
            return formats.day(dt.date.fromisoformat(text), language)
    return text
