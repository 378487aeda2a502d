"""Reads an account's ledger from what the closing wrote."""

from decimal import Decimal

from accounts.models import Contract, FxRate, Product
from metrics.ledger import Entry, Rates, Span, entries
from metrics.models import AccountDay, LineSpan
from metrics.queries import closed_through


def ledger_of(account, workspace) -> list[Entry]:
    """Every change of the account's MRR through the last closed day, oldest first; five queries."""
    closed = closed_through(workspace)
    if closed is None:
        return []
    days = []
    rows = AccountDay.objects.filter(workspace=workspace, account=account, day__lte=closed).order_by("day")
    for row in rows:
        balances = {currency: Decimal(amount) for currency, amount in (row.other_balances or {}).items()}
        if row.balance or not balances:
            balances[workspace.base_currency] = row.balance
        days.append((row.day, balances, row.kind, row.amount))
    known = list(LineSpan.objects.filter(workspace=workspace, account=account, first_day__lte=closed))
    contracts = Contract.objects.filter(workspace=workspace, pk__in={span.contract_id for span in known})
    called = contracts.values_list("pk", "number", "external_id")
    numbers = {pk: number or external_id or "" for pk, number, external_id in called}
    products = Product.objects.filter(workspace=workspace, pk__in={span.product_id for span in known})
    names = dict(products.values_list("pk", "name"))
    spans = [
        Span(
            span.contract_id,
            numbers.get(span.contract_id, ""),
            names.get(span.product_id, "") if span.product_id else "",
            span.currency,
            span.first_day,
            span.last_day,
            span.mrr,
        )
        for span in known
    ]
    foreign = {span.currency for span in known} - {workspace.base_currency}
    rates = FxRate.objects.filter(workspace=workspace, currency__in=foreign, date__lte=closed).standing()
    return entries(
        days,
        spans,
        Rates(workspace.base_currency, list(rates.values_list("currency", "date", "rate"))),
        through=closed,
    )
