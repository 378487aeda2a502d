"""Two beats whose clocks jump, forward and back, over a year in which days have 23, 24 and 25 hours."""

import datetime as dt
import random
from collections import Counter
from collections.abc import Iterator

from b2bops.night import last_ended_day, queue_closings_due
from chaos.claim import Claim
from chaos.ground import Ground, Size, company, write_books
from jobs.models import Run
from workspaces.scope import workspace_scope

# Half-hour summer time, changes at midnight, both hemispheres, both ends of the date line, none at all.
ZONES = (
    "Asia/Shanghai",
    "America/New_York",
    "Europe/London",
    "America/Santiago",
    "Australia/Lord_Howe",
    "Africa/Cairo",
    "Pacific/Kiritimati",
    "Pacific/Pago_Pago",
)
YEAR = 2027
BEAT_HOURS = 6


def spans(size: Size) -> list[tuple[dt.datetime, int]]:
    """Beginnings and days: the whole year, or two days on either side of New York's changes."""
    if not size.is_quick:
        return [(dt.datetime(YEAR, 1, 1, tzinfo=dt.UTC), 365)]
    return [(dt.datetime(YEAR, 3, 12, tzinfo=dt.UTC), 4), (dt.datetime(YEAR, 11, 5, tzinfo=dt.UTC), 4)]


def trial(ground: Ground, size: Size) -> Iterator[Claim]:
    chance = random.Random()  # noqa: S311 - other jumps every time
    places = [company(f"zone-{number}", zone) for number, zone in enumerate(ZONES)]
    for place in places:
        write_books(place, customers=1)
    wanted: dict[str, set[dt.date]] = {place.slug: set() for place in places}
    asked = 0
    for begin, days in spans(size):
        for hour in range(0, days * 24, BEAT_HOURS):
            now = begin + dt.timedelta(hours=hour)
            # one beat's clock is right; the other's is off by up to two days, either way
            off = now + dt.timedelta(minutes=chance.randrange(-2880, 2880))
            for at in chance.sample([now, off, now], 3):
                asked += 1
                queue_closings_due(at=at)
                for place in places:
                    wanted[place.slug].add(last_ended_day(place, at))
            if chance.random() < 0.5:
                _end_open_runs(places)
    repeated, missing, total = [], [], 0
    for place in places:
        with workspace_scope(place):
            dates = Counter(Run.objects.filter(workspace=place, kind="closing").values_list("local_date", flat=True))
        total += sum(dates.values())
        repeated += [f"{place.timezone} {date}" for date, times in dates.items() if times > 1]
        missing += [f"{place.timezone} {date}" for date in sorted(wanted[place.slug] - set(dates))]
    yield Claim(
        "there is one run per workspace and local date",
        not repeated and total > 0,
        f"{total:,} runs in {len(ZONES)} time zones, beats asked {asked:,} times"
        + (f"; {repeated[:5]}" if repeated else ""),
    )
    yield Claim("and no local date without one", not missing, ", ".join(missing[:5]))


def _end_open_runs(places) -> None:
    """Each ends long before the next date: only the date stands between it and a second run."""
    for place in places:
        with workspace_scope(place):
            Run.objects.filter(workspace=place, state="queued").update(state="succeeded")
