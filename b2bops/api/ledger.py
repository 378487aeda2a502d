"""``GET /accounts/{id}/ledger/``: every change of an account's MRR, with the lines and rates that caused it."""

from django.shortcuts import get_object_or_404

from accounts.models import Account
from b2bops.api import columns as c
from b2bops.api.answers import json_answer
from b2bops.api.endpoint import Endpoint
from b2bops.api.openapi import json_of, operation
from metrics.ledger_queries import ledger_of
from metrics.queries import closed_through


class Ledger(Endpoint):
    def operations(self):
        line = {
            "type": "object",
            "properties": {
                "contract_id": c.UUID,
                "contract": {"type": "string"},
                "product": {"type": "string"},
                "currency": {"type": "string"},
                "change": c.MONEY,
                "rate": {"type": "string"},
                "amount": c.MONEY,
            },
        }
        rate = {
            "type": "object",
            "properties": {
                "currency": {"type": "string"},
                "balance": c.MONEY,
                "before": {"type": "string"},
                "after": {"type": "string"},
            },
        }
        entry = {
            "type": "object",
            "required": ["date", "kind", "amount", "mrr", "balances", "lines", "rates"],
            "properties": {
                "date": c.DATE,
                "kind": {"type": ["string", "null"], "description": "Of a movement, or `fx`: what rates moved."},
                "amount": c.MONEY,
                "mrr": c.MONEY,
                "balances": {"type": "object", "additionalProperties": c.MONEY},
                "lines": {"type": "array", "items": line},
                "rates": {"type": "array", "items": rate},
            },
        }
        schema = {
            "type": "object",
            "required": ["account_id", "account", "currency", "closed_through", "results"],
            "properties": {
                "account_id": c.UUID,
                "account": {"type": ["string", "null"]},
                "currency": {"type": "string"},
                "closed_through": c.or_null(c.DATE),
                "results": {"type": "array", "items": entry},
            },
        }
        return {
            "GET": operation(
                "account_ledger",
                "Every change of an account's MRR, with the lines and rates that caused it; amounts add up to its MRR",
                tag="accounts",
                parameters=[{"in": "path", "name": "id", "required": True, "schema": c.UUID}],
                answers={200: json_of(schema, "The entries, oldest first")},
            )
        }

    def get(self, request, id, **kwargs):
        self.refuse_unknown_parameters(request, ())
        workspace = request.workspace
        account = get_object_or_404(Account.objects.filter(workspace=workspace).standing(), pk=id)
        return json_answer(
            {
                "account_id": account.pk,
                "account": account.external_id,
                "currency": workspace.base_currency,
                "closed_through": closed_through(workspace),
                "results": [
                    {
                        "date": entry.day,
                        "kind": entry.kind,
                        "amount": entry.amount,
                        "mrr": entry.mrr,
                        "balances": entry.balances,
                        "lines": [
                            {
                                "contract_id": cause.span.contract_id,
                                "contract": cause.span.contract,
                                "product": cause.span.product,
                                "currency": cause.span.currency,
                                "change": cause.change,
                                "rate": cause.rate,
                                "amount": cause.amount,
                            }
                            for cause in entry.lines
                        ],
                        "rates": [
                            {"currency": one.currency, "balance": one.balance, "before": one.before, "after": one.after}
                            for one in entry.rates
                        ],
                    }
                    for entry in ledger_of(account, workspace)
                ],
            }
        )
