"""The parts of a dashboard: tiles and charts of the registry's metrics, in an order and with sizes. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from django.utils.translation import gettext_lazy as _

from metrics.registry import METRICS

TILE, COURSE, BRIDGE, MOVEMENTS = "tile", "course", "bridge", "movements"
# Kinds that show a metric, and kinds that show all changes of MRR.
OF_METRIC, OF_CHANGES = (TILE, COURSE), (BRIDGE, MOVEMENTS)
ONE, TWO, FULL = "one", "two", "full"
SIZES = {ONE: _("¼ width"), TWO: _("½ width"), FULL: _("Full width")}
CHART_NAMES = {BRIDGE: _("What moved MRR"), MOVEMENTS: _("Movements over time")}
# More would be a page that nobody reads, and every metric costs a column of reading.
MOST_PARTS = 40


@dataclass(frozen=True)
class Part:
    """key: of the metric; empty for charts of all changes. id: within its dashboard."""

    id: str
    kind: str
    key: str
    size: str

    @property
    def name(self) -> Any:
        return METRICS[self.key].name if self.key else CHART_NAMES[self.kind]


def is_possible(kind: str, key: str) -> bool:
    return (kind in OF_METRIC and key in METRICS) or (kind in OF_CHANGES and not key)


def read_parts(kept: Iterable[Mapping[str, Any]]) -> list[Part]:
    """Parts as they are kept; those of metrics that are no more are passed over."""
    return [
        Part(str(one["id"]), one["kind"], one["key"], one["size"] if one["size"] in SIZES else ONE)
        for one in kept
        if is_possible(one["kind"], one["key"])
    ]


def written(parts: Iterable[Part]) -> list[dict[str, str]]:
    return [asdict(part) for part in parts]


def with_part(parts: Sequence[Part], kind: str, key: str) -> list[Part]:
    """`parts` and one more at the end, in its usual size."""
    used = [int(part.id) for part in parts if part.id.isdecimal()]
    return [*parts, Part(str(max(used, default=0) + 1), kind, key, ONE if kind == TILE else TWO)]


def arranged(
    parts: Sequence[Part], order: Sequence[str], sizes: Mapping[str, str], removed: Iterable[str]
) -> list[Part]:
    """`parts` in the `order` of ids, with other sizes, less the removed ones. What `order` does not name (it was added
    meanwhile) stays, at the end; ids and sizes that there are not are passed over.
    """
    by_id = {part.id: part for part in parts}
    ids = [pk for pk in dict.fromkeys(order) if pk in by_id]
    ids += [part.id for part in parts if part.id not in ids]
    gone = set(removed)
    return [replace(by_id[pk], size=sizes[pk]) if sizes.get(pk) in SIZES else by_id[pk] for pk in ids if pk not in gone]


def usual() -> list[Part]:
    """What a new dashboard begins with."""
    parts: list[Part] = []
    for kind, key in (
        *((TILE, key) for key in ("mrr", "customers", "nrr", "customer_churn_rate")),
        (BRIDGE, ""),
        (COURSE, "mrr"),
        (MOVEMENTS, ""),
    ):
        parts = with_part(parts, kind, key)
    return [*parts[:-1], replace(parts[-1], size=FULL)]
