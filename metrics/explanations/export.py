"""The rows of an explanation as rows of a file."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from metrics.explanations.rows import Row
from metrics.explanations.workings import Input
from metrics.models import MovementKind, Outcome

# By what the rows are: the heads of the columns, and the names that stand under them.
COLUMNS: Mapping[str, Sequence[tuple[Any, str]]] = {
    "balances": [(_("Account id"), "account"), (_("Account"), "account_name"), (_("MRR"), "mrr")],
    "lost": [(_("Account id"), "account"), (_("Account"), "account_name"), (_("MRR at the start"), "mrr")],
    "movements": [
        (_("Account id"), "account"), (_("Account"), "account_name"), (_("Date"), "date"), (_("Kind"), "kind"),
        (_("Amount"), "amount"),
    ],
    "retained": [
        (_("Account id"), "account"), (_("Account"), "account_name"), (_("Then"), "then"), (_("Now"), "now"),
        (_("The lesser"), "lesser"),
    ],
    "committed": [
        (_("Account id"), "account"), (_("Account"), "account_name"), (_("Date"), "date"), (_("MRR"), "mrr"),
    ],
    "terms": [
        (_("Account id"), "account"), (_("Account"), "account_name"), (_("Contract"), "contract"),
        (_("Term end"), "date"), (_("Outcome"), "outcome"), (_("MRR"), "mrr"), (_("Renewed MRR"), "mrr_renewed"),
    ],
    "spend": [(_("Date"), "date"), (_("Channel"), "channel"), (_("Campaign"), "campaign"), (_("Amount"), "value")],
    "months": [
        (_("Month"), "period"), (_("Churned customers"), "churned"), (_("Customers at the start"), "start"),
    ],
    "fx": [
        (_("Account id"), "account"), (_("Account"), "account_name"), (_("MRR at the start"), "mrr_start"),
        (_("Movements"), "moved"), (_("MRR at the end"), "mrr_end"), (_("Exchange rates"), "value"),
    ],
    "cohort": [
        (_("Account id"), "account"), (_("Account"), "account_name"), (_("Customer since"), "since"),
        (_("MRR at first"), "first"), (_("MRR now"), "now"),
    ],
}  # fmt: skip
HEADS = {rows: [head for head, _name in columns] for rows, columns in COLUMNS.items()}
WORDS = {"kind": dict(MovementKind.choices) | {"entering": _("Entering"), "leaving": _("Leaving")},
         "outcome": dict(Outcome.choices)}  # fmt: skip


def cells_of(one: Input, row: Row) -> list[Any]:
    """A row under the heads of its kind."""
    return [WORDS[name][row[name]] if name in WORDS else row[name] for _head, name in COLUMNS[one.rows]]
