"""Exports of other products, recognised by their headings. One table per product stands in `sources/`.

An export: key, product, kind; signs: lists of headings of which one must be there in full; columns: heading → field, ""
for a column that is left out, the first of several headings of a field wins; joined: field → headings whose cells are
joined; constants: field → text for all rows; deals: its rows are offers, not yet contracts.
"""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from jobs.imports.kinds import ImportKind
from jobs.imports.layout import normalised
from jobs.imports.mapping import Mapping, Profile, column_for, match_columns

FOLDER = Path(__file__).with_name("sources")


@dataclass(frozen=True)
class Preset:
    key: str
    product: str
    kind: str
    signs: list[list[str]]
    columns: dict[str, str]
    joined: dict[str, list[str]] = field(default_factory=dict)
    constants: dict[str, str] = field(default_factory=dict)
    deals: bool = False

    @property
    def headings(self) -> set[str]:
        """All headings that it knows, normalised."""
        named = [*self.columns, *(name for names in self.joined.values() for name in names)]
        return {normalised(name) for name in [*named, *(name for names in self.signs for name in names)]}


@cache
def presets() -> tuple[Preset, ...]:
    return tuple(
        Preset(**export)
        for path in sorted(FOLDER.glob("*.toml"))
        for export in tomllib.loads(path.read_text(encoding="utf-8"))["export"]
    )


def known_headers(kind: ImportKind) -> frozenset[str]:
    """Normalised headers that tell the header row of a file: the kind's own, and those of exports of that kind."""
    return kind.known_headers.union(*(preset.headings for preset in presets() if preset.kind == kind.key))


def recognise(columns: Sequence[Profile]) -> Preset | None:
    """The export that the headers are of: most headings of a full set of signs, then most headings known."""
    headers = {normalised(column.header) for column in columns}
    found = []
    for preset in presets():
        full = [len(signs) for signs in preset.signs if {normalised(sign) for sign in signs} <= headers]
        if full:
            found.append((max(full), len(preset.headings & headers), preset))
    return max(found, key=lambda each: each[:2])[2] if found else None


def propose(kind: ImportKind, columns: list[Profile], *, with_preset: bool = True) -> Mapping:
    """The mapping to start from: that of a recognised export of this kind; columns that it does not know, and all of
    other files, by their names.
    """
    by_name = match_columns(kind, columns)
    preset = recognise(columns) if with_preset else None
    if preset is None or preset.kind != kind.key:
        return by_name
    at = {normalised(column.header): index for index, column in reversed(list(enumerate(columns)))}
    mapping = Mapping(preset=preset.key)
    known: set[int] = set()
    taken: set[str] = set()
    for key, headings in preset.joined.items():
        if parts := [at[normalised(name)] for name in headings if normalised(name) in at]:
            mapping.columns[parts[0]] = column_for(kind.by_key[key], columns[parts[0]])
            mapping.columns[parts[0]].joined = parts[1:]
            known.update(parts)
            taken.add(key)
    for heading, key in preset.columns.items():
        index = at.get(normalised(heading))
        if index is None or index in known:
            continue
        known.add(index)
        if key and key not in taken:
            mapping.columns[index] = column_for(kind.by_key[key], columns[index])
            taken.add(key)
    for index, column in by_name.columns.items():
        if index not in known and column.field not in taken:
            mapping.columns[index] = column
            taken.add(column.field)
    constants = {**by_name.constants, **preset.constants}
    mapping.constants = {key: text for key, text in constants.items() if key not in taken}
    mapping.columns = dict(sorted(mapping.columns.items()))
    return mapping
