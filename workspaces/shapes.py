"""The base of every input shape, and what its refusals say to people.

Shapes are pydantic models because batches are checked by the thousand; they say what a value may look like, and
nothing about what else exists. Messages are ours, so that they are translated and name what to do.
"""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any

from django.core.exceptions import ValidationError as DjangoValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, ValidationError
from pydantic_core import PydanticCustomError

from workspaces.batch import Errors
from workspaces.currencies import CURRENCIES

# Outside these years a date is a slip of the pen, and month arithmetic would run for ever.
FIRST_DAY, LAST_DAY = dt.date(1970, 1, 1), dt.date(2199, 12, 31)
# No NUL, which Postgres refuses, and no separators that Python strips from the ends of a text and pydantic does not.
NO_NUL = r"^[^\x00\x1c-\x1f]*$"


class Shape(BaseModel):
    """Unknown fields are refused: a misspelt name must not vanish silently, and nothing is assigned by accident."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, frozen=True)


def _day(value: Any) -> dt.date | None:
    if isinstance(value, dt.datetime):
        value = value.date()
    if isinstance(value, str):
        text = value.strip()
        # Python reads week dates (2025-W01-1) as well; people do not write them.
        if len(text) != 10 or text[4] != "-" or text[7] != "-":
            raise PydanticCustomError("day_form", "")
        try:
            value = dt.date.fromisoformat(text)
        except ValueError:
            raise PydanticCustomError("day_impossible", "") from None
    if not isinstance(value, dt.date):
        raise PydanticCustomError("day_form", "")
    if not FIRST_DAY <= value <= LAST_DAY:
        raise PydanticCustomError("day_range", "")
    return value


def _instant(value: Any) -> dt.datetime:
    if isinstance(value, str):
        try:
            # Python reads a day, a week date or a plain number as well; only an instant with its offset is one.
            value = dt.datetime.fromisoformat(value.strip()) if "T" in value and "W" not in value else None
        except ValueError:
            value = None
    if not isinstance(value, dt.datetime) or value.tzinfo is None:
        raise PydanticCustomError("instant", "")
    if not FIRST_DAY.year <= value.year <= LAST_DAY.year:
        raise PydanticCustomError("day_range", "")
    return value.astimezone(dt.UTC)


def _number(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        raise PydanticCustomError("number", "")
    return str(value).strip() if isinstance(value, float | str) else value


def _currency(value: Any) -> str:
    if not isinstance(value, str) or value.strip().upper() not in CURRENCIES:
        raise PydanticCustomError("currency", "")
    return value.strip().upper()


def _email(value: Any) -> Any:
    if isinstance(value, str) and value.strip():
        try:
            validate_email(value.strip())
        except DjangoValidationError:
            raise PydanticCustomError("email", "") from None
    return value


def _external_id(value: Any) -> Any:
    # Spreadsheets turn ids into numbers; JSON numbers are taken as they are written.
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return None if isinstance(value, str) and not value.strip() else value


def text(most: int):
    return Annotated[str, StringConstraints(max_length=most, pattern=NO_NUL)]


def required_text(most: int):
    return Annotated[str, StringConstraints(min_length=1, max_length=most, pattern=NO_NUL)]


Day = Annotated[dt.date, BeforeValidator(_day)]
Instant = Annotated[dt.datetime, BeforeValidator(_instant)]
Currency = Annotated[str, BeforeValidator(_currency)]
Email = Annotated[text(254), BeforeValidator(_email)]
# As users' addresses are kept: what is taken back, or compared, is the same however it was typed.
MemberMail = Annotated[str, StringConstraints(max_length=254, pattern=NO_NUL, to_lower=True)]
ExternalId = Annotated[required_text(100) | None, BeforeValidator(_external_id)]


def exact(*, digits: int, places: int, **bounds):
    """A decimal with at most `places` decimals and `digits` digits in all; `bounds` as pydantic names them."""
    # Bounds before the validator: beside the type they are checked in compiled code, after it in Python.
    return Annotated[
        Decimal,
        Field(max_digits=digits, decimal_places=places, allow_inf_nan=False, **bounds),
        BeforeValidator(_number),
    ]


def _whole(value: Any) -> Any:
    # Decimal("1e999999999") takes hours to become a whole number; the bounds would be asked only then.
    if isinstance(value, Decimal) and (not value.is_finite() or abs(value.adjusted()) > 30):
        raise PydanticCustomError("number", "")
    return value


def whole(**bounds):
    """A whole number; `bounds` as pydantic names them."""
    return Annotated[int, Field(**bounds), BeforeValidator(_whole)]


def check(shape: type[Shape], raw: Mapping[str, Any]) -> tuple[Any, Errors]:
    """`raw` as an instance of `shape` and no errors, or None and the errors by field path."""
    try:
        return shape.model_validate(raw), {}
    except ValidationError as refusal:
        errors: Errors = {}
        for error in refusal.errors(include_url=False):
            # Unions add a segment that names the branch; a path holds field names and positions only.
            path = ".".join(str(part) for part in error["loc"] if isinstance(part, int) or part.isidentifier())
            message = say(error["type"], error.get("ctx") or {})
            if message not in errors.setdefault(path or "row", []):
                errors[path or "row"].append(message)
        return None, errors


def say(kind: str, context: Mapping[str, Any]) -> str:
    """The refusal `kind` (a pydantic error type or one of ours) in the reader's language."""
    match kind:
        case "missing" | "string_too_short" | "too_short":
            return _("This field is required.")
        case "extra_forbidden":
            return _("There is no such field.")
        case "string_too_long":
            most = context["max_length"]
            return ngettext("At most %(most)s character.", "At most %(most)s characters.", most) % {"most": most}
        case "string_pattern_mismatch" | "string_unicode":
            return _("This text contains characters that cannot be stored.")
        case "string_type":
            return _("This must be text.")
        case "day_form":
            return _("A date is written as 2025-03-31.")
        case "instant":
            return _("An instant is written as 2025-03-31T10:00:00+08:00.")
        case "day_impossible":
            return _("There is no such day.")
        case "day_range":
            return _("The date must lie between 1970 and 2199.")
        case (
            "number"
            | "decimal_parsing"
            | "decimal_type"
            | "finite_number"
            | "int_parsing"
            | "int_type"
            | "int_from_float"
        ):
            return _("This must be a number.")
        case "decimal_max_digits" | "decimal_whole_digits" | "int_parsing_size":
            return _("This number is too large.")
        case "decimal_max_places":
            places = context["decimal_places"]
            return ngettext("At most %(places)s decimal.", "At most %(places)s decimals.", places) % {"places": places}
        case "greater_than_equal":
            return _("This must not be less than %(bound)s.") % {"bound": context["ge"]}
        case "greater_than":
            return _("This must be greater than %(bound)s.") % {"bound": context["gt"]}
        case "less_than_equal":
            return _("This must not be greater than %(bound)s.") % {"bound": context["le"]}
        case "currency":
            return _("This is not a currency code such as CNY or USD.")
        case "email":
            return _("This is not a mail address.")
        case "bool_type" | "bool_parsing":
            return _("This must be true or false.")
        case "literal_error" | "enum":
            return _("This must be one of: %(choices)s.") % {
                "choices": context["expected"].replace("'", "").replace(" or ", ", ")
            }
        case "list_type":
            return _("This must be a list.")
        case "too_long":
            return _("This list is too long.")
        case "model_type" | "dict_type" | "model_attributes_type" | "mapping_type":
            return _("This must be an object.")
        case "uuid_parsing" | "uuid_type":
            return _("This is not an id.")
        case "credit_code":
            return _("This is not a unified social credit code: 18 characters with a check digit.")
        case "tag":
            return _("A tag contains none of , ; 、 |.")
    return _("This value is not valid.")
