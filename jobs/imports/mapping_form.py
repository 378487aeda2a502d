"""The mapping page's form: what was posted → Mapping, and Mapping → what the template shows."""

from collections.abc import Mapping as Dict
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from jobs.imports import kinds
from jobs.imports.converting import LEFT_EMPTY, Column
from jobs.imports.dates import DMY, MDY, YMD
from jobs.imports.kinds import Field, ImportKind
from jobs.imports.mapping import MODES, Mapping, Profile, assign_words, column_for, unknown_words
from jobs.imports.values import AS_WRITTEN, FRACTION, PAID_SHARE, choice_key

SKIP_RULES = 3
MULTIPLIERS = {str(each): each for each in (1, 1_000, 10_000, 1_000_000, 100_000_000)}


@dataclass
class Option:
    value: str
    label: Any
    is_chosen: bool


@dataclass
class Choose:
    """A select. `kind` says which question it asks: field, order, scale, multiplier, word."""

    name: str
    label: Any
    options: list[Option]
    is_open: bool = False


@dataclass
class ShownColumn:
    """A row of the mapping table."""

    profile: Profile
    field: Choose
    questions: list[Choose]
    hint: Any
    messages: list[str]

    @property
    def is_refused(self) -> bool:
        """Whether another field is to be chosen; where a question is open, that is what is to be answered."""
        return bool(self.messages) and not any(question.is_open for question in self.questions)


@dataclass
class ShownConstant:
    """A field that may have one value for all rows; `choose` for enumerations, else a text input."""

    field: Field
    name: str
    value: str
    choose: Choose | None
    message: str
    is_needed: bool


def posted_mapping(data: Dict[str, str], kind: ImportKind, columns: list[Profile], before: Mapping) -> Mapping:
    """The mapping that a form says; what it does not know is left out. A column given to another field forgets how it
    was read.
    """
    data = {name: text.replace("\0", "") for name, text in data.items()}
    places = {str(index): index for index in range(len(columns))}
    mapping = Mapping(mode=data.get("mode", "upsert") if data.get("mode") in MODES else "upsert", preset=before.preset)
    for index, profile in enumerate(columns):
        each = kind.by_key.get(data.get(f"field-{index}", ""))
        if each is None:
            continue
        column = column_for(each, profile)
        was = before.columns.get(index)
        if was is not None and was.field == each.key:
            _answers(data, index, each, column, profile)
            # A part that was given to a field of its own is no part any more.
            column.joined = [part for part in was.joined if not data.get(f"field-{part}")]
        mapping.columns[index] = column
    _follow_order(data, kind, columns, mapping)
    for each in kind.fields:
        text = data.get(f"constant-{each.key}", "").strip()
        if each.has_constant and text:
            mapping.constants[each.key] = text[:500]
    for rule in range(SKIP_RULES):
        place, text = places.get(data.get(f"skip-column-{rule}", "")), data.get(f"skip-text-{rule}", "").strip()
        if place is not None:
            mapping.skip.append((place, text[:500]))
    return mapping


def _follow_order(data: Dict[str, str], kind: ImportKind, columns: list[Profile], mapping: Mapping) -> None:
    """Dates that can be read in several ways are read as others of the file were said to be, unless that is said of them."""
    said = {order for index in mapping.columns if (order := data.get(f"order-{index}", ""))}
    if len(said) != 1:
        return
    (order,) = said
    for index, column in mapping.columns.items():
        is_date = kind.by_key[column.field].type == kinds.DATE
        if is_date and column.order is None and order in columns[index].orders:
            column.order = order


def _answers(data: Dict[str, str], index: int, each: Field, column: Column, profile: Profile) -> None:
    if data.get(f"order-{index}") in profile.orders:
        column.order = data[f"order-{index}"]
    if each.type in (kinds.PERCENT, kinds.DISCOUNT) and data.get(f"scale-{index}") in _scales(each):
        column.scale = data[f"scale-{index}"]
    multiplier = MULTIPLIERS.get(data.get(f"multiplier-{index}", ""))
    if each.type == kinds.AMOUNT and multiplier is not None:
        column.multiplier = multiplier
    texts = unknown_words(each, profile)
    column.words = assign_words(each, {text: data.get(f"word-{index}-{n}", "") for n, text in enumerate(texts)})


def _scales(each: Field) -> dict[str, Any]:
    scales = {FRACTION: _("0.06 means 6 %"), AS_WRITTEN: _("0.06 means 0.06 %")}
    if each.type == kinds.DISCOUNT:
        scales = {
            FRACTION: _("0.15 means 15 % off"),
            PAID_SHARE: _("0.85 means 85 % of the price is paid"),
            AS_WRITTEN: _("0.15 means 0.15 % off"),
        }
    return scales


def shown_columns(
    kind: ImportKind, columns: list[Profile], mapping: Mapping, questions: list[tuple[int | None, str]]
) -> list[ShownColumn]:
    return [_shown_column(kind, index, columns, mapping, questions) for index in range(len(columns))]


