"""A workspace's figures over natural keys: what two ways of closing must agree in. No ids, no clock."""

from metrics.models import AccountDay, LineSpan, PeriodFigures, TermEnd
from metrics.periods import NAMES
from workspaces.scope import workspace_scope


def digest(workspace) -> dict[str, list]:
    with workspace_scope(workspace):
        days = AccountDay.objects.filter(workspace=workspace).values_list(
            "account__external_id",
            "day",
            "until",
            "balance",
            "other_balances",
            "is_paying",
            "customer_since",
            "kind",
            "amount",
        )
        terms = TermEnd.objects.filter(workspace=workspace).values_list(
            "contract__external_id",
            "number",
            "account__external_id",
            "day",
            "grace_ends_on",
            "outcome",
            "repeats_after",
            "value",
            "value_renewed",
        )
        spans = LineSpan.objects.filter(workspace=workspace).values_list(
            "contract__external_id", "account__external_id", "currency", "first_day", "last_day", "mrr"
        )
        periods = PeriodFigures.objects.filter(workspace=workspace).values_list("interval", "starts_on", *NAMES)
        return {
            "days": sorted(days, key=repr),
            "terms": sorted(terms, key=repr),
            "spans": sorted(spans, key=repr),
            "periods": sorted(periods, key=repr),
        }
