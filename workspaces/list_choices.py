"""What the filters of a list show: chips, their menus, and the addresses that these lead to."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode


@dataclass(frozen=True)
class ShownChoice:
    """An entry of a chip's menu, named as the menu component wants it."""

    value: str
    label: Any
    href: str
    current: bool


@dataclass(frozen=True)
class ShownFilter:
    """A chip: its menu, and when set, what it says and the address without it. find_url: where further choices are found."""

    key: str
    label: Any
    icon: str
    choices: list[ShownChoice]
    value: str
    value_label: Any
    clear_url: str
    find_url: str = ""


def found_choices(
    choices: Iterable[tuple[str, Any]], key: str, params: Mapping[str, str], path: str
) -> list[ShownChoice]:
    """What the page that a filter's `find` names answers with: links to the list at `path` as `params` describe it."""
    state = {name: value for name, value in params.items() if name not in ("find", "cursor", key)}
    return [ShownChoice(value, label, address(path, state | {key: value}), False) for value, label in choices]


def address(path: str, params: Mapping[str, str]) -> str:
    filled = {key: value for key, value in params.items() if value}
    return f"{path}?{urlencode(filled, safe=',')}" if filled else path
