"""The figures of a workspace as one value that two workspaces can be compared by: natural keys, no ids, no clocks."""

import hashlib
import json

from django.core.serializers.json import DjangoJSONEncoder

from accounts.models import Account
from metrics.models import AccountDay, Closing, LineSpan, Movement, PeriodFigures, TermEnd

ACCOUNT = "account__external_id"
CONTRACT = "contract__external_id"
TABLES = {
    AccountDay: [ACCOUNT, "day", "until", "balance", "other_balances", "is_paying", "customer_since"],
    Closing: ["day"],
    LineSpan: [ACCOUNT, CONTRACT, "currency", "first_day", "last_day", "mrr"],
    Movement: [ACCOUNT, "day", "kind", "amount"],
    PeriodFigures: [
        field.name for field in PeriodFigures._meta.concrete_fields if field.name not in ("pk", "workspace")
    ],
    TermEnd: [CONTRACT, "number", "day", "grace_ends_on", "outcome", "repeats_after", "value", "value_renewed"],
}
PUBLISHED = ["external_id", "mrr_cents", "customer_since", "churned_on", "renewal_on"]


def digest(workspace) -> dict[str, str]:
    """Table → SHA-256 of its rows, in the workspace in scope."""
    answer = {}
    for model, fields in TABLES.items():
        answer[model.__name__] = _hash(model._default_manager.filter(workspace=workspace).values_list(*fields))
    answer["Account"] = _hash(Account.objects.filter(workspace=workspace).values_list(*PUBLISHED))
    return answer


def _hash(rows) -> str:
    lines = sorted(json.dumps(row, cls=DjangoJSONEncoder, sort_keys=True) for row in rows)
    return f"{len(lines)} rows {hashlib.sha256(chr(10).join(lines).encode()).hexdigest()}"
