"""Which column is which field, and how its cells are to be understood. Pure: headers and cells in, a Mapping out."""

from collections import Counter
from collections.abc import Mapping as Dict
from dataclasses import asdict, dataclass, field
from difflib import SequenceMatcher
from typing import Any

from django.utils.translation import gettext as _

from jobs.imports import kinds
from jobs.imports.converting import LEFT_EMPTY, Column, converter
from jobs.imports.dates import BadValue, ambiguous_sample, possible_orders
from jobs.imports.kinds import Field, ImportKind
from jobs.imports.layout import normalised
from jobs.imports.table import Cell, Table
from jobs.imports.values import choice_key, header_multiplier, is_nothing, needs_scale, to_text

MODES = ("upsert", "create", "update")
SAMPLES = 3
MOST_DISTINCT = 50
CLOSE = 0.86


@dataclass
class Mapping:
    """columns: index in the table → Column. constants: field → text for every row. skip: rows where a column says so are
    left out: (column, text); a rule without a text is not finished and leaves out nothing.
    preset: key of the export that it was taken from.
    """

    columns: dict[int, Column] = field(default_factory=dict)
    constants: dict[str, str] = field(default_factory=dict)
    skip: list[tuple[int, str]] = field(default_factory=list)
    mode: str = "upsert"
    preset: str = ""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: Dict[str, Any]) -> "Mapping":
        return cls(
            columns={int(index): Column(**column) for index, column in data.get("columns", {}).items()},
            constants=dict(data.get("constants", {})),
            skip=[(int(column), str(text)) for column, text in data.get("skip", [])],
            mode=data.get("mode", "upsert"),
            preset=data.get("preset", ""),
        )

    def within(self, kind: ImportKind) -> "Mapping":
        """Without fields that the kind no longer has: one of the workspace's own may be archived meanwhile."""
        self.columns = {index: column for index, column in self.columns.items() if column.field in kind.by_key}
        self.constants = {key: text for key, text in self.constants.items() if key in kind.by_key}
        return self

    def column_of(self, key: str) -> int | None:
        return next((index for index, column in self.columns.items() if column.field == key), None)

    @property
    def fields(self) -> set[str]:
        return {column.field for column in self.columns.values()} | {
            key for key, text in self.constants.items() if text
        }


@dataclass
class Profile:
    """What the mapping page knows of a column without reading the file again.

    orders: possible orders of day and month; order_sample: a text that needs to know. needs_scale: bare numbers between
    0 and 1 occur. distinct: the texts that occur, commonest first, when there are at most MOST_DISTINCT of them.
    """

    header: str
    samples: list[str]
    filled: int
    orders: list[str]
    order_sample: str
    needs_scale: bool
    multiplier: int
    distinct: list[str]


def profiles(table: Table) -> list[Profile]:
    return [_profile(table, index) for index in range(len(table.headers))]


def _profile(table: Table, index: int) -> Profile:
    cells = [cell for cell in table.column(index) if cell != ""]
    counts = Counter(to_text(cell)[:200] for cell in cells)
    distinct = [text for text, _count in counts.most_common(MOST_DISTINCT)] if len(counts) <= MOST_DISTINCT else []
    samples = list(dict.fromkeys(to_text(cell)[:60] for cell in cells[:500]))[:SAMPLES]
    header = table.headers[index]
    return Profile(
        header=header,
        samples=samples,
        filled=len(cells),
        orders=list(possible_orders(cells)),
        order_sample=ambiguous_sample(cells)[:60],
        needs_scale=needs_scale(cells),
        multiplier=header_multiplier(header),
        distinct=distinct,
    )


def match_columns(kind: ImportKind, columns: list[Profile]) -> Mapping:
    """The mapping that the headers suggest: exact names first, then near ones; no field twice."""
    scores = sorted(
        (
            (-score, position, index, each.key)
            for index, column in enumerate(columns)
            for position, each in enumerate(kind.fields)
            if (score := _likeness(column.header, each)) >= CLOSE
        ),
    )
    mapping = Mapping()
    taken: set[str] = set()
    for _score, _position, index, key in scores:
        if index not in mapping.columns and key not in taken:
            taken.add(key)
            mapping.columns[index] = column_for(kind.by_key[key], columns[index])
    headers = {column.field: columns[index].header for index, column in mapping.columns.items()}
    for key, text in kind.suggest(headers).items():
        if (mapped := mapping.column_of(key)) is not None:
            del mapping.columns[mapped]
        mapping.constants[key] = text
    mapping.columns = dict(sorted(mapping.columns.items()))
    return mapping


