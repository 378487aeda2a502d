"""The filter of a list as an address says it: `where=industry:is:Retail|owner:is:none;mrr:min:5000`.

Groups with `;` between them, of which all must hold; clauses with `|` between them in a group, of which any must. A clause
is a field, an operator and its values, with `,` between those; a `~` stands before a separator that is meant as itself.
What a clause means, and whether it means anything, `workspaces.narrowing` knows. A filter of plain `field is value`s needs
none of this: addresses write those as `industry=Retail&owner=none`.

The form that adds and changes a clause sends `where`, and the parts of the clause beside it; `settled` makes one of both.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.utils.datastructures import MultiValueDict

WHERE = "where"
# The form's: the clause's field, operator, values, and which clause it takes the place of ("2.0": the first of the third
# group), if any. To between and for how many days have fields of their own, which are there for some operators only.
FIELD, OPERATOR, VALUE, TO, DAYS, AT = "where.field", "where.op", "where.v", "where.to", "where.days", "where.at"
PARTS = (FIELD, OPERATOR, VALUE, TO, DAYS, AT)
MOST_TEXT, MOST_CLAUSES = 2_000, 30
ESCAPE, SEPARATORS = "~", "~;|:,"

BETWEEN, NEXT, LAST, EMPTY, FILLED = "between", "next", "last", "empty", "filled"


@dataclass(frozen=True)
class Clause:
    field: str
    operator: str
    values: tuple[str, ...] = ()


Group = tuple[Clause, ...]
Groups = tuple[Group, ...]


class TooLong(ValueError):
    """More than an address is asked to carry."""


def read(text: str) -> Groups:
    """The groups that `text` says, whatever their fields and operators are; raises TooLong."""
    if len(text) > MOST_TEXT:
        raise TooLong(text)
    groups = tuple(
        tuple(_clause(part) for part in _split(group, "|") if part) for group in _split(text.replace("\x00", ""), ";")
    )
    found = tuple(group for group in groups if group)
    if sum(len(group) for group in found) > MOST_CLAUSES:
        raise TooLong(text)
    return found


def write(groups: Groups) -> str:
    return ";".join("|".join(_text(clause) for clause in group) for group in groups)


def _clause(text: str) -> Clause:
    parts = _split(text, ":")
    if not 2 <= len(parts) <= 3:
        # No clause of ours; as a field that no list has, so that it is refused by its name.
        return Clause(_plain(text), "")
    values = [_plain(value) for value in _split(parts[2], ",")] if parts[2:] else []
    return Clause(_plain(parts[0]), _plain(parts[1]), tuple(value for value in values if value))


def _text(clause: Clause) -> str:
    parts = [_escaped(clause.field), _escaped(clause.operator)]
    if clause.values:
        parts.append(",".join(_escaped(value) for value in clause.values))
    return ":".join(parts)


def _split(text: str, separator: str) -> list[str]:
    """The parts of `text` between separators that no `~` stands before; what is escaped stays so."""
    parts, start, place = [], 0, 0
    while place < len(text):
        if text[place] == ESCAPE:
            place += 2
            continue
        if text[place] == separator:
            parts.append(text[start:place])
            start = place + 1
        place += 1
    return [*parts, text[start:]]


def _plain(text: str) -> str:
    return "".join(_unescaped(iter(text)))


def _unescaped(letters: Iterator[str]) -> Iterator[str]:
    for letter in letters:
        yield next(letters, "") if letter == ESCAPE else letter


def _escaped(text: str) -> str:
    return "".join(ESCAPE + letter if letter in SEPARATORS else letter for letter in text)


def added(groups: Groups, clause: Clause) -> Groups:
    """With one more that must hold."""
    return (*groups, (clause,))


def replaced(groups: Groups, at: tuple[int, int], clause: Clause | None) -> Groups:
    """With another clause in the place of one; None takes it away, and its group with it when it was the last."""
    group, place = at
    new = (*groups[group][:place], *((clause,) if clause else ()), *groups[group][place + 1 :])
    return (*groups[:group], *((new,) if new else ()), *groups[group + 1 :])


def joined(groups: Groups, group: int) -> Groups:
    """With any of a group and the one before it, instead of both."""
    return (*groups[: group - 1], groups[group - 1] + groups[group], *groups[group + 1 :])


def parted(groups: Groups, at: tuple[int, int]) -> Groups:
    """With two groups instead of one, the second from that clause on."""
    group, place = at
    return (*groups[:group], groups[group][:place], groups[group][place:], *groups[group + 1 :])


def is_asked(parameters: Mapping[str, str]) -> bool:
    """Whether an address comes from the form."""
    return OPERATOR in parameters


def settled(parameters: Mapping[str, str]) -> dict[str, str]:
    """What the form sent as a list's address says it. A clause in the place of one that is not there is added; one that was
    left without a value asks for nothing, and is taken away.
    """
    kept = {name: value for name, value in parameters.items() if name not in PARTS}
    clause: Clause | None = _sent(parameters)
    try:
        groups = read(kept.get(WHERE, ""))
    except TooLong:
        # Stays as it is, which the list refuses.
        return kept
    if clause and not clause.values and clause.operator not in (EMPTY, FILLED):
        clause = None
    first, _dot, second = parameters.get(AT, "").partition(".")
    at = (int(first), int(second)) if first.isdecimal() and second.isdecimal() else None
    if at is not None and len(first) < 3 and len(second) < 3 and at[0] < len(groups) and at[1] < len(groups[at[0]]):
        return kept | {WHERE: write(replaced(groups, at, clause))}
    return kept | {WHERE: write(added(groups, clause) if clause else groups)}


def _sent(parameters: Mapping[str, str]) -> Clause:
    operator = parameters.get(OPERATOR, "")
    many = parameters.getlist(VALUE) if isinstance(parameters, MultiValueDict) else [parameters.get(VALUE, "")]
    if operator in (EMPTY, FILLED):
        values = []
    elif operator in (NEXT, LAST):
        values = [parameters.get(DAYS, "")]
    elif operator == BETWEEN:
        values = [*many[:1], parameters.get(TO, "")]
    else:
        values = many
    texts = [text for value in values if (text := value.replace("\x00", "").strip())]
    # Ticked twice is ticked once; from 5 to 5 is a span.
    return Clause(parameters.get(FIELD, ""), operator, tuple(texts if operator == BETWEEN else dict.fromkeys(texts)))
