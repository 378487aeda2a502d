"""The figures of a workspace as values that two ledgers are compared by: natural keys, no ids, no clocks.

The same facts give the same digest, whenever, in whatever order and on whatever server they were closed.
"""

import hashlib
import json
from collections.abc import Iterable

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model

from accounts.models import Account
from metrics.models import AccountDay, Closing, LineSpan, PeriodFigures, TermEnd

ACCOUNT = "account__external_id"
CONTRACT = "contract__external_id"
LEDGER: dict[type[Model], list[str]] = {
    AccountDay: [
        ACCOUNT, "day", "until", "balance", "other_balances", "is_paying", "customer_since", "kind", "amount",
    ],
    Closing: ["day"],
    LineSpan: [ACCOUNT, CONTRACT, "currency", "first_day", "last_day", "leaves_on", "known_from", "end_known_from", "mrr"],
    # Without `rates`, which also names currencies that nobody had a balance in: they are no figure.
    PeriodFigures: [
        field.name for field in PeriodFigures._meta.concrete_fields if field.name not in ("pk", "workspace", "rates")
    ],
    TermEnd: [
        ACCOUNT, CONTRACT, "number", "day", "grace_ends_on", "outcome", "repeats_after", "currency", "amount",
        "succeeded_on", "successor_signed_on", "value", "value_renewed",
    ],
    # what closings publish onto accounts
    Account: ["external_id", "mrr_cents", "customer_since", "churned_on", "renewal_on"],
}  # fmt: skip
ROWS_AT_A_TIME = 5000


def ledger_rows(workspace, model: type[Model]) -> Iterable[tuple]:
    """The rows of one of the LEDGER's tables in the workspace in scope, in no order, read as they are asked for."""
    rows = model._default_manager.filter(workspace=workspace).values_list(*LEDGER[model])
    return rows.iterator(chunk_size=ROWS_AT_A_TIME)


def ledger_digest(workspace) -> dict[str, str]:
    """Table → number of its rows and a sum over them, in the workspace in scope.

    The sum is that of the rows' SHA-256: it knows no order, because databases sort texts differently.
    """
    return {model.__name__: _sum_of(ledger_rows(workspace, model)) for model in LEDGER}


def canonical_digest(digest: dict[str, str]) -> str:
    """One value for a whole ledger, 64 hexadecimal digits."""
    return hashlib.sha256(json.dumps(digest, sort_keys=True).encode()).hexdigest()


def _sum_of(rows: Iterable[tuple]) -> str:
    count = total = 0
    for row in rows:
        text = json.dumps(row, cls=DjangoJSONEncoder, sort_keys=True, ensure_ascii=False)
        total += int.from_bytes(hashlib.sha256(text.encode()).digest())
        count += 1
    return f"{count} rows {total % 2**256:064x}"
