"""Lists on pages, declared: what can be searched, filtered and sorted. The address carries the whole state.

A `ListSpec` says what there is; `show_list` reads the address and gives the template rows and ready links.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from workspaces import where
from workspaces.chips import Chip, Line, ShownChoice, ShownFilter
from workspaces.filters import Filter
from workspaces.grouping import GROUP, Group, Grouping, groups_of, page_of_groups
from workspaces.keyset import BadCursor, Order, Page, page_of
from workspaces.list_address import list_address
from workspaces.list_columns import COLUMNS, NO_COLUMNS, ListColumn, chosen_columns, usual_columns
from workspaces.list_totals import Totals, all_totals, totals_up_to_limit
from workspaces.narrowing import Narrowing, ReadClause, read_narrowing
from workspaces.sorting import Head, Sort, heads, order_of

# The parameter that says which kept view of the list this is (workspaces.list_views).
SAVED = "saved"
# What stays when search and filters are taken away.
NOT_NARROWING = ("sort", "view", SAVED, COLUMNS, "layout", "group")


@dataclass(frozen=True)
class Searched:
    """What a search found. rows: all of it; first: the beginning of it in the list's default order, more than a page holds;
    some: enough of it to count to COUNT_UP_TO. The last two are soon read; where they fall short, `rows` is asked.
    """

    rows: QuerySet
    first: QuerySet
    some: QuerySet

    @classmethod
    def of(cls, rows: QuerySet) -> "Searched":
        """Of rows that are few enough to be read in any way."""
        return cls(rows, rows, rows)


@dataclass(frozen=True)
class ListSpec:
    """search(queryset, words) → the rows that match, or `Searched`; default: the sort without one in the address
    ("-mrr" = down); sums: fields to add up in the foot, group_sums: in the heads of groups, which say_sums puts in words.
    """

    sorts: tuple[Sort, ...]
    default: str
    filters: tuple[Filter, ...] = ()
    columns: tuple[ListColumn, ...] = ()
    search: Callable[[QuerySet, str], QuerySet | Searched] | None = None
    sums: tuple[str, ...] = ()
    size: int = 50
    groupings: tuple[Grouping, ...] = ()
    group_sums: tuple[str, ...] = ()
    say_sums: Callable[[Mapping[str, Any]], str] = lambda sums: ""

    def grouping(self, key: str) -> Grouping | None:
        return next((grouping for grouping in self.groupings if grouping.key == key), None)


@dataclass
class ShownList:
    """What a list page renders. queryset: all its rows; counted: as many of them as `totals` counts, or more. beside: the
    parameters that are not the list's own, as `show_list` takes them.
    """

    spec: ListSpec
    path: str
    params: dict[str, str]
    page: Page
    queryset: QuerySet
    counted: QuerySet
    words: str
    order: Order
    line: Line
    columns: list[ListColumn] = field(default_factory=list)
    heads: dict[str, Head] = field(default_factory=dict)
    grouping: Grouping | None = None
    groups: list[Group] = field(default_factory=list)
    beside: tuple[str, ...] = ()

    @property
    def group_choices(self) -> list[ShownChoice]:
        """By what the list can be grouped, as the menu component wants it."""
        current = self.grouping.key if self.grouping else ""
        choices = [("", _("No groups")), *((one.key, one.label) for one in self.spec.groupings)]
        return [ShownChoice(key, label, self.url_with(**{GROUP: key}), key == current) for key, label in choices]

    @property
    def rows(self) -> list[Any]:
        return self.page.rows

    @property
    def next_url(self) -> str:
        return self._url(cursor=self.page.next) if self.page.next else ""

    @property
    def previous_url(self) -> str:
        return self._url(cursor=self.page.previous) if self.page.previous else ""

    @property
    def first_url(self) -> str:
        return self._url(cursor="")

    @property
    def filters(self) -> list[ShownFilter]:
        """The fields that have a menu, each with the address of every choice."""
        return self.line.filters

    @property
    def chosen(self) -> list[Chip]:
        return self.line.chips

    @property
    def refused(self) -> list[ReadClause]:
        """What of the filter means nothing; it holds for no row."""
        return self.line.narrowing.refused

    @property
    def narrowing_params(self) -> dict[str, str]:
        """What an address says of the filter."""
        return self.line.narrowing.params

    @property
    def has_any(self) -> bool:
        """Whether there is a list to speak of: rows, or a search or filter that leaves none."""
        return bool(self.rows or self.is_narrowed)

    @property
    def is_narrowed(self) -> bool:
        return bool(self.words or self.chosen)

    @property
    def clear_words_url(self) -> str:
        return self._url(q="", cursor="")

    @property
    def clear_url(self) -> str:
        """The same order, and what stands beside the list, without search and filters."""
        return list_address(self.path, {key: self.params.get(key, "") for key in (*self.beside, *NOT_NARROWING)})

    @property
    def form_params(self) -> list[tuple[str, str]]:
        """What the search form carries along beside its words."""
        return [(key, value) for key, value in self.params.items() if value and key not in ("q", "cursor")]

    @property
    def column_heads(self) -> list[tuple[ListColumn, Head | None]]:
        return [(column, self.heads.get(column.sort)) for column in self.columns]

    @property
    def column_choices(self) -> list[tuple[ListColumn, bool]]:
        """All columns there are, and whether each is shown: those that are in their order, then the others."""
        others = [column for column in self.spec.columns if column not in self.columns]
        return [*((column, True) for column in self.columns), *((column, False) for column in others)]

    @property
    def column_params(self) -> list[tuple[str, str]]:
        """What the form that chooses columns carries along beside them."""
        return [(key, value) for key, value in self.params.items() if value and key not in (COLUMNS, "cursor")]

    @property
    def usual_columns_url(self) -> str:
        return self.url_without(COLUMNS)

    @property
    def is_whole(self) -> bool:
        """All rows stand on this page."""
        return self.page.next is None and self.page.previous is None

    @cached_property
    def totals(self) -> Totals:
        """Of the matching rows, cheap: counted and summed up to COUNT_UP_TO rows, or as the groups have counted them all."""
        if self.grouping is not None and set(self.spec.sums) <= set(self.spec.group_sums):
            sums = {name: sum(group.sums[name] for group in self.groups) for name in self.spec.sums}
            return Totals(sum(group.count for group in self.groups), False, sums)
        if self.is_whole:
            sums = {name: sum(getattr(row, name) for row in self.rows) for name in self.spec.sums}
            return Totals(len(self.rows), False, sums)
        return totals_up_to_limit(self.queryset, self.counted, self.spec.sums)

    def all_totals(self) -> Totals:
        """Of all matching rows, however many; for asking afterwards."""
        return all_totals(self.queryset, self.spec.sums)

    def url_without(self, *names: str) -> str:
        """This list without some parameters of its address."""
        return self._url(cursor="", **dict.fromkeys(names, ""))

    def url_with(self, **changes: str) -> str:
        """This list from its beginning, with some parameters of its address otherwise."""
        return self._url(cursor="", **changes)

    def _url(self, **changes: str) -> str:
        return list_address(self.path, self.params | changes)


def searched_words(params: Mapping[str, str], name: str = "q") -> str:
    """What was typed to be searched for; the database holds no NUL, so nothing contains one."""
    return params.get(name, "").replace("\x00", "").strip()[:100]


def show_list(
    spec: ListSpec,
    queryset: QuerySet,
    params: Mapping[str, str],
    *,
    path: str,
    workspace: Any,
    beside: Mapping[str, str] | None = None,
    day: dt.date | None = None,
) -> ShownList:
    """The list that the address (`path` and its query `params`) asks for. Unknown values in it are passed over, so
    that an old link still opens; only what `where` asks is not (workspaces.narrowing). `beside`: parameters that the view
    reads itself and that every link must keep. day: today, for filters that count days from it.
    """
    if where.is_asked(params):
        params = where.settled(params)
    words = searched_words(params)
    kept: dict[str, str] = dict(beside or {})
    found: QuerySet | Searched = queryset
    if words and spec.search is not None:
        kept["q"] = words
        found = spec.search(queryset, words)
    if not isinstance(found, Searched):
        found = Searched.of(found)
    queryset = found.rows
    narrowing = read_narrowing(spec.filters, params, workspace=workspace, day=day)
    kept |= narrowing.params
    queryset = narrowing.narrow(queryset)
    if queryset is not found.rows:
        found = Searched.of(queryset)
    columns = chosen_columns(spec.columns, params)
    if columns != usual_columns(spec.columns):
        kept[COLUMNS] = ",".join(column.key for column in columns) or NO_COLUMNS
    order = order_of(spec.sorts, spec.default, params.get("sort", ""))
    if order.name != spec.default:
        kept["sort"] = order.name
    grouping = spec.grouping(params.get(GROUP, ""))
    groups: list[Group] = []
    if grouping is None:
        page = _page(found, order, spec, params.get("cursor", ""), is_in_order="sort" not in kept)
    else:
        kept[GROUP] = grouping.key
        groups = [
            replace(one, said=spec.say_sums(one.sums), href=_group_url(grouping, one, kept, narrowing, path))
            for one in groups_of(queryset, grouping, spec.group_sums, order=order)
        ]
        page = _page_of_groups(queryset, order, grouping, groups, spec.size, params.get("cursor", ""))
    return ShownList(
        spec=spec,
        path=path,
        params=kept,
        page=page,
        queryset=queryset,
        counted=found.some,
        words=kept.get("q", ""),
        order=order,
        columns=columns,
        line=Line(narrowing, path, kept),
        heads=heads(spec.sorts, order, spec.default, kept, path),
        grouping=grouping,
        groups=groups,
        beside=tuple(beside or ()),
    )


def _group_url(grouping: Grouping, group: Group, kept: Mapping[str, str], narrowing: Narrowing, path: str) -> str:
    """The list of one group alone, no longer in groups; "" where no parameter says it."""
    asked = grouping.asked(group.text)
    if (clause := grouping.clause(group.text)) is not None:
        groups = narrowing.clauses
        groups = groups if (clause,) in groups else where.added(groups, clause)
        asked = dict.fromkeys(narrowing.params, "") | narrowing.params_of(groups)
    return list_address(path, {**kept, GROUP: "", **asked}) if asked else ""


def _page_of_groups(
    rows: QuerySet, order: Order, grouping: Grouping, groups: list[Group], size: int, cursor: str
) -> Page:
    """The page at `cursor`, the first one for a cursor that is none. The first row of each group on it knows that by
    `opens_group`.
    """
    try:
        page = page_of_groups(rows, order, grouping, groups, cursor=cursor, size=size)
    except BadCursor:
        page = page_of_groups(rows, order, grouping, groups, size=size)
    by_text, before = {group.text: group for group in groups}, None
    for row in page.rows:
        row.opens_group = by_text[row.in_group] if row.in_group != before else None
        before = row.in_group
    return page


def _page(found: Searched, order: Order, spec: ListSpec, cursor: str, *, is_in_order: bool) -> Page:
    """The page at `cursor`, the first one for a cursor that is none. is_in_order: in the order of `found.first`."""
    if not cursor and is_in_order:
        page = page_of(found.first, order, size=spec.size)
        # The first that match fill the page, unless the list shows only some of them: then all are asked.
        if page.next is not None or found.first is found.rows:
            return page
    try:
        return page_of(found.rows, order, cursor=cursor, size=spec.size)
    except BadCursor:
        return page_of(found.rows, order, size=spec.size)
