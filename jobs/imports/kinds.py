"""What can be imported: each kind lists its fields and names the action that writes it. The kinds themselves stand in the
apps that own the rows (settings.IMPORT_KINDS), because this app knows nothing of them.
"""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy

from jobs.imports.layout import normalised
from jobs.imports.values import choice_key

TEXT, IDENTIFIER, REFERENCE = "text", "identifier", "reference"
DATE, AMOUNT, INTEGER, PERCENT, DISCOUNT = "date", "amount", "integer", "percent", "discount"
BOOLEAN, CHOICE, LIST, CHOICES = "boolean", "choice", "list", "choices"


@dataclass(frozen=True)
class Choice:
    """is_offered: False for what is understood in a file but not offered for other texts."""

    code: str
    label: Any
    words: tuple[str, ...] = ()
    is_offered: bool = True


@dataclass(frozen=True)
class Field:
    """A field that a column can be mapped to. `key` is the API's name.

    synonyms: headers seen in the wild, separated by `|`. has_constant: may be given once for all rows. nothing: texts
    that mean "no value" in this field beside the usual ones. separators: what stands between the entries of a list.
    at_first(workspace) → the value for all rows that is proposed where no column gives one.
    """

    key: str
    label: Any
    type: str = TEXT
    synonyms: str = ""
    is_required: bool = False
    choices: tuple[Choice, ...] = ()
    has_constant: bool = False
    nothing: frozenset[str] = frozenset()
    hint: Any = ""
    separators: str = ";；、|\n"
    at_first: Callable[[Any], str] = lambda workspace: ""

    @cached_property
    def headers(self) -> frozenset[str]:
        """Normalised headers that name this field, in both languages."""
        return frozenset(
            normalised(text)
            for text in {self.key, *_in_both(self.label), *self.synonyms.split("|")}
            if normalised(text)
        )

    @cached_property
    def words(self) -> dict[str, str]:
        """`choice_key` of every way to write a choice → its code."""
        return {
            choice_key(text): choice.code
            for choice in self.choices
            for text in (choice.code, *_in_both(choice.label), *choice.words)
        }

    @property
    def is_free_text(self) -> bool:
        return self.type in (TEXT, IDENTIFIER)


def _in_both(label) -> list[str]:
    texts = []
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            texts.append(str(label))
    return texts


@dataclass
class Entry:
    """One thing to be written, and the rows of the file it came from: `rows[i]` is the row of its i-th line."""

    data: dict[str, Any]
    rows: list[int]


@dataclass(frozen=True)
class Issue:
    """Something wrong, by row of the file. `field` is a key of the kind, "" for the row as a whole."""

    row: int
    field: str
    message: str


Folded = tuple[list[Entry], list[Issue]]


def _one_row_each(rows: Sequence[tuple[int, dict]]) -> Folded:
    return [Entry(data, [number]) for number, data in rows], []


def _first_row(path: str, entry: Entry) -> tuple[int, str]:
    return entry.rows[0], path.split(".")[0]


CIRCLE = gettext_lazy("It follows itself, directly or in a circle.")


@dataclass(frozen=True)
class ImportKind:
    """One kind of file.

    save(workspace=, rows=, by=, mode=, dry_run=, match_names=, journal=) → RowResults, as all batch actions.
    take_back(workspace=, changes=, by=, reason=, day=) → TakenBacks, for what a journal holds.
    identities(data) → [(field, key)] that may each stand only once in a file. fold(rows) joins rows to entries;
    together(data) → what rows have in common that are one entry, None for a row of its own.
    find_existing(workspace, entries) gives entries without an external id the `id` of the row that they mean.
    locate(path, entry) → (row, field) of an error's field path. follows: the field that names another entry's external
    id, or what `called`(data) says that it goes by as well; circle: what is said where entries follow each other round.
    check_mapping(fields) → messages about fields that only make sense together. suggest(headers by field) →
    constants to take instead of the columns of these fields. own_fields(workspace) → fields that it added itself, and
    those that stand in for the kind's of the same key.
    """

    key: str
    label: Any
    fields: tuple[Field, ...]
    save: Callable[..., list]
    take_back: Callable[..., list]
    permission: str
    list_url: str
    identities: Callable[[dict], list[tuple[str, Hashable]]]
    hint: Any = ""
    fold: Callable[[Sequence[tuple[int, dict]]], Folded] = _one_row_each
    together: Callable[[dict], Hashable] = lambda data: None
    find_existing: Callable[[Any, list[Entry]], None] | None = None
    locate: Callable[[str, Entry], tuple[int, str]] = _first_row
    follows: str = ""
    called: Callable[[dict], list[str]] = lambda data: []
    circle: Any = CIRCLE
    check_mapping: Callable[[set[str]], list[str]] = lambda keys: []
    suggest: Callable[[dict[str, str]], dict[str, str]] = lambda headers: {}
    samples: tuple[dict[str, str], ...] = field(default=())
    own_fields: Callable[[Any], tuple[Field, ...]] = lambda workspace: ()

    def within(self, workspace) -> "ImportKind":
        """The kind with the fields that the workspace has added. Needs the scope."""
        own = self.own_fields(workspace)
        if not own:
            return self
        instead = {each.key: each for each in own}
        fields = [instead.pop(each.key, each) for each in self.fields]
        return replace(self, fields=(*fields, *instead.values()))

    @cached_property
    def by_key(self) -> dict[str, Field]:
        return {each.key: each for each in self.fields}

    @cached_property
    def known_headers(self) -> frozenset[str]:
        return frozenset().union(*(each.headers for each in self.fields))


@cache
def import_kinds() -> dict[str, ImportKind]:
    """All kinds by key, in the order of the settings."""
    kinds = [import_string(path) for path in settings.IMPORT_KINDS]
    return {kind.key: kind for kind in kinds}


def import_kind(key: str) -> ImportKind:
    return import_kinds()[key]
