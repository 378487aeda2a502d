"""Periods as people write them: ``2025-03``, ``2025-Q1``, ``2025``, or a day for its own."""

import datetime as dt

from django.utils.translation import gettext as _

from b2bops.api import parameters
from b2bops.api.errors import invalid
from metrics.calendar import period_called

FIRST_YEAR, LAST_YEAR = 1970, 2199
# Eighty years of months; a longer table is a slip of the pen.
LONGEST_MONTHS = 960


def span_of(word: str, start_month: int) -> tuple[dt.date, dt.date]:
    """First and last day of what `word` names, in the fiscal calendar that begins with `start_month`; raises ValueError
    with a message.
    """
    if period := period_called(word, start_month):
        first, last = period.starts_on, period.ends_on
    else:
        try:
            first = last = parameters.day(word)
        except ValueError:
            raise ValueError(_("A period is written 2025-03, 2025-Q1 or 2025; a day 2025-03-31.")) from None
    if not FIRST_YEAR <= int(word[:4]) <= LAST_YEAR:
        raise ValueError(_("Years from %(first)s to %(last)s.") % {"first": FIRST_YEAR, "last": LAST_YEAR})
    return first, last


def period_named(words, start_month: int, name: str = "period") -> tuple[dt.date, str]:
    """The first day and the interval of the period in the parameter `name`, which must be there; raises ApiError (400)."""
    word = words.get(name, "")
    try:
        if period := period_called(word, start_month):
            return span_of(word, start_month)[0], period.interval
    except ValueError as exc:
        raise invalid({name: [str(exc)]}) from None
    message = _("A period is written 2025-03, 2025-Q1 or 2025.") if word else _("This field is required.")
    raise invalid({name: [message]})


def range_of(words, start_month: int) -> tuple[dt.date | None, dt.date | None]:
    """The first day of ``from`` and the last day of ``to``, None where absent; raises ApiError (400)."""
    errors, days = {}, {}
    for name, place in (("from", 0), ("to", 1)):
        if name in words:
            try:
                days[name] = span_of(words[name], start_month)[place]
            except ValueError as exc:
                errors[name] = [str(exc)]
    if errors:
        raise invalid(errors)
    first, last = days.get("from"), days.get("to")
    if first and last and first > last:
        raise invalid({"from": [_("This begins after it ends.")]})
    if first and last and (last.year - first.year) * 12 + last.month - first.month >= LONGEST_MONTHS:
        raise invalid({"from": [_("At most %(years)s years at once.") % {"years": LONGEST_MONTHS // 12}]})
    return first, last
