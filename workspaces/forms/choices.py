"""What the selects of workspaces' forms offer, in the reader's language."""

import zoneinfo

from babel import Locale
from babel.dates import get_timezone_location
from babel.numbers import get_currency_name
from django.utils.translation import get_language, to_locale

from workspaces.currencies import CURRENCIES

# What our readers' contracts are mostly in; the others follow by code.
COMMON_CURRENCIES = ("CNY", "USD", "EUR", "HKD", "GBP", "JPY", "SGD", "TWD")
AREAS = ("Africa", "America", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")


def _locale() -> Locale:
    return Locale.parse(to_locale(get_language() or "en"))


def currency_choices() -> list[tuple[str, str]]:
    locale = _locale()
    codes = [*COMMON_CURRENCIES, *sorted(CURRENCIES - set(COMMON_CURRENCIES))]
    return [(code, f"{code} · {get_currency_name(code, locale=locale)}") for code in codes]


def timezone_choices() -> list[tuple[str, str]]:
    """Names of the time zone database that are a place, and UTC."""
    locale = _locale()
    names = [name for name in zoneinfo.available_timezones() if name.partition("/")[0] in AREAS]
    places = [(name, f"{name} · {get_timezone_location(name, locale=locale, return_city=True)}") for name in names]
    return [("UTC", "UTC"), *sorted(places)]