def _likeness(header: str, each: Field) -> float:
    """1 for a known name; less for a near one ("Customer name *", "合同开始日期")."""
    name = normalised(header)
    if not name:
        return 0.0
    if name in each.headers:
        return 1.0
    return max((SequenceMatcher(None, name, known).ratio() for known in each.headers if len(known) >= 3), default=0.0)


def column_for(each: Field, profile: Profile) -> Column:
    """A column mapped to a field, with what its cells alone decide."""
    return Column(
        field=each.key,
        order=profile.orders[0] if len(profile.orders) == 1 else None,
        multiplier=profile.multiplier if each.type == kinds.AMOUNT else 1,
    )


def unknown_words(each: Field, profile: Profile) -> list[str]:
    """Texts of a choice column that are written like none of the choices, so that somebody must assign them."""
    if each.type not in (kinds.CHOICE, kinds.CHOICES):
        return []
    return [text for text in profile.distinct if not is_nothing(text) and choice_key(text) not in each.words]


def assign_words(each: Field, texts: dict[str, str]) -> dict[str, str]:
    """texts of cells → codes, as a Column keeps them; codes that the field does not have are dropped."""
    codes = {choice.code for choice in each.choices}
    if not each.is_required:
        codes.add(LEFT_EMPTY)
    return {choice_key(text): code for text, code in texts.items() if code in codes}


def remember_words(kind: ImportKind, mapping: Mapping, earlier: list[Dict[str, Any]]) -> None:
    """Take over what texts were said to mean in earlier mappings, latest first, while that still is a choice."""
    for column in mapping.columns.values():
        for past in earlier:
            for was in past.get("columns", {}).values():
                if was["field"] == column.field:
                    column.words = assign_words(kind.by_key[column.field], was.get("words", {})) | column.words


def open_questions(kind: ImportKind, mapping: Mapping, columns: list[Profile]) -> list[tuple[int | None, str]]:
    """(column or None, message) for all that keeps a mapping from being used."""
    questions: list[tuple[int | None, str]] = []
    counts = Counter(column.field for column in mapping.columns.values())
    for index, column in mapping.columns.items():
        each = kind.by_key[column.field]
        if counts[column.field] > 1:
            questions.append((index, _("“%(field)s” is chosen for more than one column.") % {"field": each.label}))
        if each.type == kinds.DATE and column.order is None:
            questions.append(
                (index, _("Choose the order of day and month: the dates can be read in more than one way."))
            )
        if each.type in (kinds.PERCENT, kinds.DISCOUNT) and column.scale is None and columns[index].needs_scale:
            questions.append((index, _("Choose what numbers below 1 mean: 0.06 may be 6 % or 0.06 %.")))
    fields = mapping.fields
    for each in kind.fields:
        if each.is_required and each.key not in fields:
            questions.append((None, _("No column is chosen for “%(field)s”.") % {"field": each.label}))
    questions += [(None, f"{kind.by_key[key].label}: {error}") for key, error in wrong_constants(kind, mapping).items()]
    questions += [(None, message) for message in kind.check_mapping(fields)]
    return questions


def wrong_constants(kind: ImportKind, mapping: Mapping) -> dict[str, str]:
    """Field → message for values for all rows that cannot be understood."""
    wrong = {}
    for key, text in mapping.constants.items():
        try:
            converter(kind.by_key[key], Column(key), [text])(text)
        except BadValue as error:
            wrong[key] = str(error)
    return wrong


def is_skipped(mapping: Mapping, row: list[Cell]) -> bool:
    return any(
        text and to_text(row[column]).strip().lower() == text.strip().lower()
        for column, text in mapping.skip
        if column < len(row)
    )
