"""Telling members what a batch gave into their hands."""

from collections.abc import Callable, Iterable
from typing import Any

from accounts.actions.upsert import Batch, Item
from workspaces.actions.notifications import notify


def tell_members(
    batch: Batch, written: Iterable[Item], *, kind: str, column: str, noun: str, label_of: Callable[[Item], str]
) -> None:
    """Tell each member whose id came into `column`; of several rows at once. The demo, and what is taken back, is silent."""
    if batch.is_demo or batch.undone_on is not None:
        return
    given: dict[Any, list[Item]] = {}
    for item in written:
        if item.after.get(column) is not None:
            given.setdefault(item.after[column], []).append(item)
    for member, items in given.items():
        one = items[0] if len(items) == 1 else None
        notify(
            workspace=batch.workspace,
            kind=kind,
            members=[member],
            by=batch.by,
            subject_type=noun,
            subject_id=one.pk if one else "",
            label=label_of(one) if one else "",
            details={"count": len(items)},
        )
