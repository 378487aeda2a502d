"""Contracts on a time axis, as shapes for an SVG. Pure: what is drawn where, in hundredths of the width and in pixels.

Horizontal places are percentages, so that the picture fits any width while its letters keep their size.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

LANE = 30  # pixels from one lane to the next
BAR = 22
HEAD = 22  # years above
FOOT = 20  # the word "today" below
# Pixels that the picture has on a desk and on a phone.
WIDE, NARROW = 600, 350
# Room right of today for a contract that never ends, and around the earliest and the latest day.
AHEAD_DAYS = 120
MARGIN = 0.02


@dataclass(frozen=True)
class Span:
    """One contract. until: its effective last day, None when it never ends. tone: how it is drawn. follows: the key of
    the contract that it renews.
    """

    key: Any
    starts_on: dt.date
    until: dt.date | None
    label: str
    title: str
    url: str = ""
    tone: str = "past"
    follows: Any = None


@dataclass(frozen=True)
class Bar:
    """is_open: never ends. fits: see `_fits`."""

    span: Span
    x: str
    width: str
    y: int
    lane: int
    is_open: bool
    fits: str


@dataclass(frozen=True)
class Tick:
    x: str
    label: str


@dataclass(frozen=True)
class Axis:
    bars: list[Bar]
    ticks: list[Tick]
    today: str
    today_side: str
    height: int
    lanes: int
    base: int


def draw(spans: Sequence[Span], today: dt.date) -> Axis | None:
    """The picture of `spans` (at least one), or None when there is nothing to draw."""
    if not spans:
        return None
    first = min(min(span.starts_on for span in spans), today)
    ends = [span.until for span in spans if span.until is not None]
    last = max([today + dt.timedelta(days=AHEAD_DAYS), *ends, *(span.starts_on for span in spans)])
    # A mistyped year 2999 must not squeeze everything else into one pixel.
    last = min(last, today + dt.timedelta(days=5 * 366))
    first = max(first, today - dt.timedelta(days=15 * 366))
    days = Decimal((last - first).days)
    first -= dt.timedelta(days=int(days * Decimal(MARGIN)) + 5)
    last += dt.timedelta(days=int(days * Decimal(MARGIN)) + 5)
    scale = _Scale(first, last)
    lanes = _lanes(spans)
    bars = []
    for span in sorted(spans, key=lambda span: (lanes[span.key], span.starts_on)):
        left = scale.share(span.starts_on)
        right = scale.share(last if span.until is None else span.until + dt.timedelta(days=1))
        # A day's contract still shows, and two that touch keep a seam between them.
        width = max(right - left - Decimal("0.15"), Decimal("0.6"))
        bars.append(
            Bar(
                span=span,
                x=_percent(left),
                width=_percent(width),
                y=HEAD + lanes[span.key] * LANE + (LANE - BAR) // 2,
                lane=lanes[span.key],
                is_open=span.until is None,
                fits=_fits(span.label, width),
            )
        )
    count = max(lanes.values()) + 1
    today_share = scale.share(today)
    return Axis(
        bars=bars,
        ticks=_ticks(first, last, scale),
        today=_percent(today_share),
        today_side="end" if today_share > 85 else "start",
        height=HEAD + count * LANE + FOOT,
        lanes=count,
        base=HEAD + count * LANE,
    )


def _fits(label: str, width: Decimal) -> str:
    """Whether a bar of `width` per cent holds its label: "" nowhere, "tight" on a wide picture only, "all"."""
    needed = 12 + sum(12 if ord(letter) > 0x2E7F else Decimal("6.3") for letter in label)
    if width * NARROW >= needed * 100:
        return "all"
    return "tight" if width * WIDE >= needed * 100 else ""


@dataclass(frozen=True)
class _Scale:
    first: dt.date
    last: dt.date

    def share(self, day: dt.date) -> Decimal:
        """Where a day stands between the first (0) and the last (100), held inside."""
        share = Decimal((day - self.first).days) * 100 / Decimal((self.last - self.first).days)
        return min(max(share, Decimal(0)), Decimal(100))


def _lanes(spans: Sequence[Span]) -> dict[Any, int]:
    """A lane for each span. A contract and those that renew it, one after the other, keep one lane to themselves."""
    chains: list[list[Span]] = []
    chain_of: dict[Any, list[Span]] = {}
    for span in sorted(spans, key=lambda span: (span.starts_on, str(span.key))):
        chain = chain_of.get(span.follows)
        if chain is None or not _is_free(chain[-1].until, span.starts_on):
            chain = []
            chains.append(chain)
        chain.append(span)
        chain_of[span.key] = chain
    lanes: dict[Any, int] = {}
    taken: list[dt.date | None] = []  # last day in use, per lane; None: for ever
    for chain in sorted(chains, key=lambda chain: (chain[0].starts_on, str(chain[0].key))):
        lane = next((at for at, until in enumerate(taken) if _is_free(until, chain[0].starts_on)), len(taken))
        if lane == len(taken):
            taken.append(None)
        taken[lane] = chain[-1].until
        lanes |= {span.key: lane for span in chain}
    return lanes


def _is_free(until: dt.date | None, starts_on: dt.date) -> bool:
    return until is not None and until < starts_on


def _ticks(first: dt.date, last: dt.date, scale: _Scale) -> list[Tick]:
    """Years; quarters where all is within eighteen months; every second or fifth year where there are many."""
    years = last.year - first.year
    if (last - first).days <= 550:
        days = [dt.date(year, month, 1) for year in range(first.year, last.year + 1) for month in (1, 4, 7, 10)]
        names = {day: str(day.year) if day.month == 1 else f"{day:%Y-%m}" for day in days}
    else:
        step = 1 if years <= 10 else 2 if years <= 20 else 5
        days = [dt.date(year, 1, 1) for year in range(first.year, last.year + 1) if year % step == 0]
        names = {day: str(day.year) for day in days}
    # One at the very edge would be cut.
    return [Tick(_percent(scale.share(day)), names[day]) for day in days if first <= day and scale.share(day) <= 94]


def _percent(share: Decimal) -> str:
    return f"{share:.2f}%"
