"""What moved an account's MRR: a section that the account's page asks for by address."""

from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.queries import standing_accounts
from metrics import queries
from metrics.models import MovementKind
from workspaces import formats

# What grows the balance, what shrinks it, and what it is in the ledger's own words.
TONES = {"new": "good", "expansion": "good", "reactivation": "good", "contraction": "watch", "churn": "risk"}


@require_GET
def account_movements(request, slug, pk):
    """Newest first, each with the balance after it. Alone it is a page, for htmx a section."""
    account = get_object_or_404(standing_accounts(request.workspace), pk=pk)
    closed = queries.closed_through(request.workspace)
    ledger = [row for row in queries.account_ledger(account) if closed and row["day"] <= closed]
    context = {
        "account": account,
        "movements": _movements(ledger, request.workspace.base_currency),
        "closed": closed,
        "stale": queries.stale_from(request.workspace),
    }
    template = "metrics/account_movements.html#section" if request.htmx else "metrics/account_movements.html"
    return render(request, template, context)


def _movements(ledger: list[dict], base: str) -> list[dict]:
    """Rows of the ledger as the table shows them; days on which only rates or rounding moved it have no kind."""
    labels = dict(MovementKind.choices)
    return [
        {
            "day": row["day"],
            "label": labels.get(row["kind"], _("No movement")),
            "tone": TONES.get(row["kind"], ""),
            "amount": row["amount"],
            "balance": _balance(row, base),
        }
        for row in reversed(ledger)
    ]


def _balance(row: dict, base: str) -> str:
    """The balance after the day; in several currencies side by side: ¥6,800 + $1,200."""
    parts = [formats.money(row["balance"], base)] if row["balance"] or not row["other_balances"] else []
    parts += [formats.money(amount, currency) for currency, amount in sorted(row["other_balances"].items()) if amount]
    return " + ".join(parts) or formats.money(0, base)
