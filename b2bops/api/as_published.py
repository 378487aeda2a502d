"""``as_published``: figures as they stood at the end of a local day. One place that reads and refuses it."""

import datetime as dt
from collections.abc import Iterable

from django.utils.translation import gettext as _

from b2bops.api import parameters
from b2bops.api.errors import invalid
from b2bops.api.openapi import query
from b2bops.api.periods import span_of

NAME = "as_published"
PARAMETER = query(
    NAME,
    {"type": "string", "format": "date", "examples": ["2025-04-03"]},
    "Figures as they were published at the end of that local day, of the periods that were closed by then. Only for "
    "whole figures: not together with grouping, filters or another day's rates.",
)


def day_of(words, *, slicing: Iterable[str] = ()) -> dt.date | None:
    """The day that ``as_published`` names, None without it; raises ApiError (400) for what is no day, and when `slicing`
    (names of parameters in the query that ask for other figures than the published ones) is not empty.
    """
    if NAME not in words:
        return None
    try:
        day = span_of(parameters.day(words[NAME]).isoformat(), 1)[0]  # of the years that there are figures of
    except ValueError as refusal:
        raise invalid({NAME: [str(refusal)]}) from None
    if names := sorted(slicing):
        said = _("Only whole figures are published: this cannot be combined with %(names)s.")
        raise invalid({NAME: [said % {"names": ", ".join(names)}]})
    return day
