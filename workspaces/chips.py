"""The line of chips above a list: what narrows it, the words between, and what can be added, each with its address."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from workspaces import where
from workspaces.filters import IS, Filter, Kind, Operator, Takes
from workspaces.list_address import list_address
from workspaces.narrowing import Narrowing, ReadClause
from workspaces.where import BETWEEN, WHERE, Clause, Groups

# What the reader stands on after a filter was added.
ADD = "filter-add-button"


@dataclass(frozen=True)
class ShownChoice:
    """An entry of a chip's menu, named as the menu component wants it."""

    value: str
    label: Any
    href: str
    current: bool


@dataclass(frozen=True)
class ShownFilter:
    """A field with a menu of values: when one is set, which, what it is called and the address without it."""

    key: str
    label: Any
    icon: str
    choices: list[ShownChoice]
    value: str
    value_label: Any
    clear_url: str


@dataclass(frozen=True)
class Editor:
    """The form in which a field is asked, as templates/lists/filter_editor.html draws it. at: the clause that it takes
    the place of, "" when it adds one. choices: current where they are ticked. finds: where others are found by typing.
    value, to, days: what was typed, for other kinds.
    """

    id: str
    label: Any
    key: str
    kind: str
    at: str
    operators: list[tuple[Operator, bool]]
    choices: list[ShownChoice]
    value: str = ""
    to: str = ""
    days: str = "30"
    refusal: str = ""
    anchor: str = ADD
    finds: str = ""

    @property
    def ticked(self) -> list[ShownChoice]:
        return [one for one in self.choices if one.current]

    @property
    def unticked(self) -> list[ShownChoice]:
        return [one for one in self.choices if not one.current]

    @property
    def is_long(self) -> bool:
        """So many choices that one looks for them by name."""
        return len(self.choices) > 12


@dataclass(frozen=True)
class Chip:
    """A clause, or a switch. is_plain: it says that the field is one value. word: what stands before it, "" at first,
    and word_url, the list with the other word; is_other: it stands behind the first of those of which any must hold.
    """

    key: str
    label: Any
    operator: Any
    value: str
    value_label: Any
    clear_url: str
    choices: list[ShownChoice]
    editor: Editor | None
    refusal: str = ""
    word: Any = ""
    is_other: bool = False
    is_plain: bool = False
    word_id: str = ""
    word_url: str = ""


