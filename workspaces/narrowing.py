"""What an address narrows a list to, read by the list's filters: which rows, and how the address says it at its shortest.

Nothing that is asked is passed over in `where`: a clause that means nothing holds for no row and says why. Of a plain
`field=value`, as any link may carry, values that are not there to choose are passed over, so that old links open.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, reduce
from operator import or_
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from workspaces import where
from workspaces.filters import IS, MOST_VALUES, BadClause, Filter, Kind, Operator, in_words, read_values
from workspaces.where import WHERE, Clause, Groups

Menu = Sequence[tuple[str, Any]]


@dataclass(frozen=True)
class ReadClause:
    """clause: with its values as addresses write them. holds: the rows it holds for, None for a clause that means nothing,
    of which `refusal` says why. said: its values in words.
    """

    clause: Clause
    of: Filter | None = None
    operator: Operator | None = None
    holds: Q | None = None
    said: str = ""
    refusal: str = ""


@dataclass(frozen=True)
class Narrowing:
    """groups: of which all must hold, any clause in each. switches: (filter, value) of those that are no condition."""

    filters: Sequence[Filter]
    menus: Mapping[str, Menu]
    groups: tuple[tuple[ReadClause, ...], ...]
    switches: list[tuple[Filter, str]] = field(default_factory=list)
    day: dt.date | None = None

    @property
    def refused(self) -> list[ReadClause]:
        return [one for group in self.groups for one in group if one.holds is None]

    @cached_property
    def clauses(self) -> Groups:
        return tuple(tuple(one.clause for one in group) for group in self.groups)

    @cached_property
    def _there(self) -> dict[str, set[str]]:
        """The values that each field has to choose from. A switch has none: as a clause it means nothing, plain it would."""
        asked = [one.key for one in self.filters if not one.is_switch]
        return {key: {value for value, _label in self.menus[key]} for key in asked}

    @property
    def params(self) -> dict[str, str]:
        return self.params_of(self.clauses)

    def params_of(self, groups: Groups) -> dict[str, str]:
        """How an address says `groups` beside the switches."""
        switches = {one.key: value for one, value in self.switches}
        plain = self._plain(groups)
        return switches | ({WHERE: where.write(groups)} if plain is None else plain)

    def _plain(self, groups: Groups) -> dict[str, str] | None:
        """As `field=value`s, where they are nothing else and each field stands there once."""
        found: dict[str, str] = {}
        for group in groups:
            clause = group[0]
            there = self._there.get(clause.field, ())
            is_plain = len(group) == 1 and clause.operator == IS and len(clause.values) == 1
            if not is_plain or clause.field in found or clause.values[0] not in there:
                return None
            found[clause.field] = clause.values[0]
        return found

    def narrow(self, rows: QuerySet) -> QuerySet:
        """Those of `rows` for which all groups hold; the same query when nothing narrows it."""
        for one, value in self.switches:
            if holds := one.holds([value]):
                rows = rows.filter(holds)
        for group in self.groups:
            held = [one.holds for one in group if one.holds is not None]
            rows = rows.filter(reduce(or_, held)) if held else rows.none()
        return rows


def read_narrowing(
    filters: Sequence[Filter], params: Mapping[str, str], *, workspace: Any, day: dt.date | None
) -> Narrowing:
    """What the parameters of an address narrow a list with `filters` to, those of the form settled (`where.settled`)."""
    menus = {one.key: [(str(value), label) for value, label in one.choices(workspace)] for one in filters}
    known = {one.key: one for one in filters}
    groups: list[tuple[Clause, ...]] = []
    switches: list[tuple[Filter, str]] = []
    for name in params:
        one = known.get(name)
        if one is None or one.kind != Kind.CHOICE:
            continue
        given = params.getlist(name) if isinstance(params, MultiValueDict) else [params[name]]
        # More are too many, which is said of one above that; the others need not be looked up.
        given = [value.replace("\x00", "") for value in given[: MOST_VALUES + 1]]
        there = _there_with(one, menus[name], given, workspace)
        values = tuple(dict.fromkeys(value for value in given if value in there))
        if values and one.is_switch:
            switches.append((one, values[-1]))
        elif values:
            groups.append((Clause(name, IS, values),))
    try:
        groups += where.read(params.get(WHERE, ""))
    except where.TooLong:
        groups.append((Clause("", ""),))
    currency = workspace.base_currency

    def read(clause: Clause) -> ReadClause:
        one = known.get(clause.field)
        if one is None or one.is_switch:
            # An address that is too long keeps nothing of what it said.
            text = _("There is no such field.") if clause.field else _("This filter is too long, or was cut off.")
            return ReadClause(clause, refusal=text)
        operator = next((each for each in one.operators(day) if each.key == clause.operator), None)
        if operator is None:
            return ReadClause(clause, one, refusal=_("This field is not asked in that way."))
        if one.kind == Kind.CHOICE and not one.is_open:
            _there_with(one, menus[one.key], clause.values, workspace)
        try:
            values, texts = read_values(one, operator, clause.values, menus[one.key])
        except BadClause as refusal:
            return ReadClause(clause, one, operator, refusal=str(refusal))
        said = in_words(one, operator, values, dict(menus[one.key]), currency)
        settled = Clause(clause.field, clause.operator, tuple(texts))
        return ReadClause(settled, one, operator, one.condition(operator.key, values, day), said)

    return Narrowing(filters, menus, tuple(tuple(read(clause) for clause in group) for group in groups), switches, day)


def _there_with(one: Filter, menu: list[tuple[str, Any]], values: Iterable[str], workspace: Any) -> set[str]:
    """The values there are to choose; the menu takes in those of `values` that it does not offer and the field knows."""
    there = {value for value, _label in menu}
    for value in values:
        if value and value not in there and (label := one.known(workspace, value)):
            menu.append((value, label))
            there.add(value)
    return there
