"""Conditions as people read them: which field, and the values of which an account has any."""

from collections.abc import Mapping, Sequence
from typing import Any

from accounts.dimension_values import dimensions, labels
from accounts.dimensions import SIZE
from accounts.size_bands import BY_KEY

# One condition: {"label": the field, "values": what people call its values}.
Said = dict[str, Any]


def in_words(workspace, many: Sequence[Mapping[str, Sequence[str]]]) -> list[list[Said]]:
    """For each of several {dimension: values} its conditions in words; a field that was archived is named by its key."""
    known = {dimension.key: dimension for dimension in dimensions(workspace)}
    wanted: dict[str, set[str]] = {}
    for conditions in many:
        for key, values in conditions.items():
            wanted.setdefault(key, set()).update(values)
    called = {key: labels(workspace, known[key], values) for key, values in wanted.items() if key in known}
    return [
        [
            {
                "label": known[key].label if key in known else key,
                "values": [called.get(key, {}).get(value, value) for value in _in_order(key, values)],
            }
            for key, values in conditions.items()
        ]
        for conditions in many
    ]


def _in_order(key: str, values: Sequence[str]) -> list[str]:
    """Bands from small to large, everything else as it stands."""
    return sorted(values, key=list(BY_KEY).index) if key == SIZE and set(values) <= set(BY_KEY) else list(values)
