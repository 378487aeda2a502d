"""The currencies that a workspace may keep its books in: ISO 4217, those that are legal tender somewhere today."""

from babel.core import get_global


def _current() -> frozenset[str]:
    """Codes with no end date in any territory; babel's data carries the dead ones (DEM, ITL) as well."""
    return frozenset(
        code
        for uses in get_global("territory_currencies").values()
        for code, _start, end, is_tender in uses
        if end is None and is_tender
    )


CURRENCIES = _current()
