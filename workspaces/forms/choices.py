"""What the selects of workspaces' forms offer, in the reader's language."""

from functools import cache
from typing import Any

from babel import Locale
from babel.dates import get_timezone_location
from babel.numbers import get_currency_name
from django.utils.translation import get_language, to_locale

from workspaces.currencies import CURRENCIES
from workspaces.models import Membership
from workspaces.queries import active_members, colleagues
from workspaces.time_zones import time_zone_names

# What our readers' contracts are mostly in; the others follow by code.
COMMON_CURRENCIES = ("CNY", "USD", "EUR", "HKD", "GBP", "JPY", "SGD", "TWD")
AREAS = ("Africa", "America", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")


def _language() -> str:
    return to_locale(get_language() or "en")


def currency_choices() -> list[tuple[str, str]]:
    return _currency_choices(_language())


def timezone_choices() -> list[tuple[str, str]]:
    """Names of the time zone database that are a place, and UTC."""
    return _timezone_choices(_language())


# Naming all of them takes longer than the rest of a page; they are the same as long as the process runs.
@cache
def _currency_choices(language: str) -> list[tuple[str, str]]:
    locale = Locale.parse(language)
    codes = [*COMMON_CURRENCIES, *sorted(CURRENCIES - set(COMMON_CURRENCIES))]
    return [(code, f"{code} · {get_currency_name(code, locale=locale)}") for code in codes]


@cache
def _timezone_choices(language: str) -> list[tuple[str, str]]:
    locale = Locale.parse(language)
    names = [name for name in time_zone_names() if name.partition("/")[0] in AREAS]
    places = [(name, f"{name} · {get_timezone_location(name, locale=locale, return_city=True)}") for name in names]
    return [("UTC", "UTC"), *sorted(places)]


def offer_colleagues(field: Any, workspace, *, but: Membership | None = None) -> None:
    """Let a ModelChoiceField choose among the active members, in the order of their names."""
    field.queryset = active_members(workspace).exclude(pk=but.pk if but else None)
    people = [(member.pk, str(member)) for member in colleagues(workspace) if member != but]
    field.choices = [*([("", field.empty_label)] if field.empty_label is not None else []), *people]