class Line:
    """groups: [[chips]], more than one chip in those of which any must hold; switches: chips behind them."""

    def __init__(self, narrowing: Narrowing, path: str, kept: Mapping[str, str]):
        self.narrowing, self.path = narrowing, path
        narrowed = {WHERE, *(one.key for one in narrowing.filters)}
        self.others = {name: value for name, value in kept.items() if value and name not in narrowed}
        self.groups = [
            [self._chip(one, group, place) for place, one in enumerate(clauses)]
            for group, clauses in enumerate(narrowing.groups)
        ]
        self.switches = [self._switch_chip(one, value) for one, value in narrowing.switches]

    @property
    def chips(self) -> list[Chip]:
        return [*(chip for group in self.groups for chip in group), *self.switches]

    @property
    def form_params(self) -> list[tuple[str, str]]:
        """What the forms of fields carry along."""
        switches = {one.key: value for one, value in self.narrowing.switches}
        groups = where.write(self.narrowing.clauses)
        return [*(self.others | switches).items(), *([(WHERE, groups)] if groups else [])]

    @property
    def is_long(self) -> bool:
        """More fields than stand beside each other."""
        return len(self.addable) + len(self.switchable) > 3

    @property
    def has_many(self) -> bool:
        """So many fields that one looks for them by name."""
        return len(self.addable) > 12

    @cached_property
    def addable(self) -> list[Editor]:
        """A form for each field that can be asked."""
        return [
            self._editor(one)
            for one in self.narrowing.filters
            if not one.is_switch
            and (one.kind != Kind.CHOICE or self.narrowing.menus[one.key] or one.missing is not None)
        ]

    @cached_property
    def switchable(self) -> list[ShownFilter]:
        on = {one.key for one, _value in self.narrowing.switches}
        return [one for one in self.filters if self._is_switch(one.key) and one.key not in on and one.choices]

    @cached_property
    def filters(self) -> list[ShownFilter]:
        """Every field that has a menu; a choice of it narrows further."""
        plain = self.narrowing.params
        return [self._filter(one, plain.get(one.key, "")) for one in self.narrowing.filters if one.kind == Kind.CHOICE]

    def _is_switch(self, key: str) -> bool:
        return any(one.key == key and one.is_switch for one in self.narrowing.filters)

    def _url(self, groups: Groups, at: str = "") -> str:
        return list_address(self.path, self.others | self.narrowing.params_of(groups), at)

    def _switched(self, key: str, value: str) -> str:
        return list_address(self.path, self.others | self.narrowing.params | {key: value}, ADD)

    def _filter(self, one: Filter, value: str) -> ShownFilter:
        menu = self.narrowing.menus[one.key]
        return ShownFilter(
            key=one.key,
            label=one.label,
            icon=one.icon,
            choices=[
                ShownChoice(
                    text,
                    label,
                    self._switched(one.key, text) if one.is_switch else self._added(one.key, text),
                    text == value,
                )
                for text, label in menu
            ],
            value=value,
            value_label=next((label for text, label in menu if text == value), ""),
            clear_url=self._switched(one.key, "") if one.is_switch else "",
        )

    def _added(self, key: str, value: str) -> str:
        clause = Clause(key, IS, (value,))
        if (clause,) in self.narrowing.clauses:
            return self._url(self.narrowing.clauses, ADD)
        return self._url(where.added(self.narrowing.clauses, clause), ADD)

    def _switch_chip(self, one: Filter, value: str) -> Chip:
        shown = self._filter(one, value)
        return Chip(
            key=one.key,
            label=one.label,
            operator=_("is"),
            value=value,
            value_label=shown.value_label,
            clear_url=shown.clear_url,
            choices=shown.choices,
            editor=None,
            is_plain=True,
        )

    def _chip(self, one: ReadClause, group: int, place: int) -> Chip:
        clauses, at = self.narrowing.clauses, (group, place)
        operator = one.operator
        word = word_id = word_url = ""
        if place:
            word, word_id = pgettext("between filters", "or"), f"word-{group}-{place}"
            word_url = self._url(where.parted(clauses, at), f"word-{group + 1}-0")
        elif group:
            word, word_id = pgettext("between filters", "and"), f"word-{group}-0"
            word_url = self._url(where.joined(clauses, group), f"word-{group - 1}-{len(clauses[group - 1])}")
        values = one.clause.values
        takes = operator.takes if operator else Takes.ONE
        said = one.said if one.holds is not None else ", ".join(values)
        words = operator.of_one if operator and operator.of_one and len(values) == 1 else operator and operator.label
        if takes == Takes.NOTHING or not said:
            words, said = "", f"{words or one.clause.operator or _('not understood')}"
        editor = self._editor(one.of, one, at) if one.of is not None and not one.of.is_switch else None
        return Chip(
            key=one.clause.field,
            label=one.of.label if one.of is not None else one.clause.field or _("Filter"),
            operator=words or (one.clause.operator if operator is None and values else ""),
            value=",".join(values),
            value_label=said,
            clear_url=self._url(where.replaced(clauses, at, None), ADD),
            choices=editor.choices if editor else [],
            editor=editor,
            refusal=one.refusal,
            word=word,
            is_other=place > 0,
            is_plain=one.of is not None
            and one.of.kind == Kind.CHOICE
            and operator is not None
            and (operator.key, len(values)) == (IS, 1),
            word_id=word_id,
            word_url=word_url,
        )

    def _editor(self, one: Filter, read: ReadClause | None = None, at: tuple[int, int] = (0, 0)) -> Editor:
        """The form of a field: to change a clause of it, which stands `at`, or to add one."""
        key, clauses = one.key, self.narrowing.clauses
        values: Sequence[str] = read.clause.values if read else ()
        chosen = read.clause.operator if read else ""

        def href(value: str) -> str:
            if read is None:
                return self._added(key, value)
            return self._url(where.replaced(clauses, at, Clause(key, IS, (value,))), f"{editor_id}-button")

        place = f"{at[0]}-{at[1]}" if read else ""
        # Keys of fields of one's own have a dot, which ids in selectors do not like.
        editor_id = f"filter-{place or key.replace('.', '-')}"
        takes = read.operator.takes if read and read.operator else Takes.ONE
        return Editor(
            id=editor_id,
            label=one.label,
            key=key,
            kind=one.kind.value,
            at=f"{at[0]}.{at[1]}" if read else "",
            operators=[(each, each.key == chosen) for each in one.operators(self.narrowing.day)],
            choices=[
                ShownChoice(text, label, href(text), text in values) for text, label in self._menu_with(one, values)
            ],
            value=values[0] if values and takes in (Takes.ONE, Takes.TWO) else "",
            to=values[1] if chosen == BETWEEN and len(values) > 1 else "",
            days=values[0] if values and takes == Takes.DAYS else "30",
            refusal=read.refusal if read else "",
            anchor=f"{editor_id}-button" if read else ADD,
            finds=one.finds,
        )

    def _menu_with(self, one: Filter, values: Sequence[str]) -> list[tuple[str, Any]]:
        """Those asked for that are no choices, first, so that they are seen and stay when others are ticked; the choices."""
        menu = list(self.narrowing.menus[one.key])
        there = {text for text, _label in menu}
        others = [value for value in values if value not in there] if one.kind == Kind.CHOICE else []
        return [*((value, value) for value in others), *menu]
