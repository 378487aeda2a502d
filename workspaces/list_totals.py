"""How many rows a list has, and sums over them, counted no further than that stays cheap."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet, Sum

# Past this many rows a list says "more than": counting on would cost more than reading the page.
COUNT_UP_TO = 10_000


@dataclass(frozen=True)
class Totals:
    """How many rows match, and sums over them by field. When `is_capped` there are more and the sums are not known."""

    count: int
    is_capped: bool
    sums: dict[str, Any]


def totals_up_to_limit(rows: QuerySet, counted: QuerySet, sums: Sequence[str]) -> Totals:
    """Of `rows`, as far as COUNT_UP_TO. counted: as many of them as are counted, or more."""
    found = _up_to_limit(counted, sums)
    if found.count <= COUNT_UP_TO and counted is not rows:
        # So few are left because the list shows only some of what was found: all of it has to be counted.
        found = _up_to_limit(rows, sums)
    return Totals(COUNT_UP_TO, True, {}) if found.count > COUNT_UP_TO else found


def all_totals(rows: QuerySet, sums: Sequence[str]) -> Totals:
    """Of all `rows`, however many; for asking afterwards."""
    return _add_up(rows.order_by().values("pk", *sums), sums)


def _up_to_limit(rows: QuerySet, sums: Sequence[str]) -> Totals:
    return _add_up(rows.order_by().values("pk", *sums)[: COUNT_UP_TO + 1], sums)


def _add_up(rows: QuerySet, sums: Sequence[str]) -> Totals:
    asked = {f"sum_{name}": Sum(name, default=0) for name in sums}
    found = rows.aggregate(rows=Count("pk"), **asked)
    return Totals(found["rows"], False, {name: found[f"sum_{name}"] for name in sums})
