"""What a batch write answers, row by row; the same words for the API, imports, pages and commands."""

from dataclasses import dataclass, field
from typing import ClassVar
from uuid import UUID

Errors = dict[str, list[str]]


@dataclass
class RowResult:
    """What became of one row. status: ``created``, ``updated``, ``unchanged`` or ``error``.

    errors: field path (``lines.0.quantity``) → messages in the reader's language; ``row`` for the row as a whole.
    is_conflict: the row was refused only because what it wanted to create exists.
    """

    index: int
    external_id: str | None = None
    status: str = "error"
    errors: Errors = field(default_factory=dict)
    id: UUID | None = None
    is_conflict: bool = False


@dataclass
class TakenBack:
    """What became of one change that was to be taken back. status: one of ``STATUSES``.

    ``voided``: what it made is voided. ``restored``: what it changed is again what it was. ``nothing``: it is so already.
    ``kept``: it stays, for `reason`.
    """

    VOIDED: ClassVar = "voided"
    RESTORED: ClassVar = "restored"
    NOTHING: ClassVar = "nothing"
    KEPT: ClassVar = "kept"
    STATUSES: ClassVar = (VOIDED, RESTORED, NOTHING, KEPT)

    status: str
    reason: str = ""


class InvalidRow(Exception):
    """A single write was refused; `errors` as in RowResult."""

    def __init__(self, errors: Errors):
        super().__init__(errors)
        self.errors = errors


class Conflict(InvalidRow):
    """What should be created exists already."""


def one(results: list[RowResult]) -> RowResult:
    """The result of a batch of one; raises InvalidRow, or Conflict, when the row was refused."""
    (result,) = results
    if result.status == "error":
        raise (Conflict if result.is_conflict else InvalidRow)(result.errors)
    return result
