"""Two accounts side by side: what each says of every field, and which of it is to stand afterwards."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from accounts.actions.merging import BOTH, FIELDS, LOSER, PARENT
from accounts.dimension_values import Dimension, dimensions, labels
from accounts.dimensions import CUSTOM_PARAMETER
from accounts.families import names_of
from accounts.merge_sides import JOINABLE, likely_side, sides_of
from accounts.models import Account
from accounts.timeline import label_of
from workspaces.queries import name_behind


@dataclass
class FieldChoice:
    """One field of both. options: [(side, value in words)], one where they agree. chosen: the side that is ticked.
    follows: the value is not chosen but follows from what is merged.
    """

    name: str
    label: str
    options: list[tuple[str, str]]
    chosen: str
    errors: list[str]
    follows: bool = False

    @property
    def is_open(self) -> bool:
        return len(self.options) > 1


def field_choices(
    winner: Account, loser: Account, given: Mapping[str, str], errors: Mapping[str, list[str]]
) -> list[FieldChoice]:
    """The fields that either account has a value of. given: what was chosen so far, by name."""
    own = own_dimensions(winner.workspace)
    sides = list(sides_of(winner, loser))
    parents = names_of(
        winner.workspace, {pk for name, values in sides if name == PARENT for pk in values.values() if pk}
    )
    found = []
    for name, values in sides:
        if name == PARENT:
            options = [(side, parents.get(value, "") if value else "") for side, value in values.items()]
        else:
            options = [(side, in_words(name, value, winner.workspace, own)) for side, value in values.items()]
        label = own[name].label if name in own else label_of(Account, name)
        chosen = given.get(name) if given.get(name) in values else likely_side(values)
        # Where one of the two stands under the other there is one place only.
        follows = name == PARENT and len(options) == 1 and winner.parent_id != loser.parent_id
        found.append(FieldChoice(name, str(label), options, str(chosen), _errors_of(name, errors), follows))
    return found


def chosen_sides(post: Mapping[str, str]) -> dict[str, str]:
    """{field: side} as the page's form sends it, without what stays the winner's."""
    sides = {name.removeprefix("take-"): side for name, side in post.items() if name.startswith("take-")}
    return {
        name: side
        for name, side in sides.items()
        if (name in FIELDS or name.startswith(CUSTOM_PARAMETER))
        and (side == LOSER or (side == BOTH and name in JOINABLE))
    }


def own_dimensions(workspace) -> dict[str, Dimension]:
    """The workspace's own fields, by the names that merges have for them."""
    return {one.parameter: one for one in dimensions(workspace) if one.field is not None}


def in_words(name: str, value: Any, workspace, own: Mapping[str, Dimension]) -> str:
    if not value:
        return ""
    if name == "owner":
        return name_behind(str(value))
    if name in own:
        return str(labels(workspace, own[name], [value])[value])
    return ", ".join(value) if isinstance(value, list) else str(value)


def _errors_of(name: str, errors: Mapping[str, list[str]]) -> list[str]:
    return [text for path, texts in errors.items() if path == name or path.startswith(f"{name}.") for text in texts]


def other_errors(choices: list[FieldChoice], errors: Mapping[str, list[str]]) -> list[str]:
    """What was refused beside the fields on show."""
    shown = {choice.name for choice in choices}
    return [
        text if path == "row" else f"{label_of(Account, path)}: {text}"
        for path, texts in errors.items()
        if path not in shown and path.partition(".")[0] not in shown
        for text in texts
    ] or ([_("Some fields are not right.")] if errors else [])
