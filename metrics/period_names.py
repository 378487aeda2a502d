"""What periods are called on screen."""

from django.utils.translation import gettext as _

from workspaces import formats


def period_name(name: str, language: str, *, short: bool = False) -> str:
    """Of ``2025-03``, ``2025-Q1`` or ``2025``: March 2025 (Mar 25), Q1 2025, 2025."""
    year, _dash, part = name.partition("-")
    if not part:
        return year
    if part.startswith("Q"):
        return _("%(quarter)s %(year)s") % {"quarter": part, "year": year}
    return formats.period_short(name, language) if short else formats.period(name, language)
