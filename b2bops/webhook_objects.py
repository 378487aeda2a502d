"""What webhooks are told about things: the things as the API shows them, whatever became of them."""

from collections.abc import Iterable
from uuid import UUID

from b2bops.api.accounts import ACCOUNTS
from b2bops.api.answers import to_json
from b2bops.api.closings import SOURCES, closing_object
from b2bops.api.collection import Collection
from b2bops.api.contracts import CONTRACTS
from jobs.models import Run
from metrics.queries import closed_through


def accounts(workspace, ids: Iterable[UUID]) -> dict[UUID, str]:
    return _facts(workspace, ids, ACCOUNTS)


def contracts(workspace, ids: Iterable[UUID]) -> dict[UUID, str]:
    return _facts(workspace, ids, CONTRACTS)


def _facts(workspace, ids: Iterable[UUID], collection: Collection) -> dict[UUID, str]:
    """Facts as the API shows them; voided ones too, which the API does not show any more, with the reason."""
    rows = list(collection.all_rows(workspace).filter(pk__any_of=ids).values_list(*collection.sources, "void_reason"))
    objects = collection.objects(workspace, [row[:-1] for row in rows])
    for made, row in zip(objects, rows, strict=True):
        if row[-1]:
            made["void_reason"] = row[-1]
    return {made["id"]: to_json(made).decode() for made in objects}


def closings(workspace, ids: Iterable[UUID]) -> dict[UUID, str]:
    """Closings as the API shows them, with what they did: `days_closed`, `restated_from` where a figure of a day closed
    before is another one now, and `movements` of all those days by kind.
    """
    closed = closed_through(workspace)
    rows = Run.objects.filter(workspace=workspace, pk__in=ids).values_list(*SOURCES, "result")
    return {
        row[0]: to_json(
            closing_object(row[:-1], closed)
            | {name: (row[-1] or {}).get(name) for name in ("days_closed", "restated_from", "movements")}
        ).decode()
        for row in rows
    }