def _joined_hint(index: int, columns: list[Profile], mapping: Mapping) -> str:
    """With which other columns a column makes up one value."""
    for first, column in mapping.columns.items():
        parts = [first, *column.joined]
        if column.joined and index in parts:
            others = ", ".join(columns[part].header for part in parts if part != index)
            return _("Joined with %(columns)s") % {"columns": others}
    return ""


def _shown_column(kind, index, columns, mapping, questions) -> ShownColumn:
    profile = columns[index]
    column = mapping.columns.get(index)
    each = kind.by_key[column.field] if column else None
    asked = [_order(index, column, profile)] if each and each.type == kinds.DATE and len(profile.orders) > 1 else []
    if each and each.type in (kinds.PERCENT, kinds.DISCOUNT) and profile.needs_scale:
        asked.append(_choose(f"scale-{index}", _("Numbers below 1"), _scales(each), column.scale))
    if each and each.type == kinds.AMOUNT:
        units = {
            1: _("As written"), 1_000: _("Thousands (千)"), 10_000: _("Ten thousands (万)"), 1_000_000: _("Millions"),
            100_000_000: _("Hundred millions (亿)"),
        }  # fmt: skip
        if profile.multiplier != 1 or column.multiplier != 1:
            asked.append(_choose(f"multiplier-{index}", _("Unit of the amounts"), units, column.multiplier))
    if each:
        asked += _words(index, each, column, profile)
    return ShownColumn(
        profile=profile,
        field=Choose(
            f"field-{index}",
            _("Field for “%(column)s”") % {"column": profile.header},
            [
                Option("", _("Leave out"), column is None),
                *(
                    Option(field.key, f"{field.label} *" if field.is_required else field.label, field is each)
                    for field in kind.fields
                ),
            ],
        ),
        questions=asked,
        hint=_joined_hint(index, columns, mapping) or (each.hint if each else ""),
        messages=[message for position, message in questions if position == index],
    )


def _order(index: int, column: Column, profile: Profile) -> Choose:
    labels = {
        YMD: _("Year, month, day"),
        DMY: _("Day, month, year"),
        MDY: _("Month, day, year"),
    }
    return _choose(
        f"order-{index}",
        _("How to read %(sample)s") % {"sample": profile.order_sample},
        {order: labels[order] for order in profile.orders},
        column.order,
    )


def _words(index: int, each: Field, column: Column, profile: Profile) -> list[Choose]:
    labels = {choice.code: choice.label for choice in each.choices if choice.is_offered}
    if not each.is_required:
        labels[LEFT_EMPTY] = _("Leave empty")
    return [
        _choose(
            f"word-{index}-{n}",
            _("“%(text)s” means") % {"text": text},
            labels,
            column.words.get(choice_key(text)),
            _("An error"),
        )
        for n, text in enumerate(unknown_words(each, profile))
    ]


def _choose(name: str, label: Any, labels: Dict[Any, Any], chosen: Any, nothing: Any = None) -> Choose:
    options = [Option(str(value), text, value == chosen) for value, text in labels.items()]
    if chosen not in labels:
        options.insert(0, Option("", nothing or _("Choose…"), True))
    elif nothing is not None:
        options.insert(0, Option("", nothing, False))
    return Choose(name, label, options, is_open=chosen not in labels and nothing is None)


def shown_constants(
    kind: ImportKind, mapping: Mapping, wrong: Dict[str, str], *, workspace: Any = None
) -> list[ShownConstant]:
    """Fields that no column gives and that may have one value for all rows; those that are needed come first. workspace:
    given where values are proposed.
    """
    taken = {column.field for column in mapping.columns.values()}
    shown = []
    for each in kind.fields:
        if not each.has_constant or each.key in taken:
            continue
        value = mapping.constants.get(each.key, "") or (each.at_first(workspace) if workspace is not None else "")
        choose = None
        if each.choices and each.type != kinds.CHOICES:
            codes = {choice.code: choice.label for choice in each.choices if choice.is_offered}
            choose = _choose(f"constant-{each.key}", each.label, codes, value or None, _("None"))
        shown.append(
            ShownConstant(each, f"constant-{each.key}", value, choose, wrong.get(each.key, ""), each.is_required)
        )
    return sorted(shown, key=lambda constant: not constant.is_needed)


def shown_rules(mapping: Mapping, columns: list[Profile]) -> list[dict[str, Any]]:
    """As many rules for leaving rows out as are set, and one to fill in."""
    rules = [*mapping.skip, (None, "")][:SKIP_RULES]
    return [
        {
            "choose": _choose(
                f"skip-column-{n}", _("Column"), {index: column.header for index, column in enumerate(columns)}, chosen,
                _("No column"),
            ),
            "name": f"skip-text-{n}",
            "text": text,
            "known": columns[chosen].distinct if chosen is not None else [],
        }
        for n, (chosen, text) in enumerate(rules)
    ]  # fmt: skip
