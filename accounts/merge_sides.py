"""What two accounts say of each field, between which a merge chooses."""

from collections.abc import Iterator
from typing import Any

from accounts.actions.families import parents_to_choose
from accounts.actions.merging import BOTH, FIELDS, LISTS, LOSER, PARENT, WINNER, joined, row_of
from accounts.dimension_values import dimensions
from accounts.models import Account

JOINABLE = (*LISTS, "note")


def sides_of(winner: Account, loser: Account) -> Iterator[tuple[str, dict[str, Any]]]:
    """(field, {side: value}) of the fields that either has a value of; the winner's alone where they agree. Of the parent
    the account's id.
    """
    mine, theirs = row_of(winner), row_of(loser)
    mine[PARENT], theirs[PARENT] = parents_to_choose(winner.workspace, winner, loser)
    own = [one.parameter for one in dimensions(winner.workspace) if one.field is not None]
    for name in (*FIELDS, *own):
        values = {WINNER: mine.get(name), LOSER: theirs.get(name)}
        if not any(values.values()):
            continue
        if name in JOINABLE and all(values.values()):
            values[BOTH] = joined(name, *values.values())
        if values[WINNER] == values[LOSER]:
            del values[LOSER]
            values.pop(BOTH, None)
        yield name, values


def likely_side(values: dict[str, Any]) -> str:
    """Both where both can stand, else what the winner says, else the only value there is."""
    if BOTH in values:
        return BOTH
    return WINNER if values[WINNER] else LOSER
