"""The first page of explanations of 100,000 accounts, beside bare views of the same rows.

Ours is the whole answer of `GET /api/v1/metrics/{key}/explain/`: the figure, its formula with the numbers in it, every
input with its value and count, the settings in force, and the first rows. A bare view behind the same key gives the same
rows with their account's name as JSON, from one plain statement. Requests take turns; medians are compared.
"""

import datetime as dt
import json
from collections.abc import Iterator

from django.conf import settings
from django.db import connection
from django.http import JsonResponse
from django.test import Client
from django.urls import include, path

from bench.api import alternate
from bench.result import Result
from bench.slices import ACCOUNTS, UNTIL, sliced_book
from workspaces.actions.api_keys import create_api_key
from workspaces.actor import system_actor
from workspaces.scope import workspace_scope

ROUNDS = 60
PAGE = 50
DAYS = {"first": dt.date(2025, 3, 1), "day": dt.date(2025, 3, 31), "then": dt.date(2024, 3, 31)}
ACCOUNT = "join accounts_account a on a.workspace_id = d.workspace_id and a.id = d.account_id"
ON_DAY = "d.workspace_id = %(workspace)s and d.day <= %(day)s and (d.until is null or d.until > %(day)s)"
BALANCES = f"""
select d.account_id, a.external_id, a.name, d.balance, d.other_balances
from metrics_accountday d {ACCOUNT}
where {ON_DAY} and d.is_paying and (%(industry)s = '' or a.industry = %(industry)s)
order by d.account_id limit 51
"""
MOVED = f"""
select d.account_id, a.external_id, a.name, d.day, d.kind, d.amount
from metrics_accountday d {ACCOUNT}
where d.workspace_id = %(workspace)s and d.kind = 'churn' and d.day between %(first)s and %(day)s
order by d.day, d.account_id limit 51
"""
LOST = f"""
select d.account_id, a.external_id, a.name, d.day, d.balance, d.other_balances
from metrics_accountday d {ACCOUNT}
where d.workspace_id = %(workspace)s and d.is_paying and d.day < %(first)s and d.until >= %(first)s and not exists (
  select from metrics_accountday n where n.workspace_id = d.workspace_id and n.account_id = d.account_id
    and n.day <= %(day)s and (n.until is null or n.until > %(day)s) and n.is_paying
)
order by d.account_id limit 51
"""
THEN_AND_NOW = f"""
select d.account_id, a.external_id, a.name, d.balance, n.balance
from metrics_accountday d {ACCOUNT}
left join metrics_accountday n on n.workspace_id = d.workspace_id and n.account_id = d.account_id
  and n.day <= %(day)s and (n.until is null or n.until > %(day)s)
where d.workspace_id = %(workspace)s and d.day <= %(then)s and (d.until is null or d.until > %(then)s) and d.is_paying
order by d.account_id limit 51
"""
TERMS = f"""
select d.account_id, a.external_id, a.name, d.contract_id, d.day, d.outcome, d.value, d.value_renewed
from metrics_termend d {ACCOUNT}
where d.workspace_id = %(workspace)s and d.day between %(first)s and %(day)s
order by d.day, d.contract_id, d.number limit 51
"""
# Metric, input, condition, and the bare statement of the same rows.
CASES = (
    ("mrr", "mrr_end", "", BALANCES),
    ("arpa", "customers_end", "", BALANCES),
    ("ltv", "mrr_end", "", BALANCES),
    ("gross_mrr_churn_rate", "churn", "", MOVED),
    ("customer_churn_rate", "churned_customers", "", LOST),
    ("nrr", "nrr_now", "", THEN_AND_NOW),
    ("renewal_rate", "contracts_due", "", TERMS),
    ("mrr", "mrr_end", "mining", BALANCES),
)


def bare(request, number: int):
    """The rows of a case and no more: one statement. Under the API's path, the key is looked up before it is called."""
    _key, _input, industry, text = CASES[number]
    with connection.cursor() as cursor:
        cursor.execute(text, DAYS | {"workspace": request.workspace.pk, "industry": industry})
        names = [column.name for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    for row in rows:
        if row.get("other_balances"):
            row["other_balances"] = json.loads(row["other_balances"])
    return JsonResponse({"results": rows[:PAGE], "next": bool(rows[PAGE:])})


urlpatterns = [path("api/v1/bare/<int:number>/", bare), path("", include("b2bops.urls"))]


def measure() -> Iterator[Result]:
    settings.ROOT_URLCONF = __name__
    settings.DEBUG = False
    settings.ALLOWED_HOSTS = ["testserver"]
    settings.API_REQUESTS_PER_MINUTE = 10_000_000
    workspace = sliced_book(ACCOUNTS)
    with workspace_scope(workspace):
        _key, secret = create_api_key(
            workspace=workspace, name="bench", scope="read", expires_at=None, by=system_actor("command")
        )
    client = Client(headers={"authorization": f"Bearer {secret}"})

    def get(address: str):
        answer = client.get(address)
        assert answer.status_code == 200, answer.content
        return answer

    for number, (key, name, industry, _text) in enumerate(CASES):
        address = f"/api/v1/metrics/{key}/explain/?period=2025-03&part={name}&limit={PAGE}"
        address += f"&industry={industry}" if industry else ""
        beside = f"/api/v1/bare/{number}/"
        shown = len(get(beside).json()["results"])
        assert len(get(address).json()["results"]) == shown > 0
        plain, ours = alternate(ROUNDS, lambda beside=beside: get(beside), lambda address=address: get(address))
        of = f"one industry, whose {name} is worked out first" if industry else "everything"
        yield Result(
            f"the first page of {key} ({name}) of {of}, over a bare view of the same rows",
            ours / plain,
            bar=None if industry else 2,
            detail=f"{ours:.1f} / {plain:.1f} ms, {shown} rows; {ACCOUNTS:,} accounts, closed through {UNTIL}",
        )
