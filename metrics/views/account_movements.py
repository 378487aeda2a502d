"""What moved an account's MRR: a section that the account's page asks for by address."""

from typing import Any

from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from accounts.queries import standing_accounts
from metrics import queries
from metrics.ledger import Entry
from metrics.ledger_queries import ledger_of
from metrics.models import MovementKind
from workspaces import formats
from workspaces.list_files import Column, ListFile, page_file, page_links

# What grows the balance, what shrinks it, and what it is in the ledger's own words.
TONES = {"new": "good", "expansion": "good", "reactivation": "good", "contraction": "watch", "churn": "risk"}

FILE = ListFile(
    gettext_lazy("Movements"),
    (
        Column(gettext_lazy("Day"), lambda one: one[0].day),
        Column(gettext_lazy("Kind"), lambda one: _labels().get(one[0].kind or "", _("No movement"))),
        Column(gettext_lazy("Amount"), lambda one: one[0].amount),
        Column(gettext_lazy("MRR after it"), lambda one: one[0].mrr),
        Column(gettext_lazy("Contract"), lambda one: one[1] and one[1].span.contract),
        Column(gettext_lazy("Product"), lambda one: one[1] and one[1].span.product),
        Column(gettext_lazy("Currency"), lambda one: one[1] and one[1].span.currency),
        Column(gettext_lazy("Change in its currency"), lambda one: one[1] and one[1].change),
    ),
    # A line for each contract line that moved something; the movement stands on each of them.
    unfold=lambda entry: [(entry, cause) for cause in entry.lines] or [(entry, None)],
)


@require_GET
def account_movements(request, slug, pk):
    """Newest first, each with the balance after it. Alone it is a page, for htmx a section."""
    account = get_object_or_404(standing_accounts(request.workspace), pk=pk)
    file = page_file(request, FILE, lambda: reversed(ledger_of(account, request.workspace)))
    if file is not None:
        return file
    closed = queries.closed_through(request.workspace)
    context = {
        "account": account,
        "movements": _movements(ledger_of(account, request.workspace), request.workspace),
        "files": page_links(request),
        "closed": closed,
        "stale": queries.stale_from(request.workspace),
    }
    template = "metrics/account_movements.html#section" if request.htmx else "metrics/account_movements.html"
    return render(request, template, context)


def _movements(ledger: list[Entry], workspace) -> list[dict]:
    """Entries of the ledger as the table shows them, each with what caused it; those that only rounding left to book have
    no kind.
    """
    base = workspace.base_currency
    labels = _labels()
    return [
        {
            "day": entry.day,
            "label": labels.get(entry.kind or "", _("No movement")),
            "tone": TONES.get(entry.kind or "", ""),
            "amount": entry.amount or None,
            "balance": _balance(entry, base),
            "lines": [
                {
                    "href": reverse("accounts:contract_page", args=[workspace.slug, cause.span.contract_id]),
                    "contract": cause.span.contract or _("Contract"),
                    "product": cause.span.product,
                    "change": formats.money(cause.change, cause.span.currency, plus=True),
                    "rate": formats.exact(cause.rate) if cause.span.currency != base else "",
                    "amount": formats.money(cause.amount, base, plus=True) if cause.span.currency != base else "",
                }
                for cause in entry.lines
            ],
            "rates": [
                {
                    "balance": formats.money(one.balance, one.currency),
                    "before": formats.exact(one.before),
                    "after": formats.exact(one.after),
                }
                for one in entry.rates
            ],
        }
        for entry in reversed(ledger)
    ]


def _labels() -> dict[str, Any]:
    return dict(MovementKind.choices) | {"fx": _("Exchange rates")}


def _balance(entry: Entry, base: str) -> str:
    """The balance after the entry; in several currencies side by side: ¥6,800 + $1,200."""
    own = entry.balances.get(base)
    parts = [formats.money(own, base)] if own or (len(entry.balances) < 2 and own is not None) else []
    others = sorted((currency, amount) for currency, amount in entry.balances.items() if currency != base and amount)
    return " + ".join([*parts, *(formats.money(amount, currency) for currency, amount in others)]) or formats.money(
        0, base
    )
