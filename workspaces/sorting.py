"""What a list can be sorted by, how it is sorted now, and where the heads of its columns lead."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from workspaces.keyset import Order
from workspaces.list_address import list_address


@dataclass(frozen=True)
class Sort:
    """A sortable column. field: ORM path. down_first: the first click sorts from the largest (money, dates)."""

    key: str
    field: str
    nullable: bool = False
    down_first: bool = False


@dataclass(frozen=True)
class Head:
    """A column's head: where a click leads, and how the column is sorted now ("", "asc", "desc")."""

    href: str
    direction: str


def sort_of(sorts: Sequence[Sort], key: str) -> Sort | None:
    return next((sort for sort in sorts if sort.key == key), None)


def order_of(sorts: Sequence[Sort], default: str, wanted: str) -> Order:
    """The order of the name `wanted` ("-mrr" = down), that of `default` where there is none of it."""
    for name in (wanted, default):
        if sort := sort_of(sorts, name.removeprefix("-")):
            return Order(sort.key, sort.field, descending=name.startswith("-"), nullable=sort.nullable)
    raise ValueError(f"the default sort {default!r} is none of the list's")


def heads(sorts: Sequence[Sort], order: Order, default: str, kept: Mapping[str, str], path: str) -> dict[str, Head]:
    return {sort.key: _head(sort, order, default, kept, path) for sort in sorts}


def _head(sort: Sort, order: Order, default: str, kept: Mapping[str, str], path: str) -> Head:
    is_current = sort.key == order.key
    down = not order.descending if is_current else sort.down_first
    name = f"-{sort.key}" if down else sort.key
    direction = ("desc" if order.descending else "asc") if is_current else ""
    return Head(list_address(path, {**kept, "sort": "" if name == default else name}), direction)
