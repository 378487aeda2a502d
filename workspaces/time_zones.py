"""The names of the time zone database."""

import zoneinfo
from functools import cache


@cache
def time_zone_names() -> frozenset[str]:
    """All that the machine knows. Read once: finding them walks through hundreds of files."""
    return frozenset(zoneinfo.available_timezones())
