"""What moved MRR in days of a month, beside the days as far from Spring Festival a year before."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from metrics.spring_festival import WORDS, AlignedDays
from workspaces import formats

Row = Mapping[str, Any]


def around_festival(
    now: Row, then: Row | None, days: AlignedDays, *, changes: Sequence[tuple[str, Any]], language: str
) -> dict[str, Any]:
    """rows: [{label, now, then, change}], none where the book begins later; heads, and words that say what is compared."""
    rows = []
    if then is not None:
        ends = [("mrr_start", _("MRR at start")), *changes, ("mrr_end", _("MRR at end"))]
        rows = [
            {
                "label": label,
                "now": now[key],
                "then": then[key],
                "change": now[key] - then[key],
                "is_balance": key in ("mrr_start", "mrr_end"),
            }
            for key, label in ends
        ]
    dates = {"now": formats.day(days.festival, language), "then": formats.day(days.festival_then, language)}
    return {
        "heads": [
            formats.days(now["starts_on"], now["through"], language),
            formats.days(days.first, days.last, language),
        ],
        "rows": rows,
        "words": WORDS,
        "dates": _("Spring Festival: %(now)s and %(then)s.") % dates,
    }
