"""A slice: which part of the book, and into which groups it falls. Pure."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from metrics.slices.dimensions import CHANNEL, Dimension, dimension


@dataclass(frozen=True)
class Slice:
    """conditions: (dimension, values), all of which must hold, each by any of its values. group_by: a dimension, or none.
    rates_on: convert everything at the rates of this day. The whole book is `Slice()`.
    """

    conditions: tuple[tuple[str, tuple[str, ...]], ...] = ()
    group_by: str | None = None
    rates_on: dt.date | None = None

    @classmethod
    def of(
        cls,
        conditions: Mapping[str, Sequence[str]] | Iterable[tuple[str, Sequence[str]]] = (),
        *,
        group_by: str | None = None,
        rates_on: dt.date | None = None,
    ) -> "Slice":
        """From conditions by dimension, or pairs where several are on one. Raises UnknownDimension."""
        pairs = conditions.items() if isinstance(conditions, Mapping) else conditions
        kept = tuple((dimension(key).key, tuple(values)) for key, values in pairs)
        return cls(kept, dimension(group_by).key if group_by else None, rates_on)

    @property
    def is_whole(self) -> bool:
        """The whole book in one piece, at the rates of each day: what is kept per period already."""
        return self == WHOLE

    @property
    def group(self) -> Dimension | None:
        return dimension(self.group_by) if self.group_by else None

    def narrowed(self, value: str) -> "Slice":
        """One group of this slice as a slice of its own."""
        assert self.group_by
        return replace(self, conditions=(*self.conditions, (self.group_by, (value,))), group_by=None)

    def account_conditions(self) -> list[tuple[Dimension, tuple[str, ...]]]:
        return [(one, values) for one, values in self._conditions() if not one.is_of_line]

    def line_conditions(self) -> list[tuple[Dimension, tuple[str, ...]]]:
        return [(one, values) for one, values in self._conditions() if one.is_of_line]

    def _conditions(self) -> list[tuple[Dimension, tuple[str, ...]]]:
        return [(dimension(key), values) for key, values in self.conditions]

    @property
    def account_dimensions(self) -> list[str]:
        """Of which dated changes decide who is in the slice, or in which group of it."""
        keys = [one.key for one, _ in self.account_conditions()]
        if self.group and not self.group.is_of_line:
            keys.append(self.group.key)
        return list(dict.fromkeys(keys))

    @property
    def is_of_lines(self) -> bool:
        """Whether only some of an account's lines may count."""
        return bool(self.line_conditions()) or bool(self.group and self.group.is_of_line)

    @property
    def is_direct(self) -> bool:
        """Whether whole accounts count, at the rates of each day: what the closing keeps by account and day."""
        return not self.is_of_lines and not self.rates_on

    @property
    def has_spend(self) -> bool:
        """Whether what was spent can be told for it: of a channel, by its name; otherwise nobody knows for whom."""
        return {key for key, _ in self.conditions} | ({self.group_by} if self.group_by else set()) <= {CHANNEL}


WHOLE = Slice()
