"""Lists on pages, declared: what can be searched, filtered and sorted. The address carries the whole state.

A `ListSpec` says what there is; `show_list` reads the address and gives the template rows and ready links.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from django.db.models import Count, QuerySet, Sum
from django.urls import reverse
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from workspaces.grouping import GROUP, Group, Grouping, groups_of, page_of_groups
from workspaces.keyset import BadCursor, Order, Page, page_of
from workspaces.list_choices import ShownChoice, ShownFilter, address

# Past this many rows a list says "more than": counting on would cost more than reading the page.
COUNT_UP_TO = 10_000
# The parameter that says which kept view of the list this is (workspaces.list_views).
SAVED = "saved"
# What stays when search and filters are taken away.
NOT_NARROWING = ("sort", "view", SAVED, "columns", "layout", "group")
# The parameter that says which columns a list has, with a comma between them; only the first column when none is named.
COLUMNS, NO_COLUMNS = "columns", "none"


@dataclass(frozen=True)
class Sort:
    """A sortable column. field: ORM path. down_first: the first click sorts from the largest (money, dates)."""

    key: str
    field: str
    nullable: bool = False
    down_first: bool = False


@dataclass(frozen=True)
class ListColumn:
    """A column of a list's table after the first, which is always there.

    text(row) → what its cell says; None where the page draws the cell. sort: the Sort that its head clicks to. is_shown:
    without a choice. is_number: to the right; is_figure: digits under each other. of: what the list itself knows it by.
    edits: the field of the row's form that a cell changes in place; "" where it says what nobody can type.
    """

    key: str
    label: Any
    text: Callable[[Any], Any] | None = None
    sort: str = ""
    is_number: bool = False
    is_figure: bool = False
    is_shown: bool = True
    of: Any = None
    edits: str = ""

    def say(self, row: Any) -> Any:
        return "" if self.text is None else self.text(row)


@dataclass(frozen=True)
class Filter:
    """One filter chip. choices(workspace) → [(value, label)]; narrow(queryset, value) → the rows it keeps.

    known(workspace, value) → what a value is called that links name but no menu offers, such as who left; "" for none.
    find: where there may be more values than a menu holds, the page that answers `?find=` with others (`found_choices`).
    """

    key: str
    label: Any
    choices: Callable[[Any], Sequence[tuple[str, Any]]]
    narrow: Callable[[QuerySet, str], QuerySet]
    icon: str = "filter"
    known: Callable[[Any, str], Any] = lambda workspace, value: ""
    find: str = ""


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

    def sort(self, key: str) -> Sort | None:
        return next((sort for sort in self.sorts if sort.key == key), None)


@dataclass(frozen=True)
class Head:
    """A column's head: where a click leads, and how the column is sorted now ("", "asc", "desc")."""

    href: str
    direction: str


@dataclass(frozen=True)
class Totals:
    """How many rows match, and sums over them by field. When `is_capped` there are more and the sums are not known."""

    count: int
    is_capped: bool
    sums: dict[str, Any]


@dataclass
class ShownList:
    """What a list page renders. queryset: all its rows; counted: as many of them as `totals` counts, or more."""

    spec: ListSpec
    path: str
    params: dict[str, str]
    page: Page
    queryset: QuerySet
    counted: QuerySet
    words: str
    order: Order
    filters: list[ShownFilter]
    columns: list[ListColumn] = field(default_factory=list)
    heads: dict[str, Head] = field(default_factory=dict)
    grouping: Grouping | None = None
    groups: list[Group] = field(default_factory=list)

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
    def chosen(self) -> list[ShownFilter]:
        return [one for one in self.filters if one.value]

    @property
    def has_any(self) -> bool:
        """Whether there is a list to speak of: rows, or a search or filter that leaves none."""
        return bool(self.rows or self.is_narrowed)

    @property
    def addable(self) -> list[ShownFilter]:
        """Filters that are not in force and have something to choose."""
        return [one for one in self.filters if not one.value and one.choices]

    @property
    def is_narrowed(self) -> bool:
        return bool(self.words or self.chosen)

    @property
    def clear_words_url(self) -> str:
        return self._url(q="", cursor="")

    @property
    def clear_url(self) -> str:
        """The same order without search and filters."""
        return address(self.path, {key: self.params.get(key, "") for key in NOT_NARROWING})

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
        found = self._up_to_limit(self.counted)
        if found.count <= COUNT_UP_TO and self.counted is not self.queryset:
            # So few are left because the list shows only some of what was found: all of it has to be counted.
            found = self._up_to_limit(self.queryset)
        return Totals(COUNT_UP_TO, True, {}) if found.count > COUNT_UP_TO else found

    def all_totals(self) -> Totals:
        """Of all matching rows, however many; for asking afterwards."""
        return self._add_up(self.queryset.order_by().values("pk", *self.spec.sums))

    def _up_to_limit(self, rows: QuerySet) -> Totals:
        return self._add_up(rows.order_by().values("pk", *self.spec.sums)[: COUNT_UP_TO + 1])

    def _add_up(self, rows: QuerySet) -> Totals:
        sums = {f"sum_{name}": Sum(name, default=0) for name in self.spec.sums}
        found = rows.aggregate(rows=Count("pk"), **sums)
        return Totals(found["rows"], False, {name: found[f"sum_{name}"] for name in self.spec.sums})

    def url_without(self, *names: str) -> str:
        """This list without some parameters of its address."""
        return self._url(cursor="", **dict.fromkeys(names, ""))

    def url_with(self, **changes: str) -> str:
        """This list from its beginning, with some parameters of its address otherwise."""
        return self._url(cursor="", **changes)

    def _url(self, **changes: str) -> str:
        return address(self.path, self.params | changes)


def cells(rows: Iterable[Any], columns: Iterable[ListColumn]) -> list[tuple[Any, list[tuple[ListColumn, Any]]]]:
    """[(row, [(column, what its cell says)])]"""
    columns = list(columns)
    return [(row, [(column, column.say(row)) for column in columns]) for row in rows]


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
) -> ShownList:
    """The list that the address (`path` and its query `params`) asks for. Unknown values in it are passed over, so
    that an old link still opens. `beside`: parameters that the view reads itself and that every link must keep.
    """
    words = searched_words(params)
    kept: dict[str, str] = dict(beside or {})
    found: QuerySet | Searched = queryset
    if words and spec.search is not None:
        kept["q"] = words
        found = spec.search(queryset, words)
    if not isinstance(found, Searched):
        found = Searched.of(found)
    queryset = found.rows
    choices = {}
    for one in spec.filters:
        choices[one.key] = [(str(value), label) for value, label in one.choices(workspace)]
        value = params.get(one.key, "").replace("\x00", "")
        if value and value not in dict(choices[one.key]) and (label := one.known(workspace, value)):
            choices[one.key].append((value, label))
        if value in dict(choices[one.key]):
            kept[one.key] = value
            queryset = one.narrow(queryset, value)
    if queryset is not found.rows:
        found = Searched.of(queryset)
    columns = _columns(spec, params)
    if columns != [column for column in spec.columns if column.is_shown]:
        kept[COLUMNS] = ",".join(column.key for column in columns) or NO_COLUMNS
    order = _order(spec, params.get("sort", ""))
    if order.name != spec.default:
        kept["sort"] = order.name
    grouping = spec.grouping(params.get(GROUP, ""))
    groups: list[Group] = []
    if grouping is None:
        page = _page(found, order, spec, params.get("cursor", ""), is_in_order="sort" not in kept)
    else:
        kept[GROUP] = grouping.key
        groups = [
            replace(one, said=spec.say_sums(one.sums), href=_group_url(grouping, one, kept, path))
            for one in groups_of(queryset, grouping, spec.group_sums)
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
        filters=[
            replace(_shown(one, choices[one.key], kept, path), find_url=_find_url(one, kept, workspace))
            for one in spec.filters
        ],
        heads={sort.key: _head(sort, order, spec, kept, path) for sort in spec.sorts},
        grouping=grouping,
        groups=groups,
    )


def _group_url(grouping: Grouping, group: Group, kept: Mapping[str, str], path: str) -> str:
    """The list of one group alone, no longer in groups; "" where no parameter says it."""
    asked = grouping.asked(group.text)
    return address(path, {**kept, GROUP: "", **asked}) if asked else ""


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


def _columns(spec: ListSpec, params: Mapping[str, str]) -> list[ListColumn]:
    """Those that the address names, in its order; a form with a box for each names them one by one."""
    texts = params.getlist(COLUMNS) if isinstance(params, MultiValueDict) else [params.get(COLUMNS, "")]
    names = dict.fromkeys(name for text in texts for name in text.split(","))
    known = {column.key: column for column in spec.columns}
    chosen = [known[name] for name in names if name in known]
    if chosen or NO_COLUMNS in names:
        return chosen
    return [column for column in spec.columns if column.is_shown]


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


def _order(spec: ListSpec, wanted: str) -> Order:
    for name in (wanted, spec.default):
        if sort := spec.sort(name.removeprefix("-")):
            return Order(sort.key, sort.field, descending=name.startswith("-"), nullable=sort.nullable)
    raise ValueError(f"the default sort {spec.default!r} is none of the list's")


def _shown(one: Filter, choices: list[tuple[str, Any]], kept: dict[str, str], path: str) -> ShownFilter:
    current = kept.get(one.key, "")
    return ShownFilter(
        key=one.key,
        label=one.label,
        icon=one.icon,
        choices=[
            ShownChoice(value, label, address(path, kept | {one.key: value}), value == current)
            for value, label in choices
        ],
        value=current,
        value_label=next((label for value, label in choices if value == current), ""),
        clear_url=address(path, kept | {one.key: ""}),
    )


def _find_url(one: Filter, kept: Mapping[str, str], workspace: Any) -> str:
    """Where other choices of a filter are found, for the list as it stands."""
    return address(reverse(one.find, args=[workspace.slug]), {**kept, one.key: ""}) if one.find else ""


def _head(sort: Sort, order: Order, spec: ListSpec, kept: dict[str, str], path: str) -> Head:
    is_current = sort.key == order.key
    down = not order.descending if is_current else sort.down_first
    name = f"-{sort.key}" if down else sort.key
    direction = ("desc" if order.descending else "asc") if is_current else ""
    return Head(address(path, kept | {"sort": "" if name == spec.default else name}), direction)
