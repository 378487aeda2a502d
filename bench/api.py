"""The API beside bare views of the same rows: account list, series, and a batch of 1,000 contracts.

The bare views go through the same middleware and the same workspace scope; what they lack is the API: keys, limits,
paging, filters, errors. Requests alternate, so that whatever else the machine does hits both alike; medians are compared.
"""

import datetime as dt
import json
import statistics
import time
from contextlib import contextmanager

from django.conf import settings
from django.db import transaction
from django.http import JsonResponse
from django.test import Client
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt
from rest_framework import serializers

from accounts.models import Account, Contract, ContractLine, Product
from bench.result import Result
from metrics.closing import close_through
from metrics.models import AccountDay, LineSpan, Movement, PeriodFigures, TermEnd
from workspaces.actions.api_keys import create_api_key
from workspaces.actions.users import register_user
from workspaces.actions.workspaces import create_workspace
from workspaces.actor import system_actor
from workspaces.models import User, Workspace
from workspaces.scope import workspace_scope

SLUG = "bench-api"
ROUNDS = 150
BATCHES = 5
START = "2021-11-05"
LAST_DAY, AFTERWARDS = dt.date(2025, 12, 31), dt.datetime(2026, 1, 2, tzinfo=dt.UTC)
FIELDS = [
    "id",
    "external_id",
    "name",
    "legal_name",
    "short_name",
    "former_names",
    "credit_code",
    "industry",
    "region",
    "employees",
    "website",
    "note",
    "owner__user__email",
    "mrr_cents",
    "customer_since",
    "churned_on",
    "renewal_on",
    "created_at",
    "updated_at",
]


def bare_accounts(request):
    workspace = Workspace.objects.get(slug=SLUG)
    with workspace_scope(workspace):
        rows = Account.objects.filter(workspace=workspace, voided_at__isnull=True).order_by("id").values(*FIELDS)[:50]
        return JsonResponse({"results": list(rows)})


class LineSerializer(serializers.ModelSerializer):
    product = serializers.SlugRelatedField(slug_field="name", queryset=Product.objects.all())

    class Meta:
        model = ContractLine
        fields = [
            "product", "quantity", "unit_amount", "interval", "interval_months", "discount_percent", "starts_on", "ends_on",
        ]  # fmt: skip


class ContractSerializer(serializers.ModelSerializer):
    account = serializers.SlugRelatedField(slug_field="external_id", queryset=Account.objects.all())
    lines = LineSerializer(many=True)

    class Meta:
        model = Contract
        fields = [
            "external_id", "account", "number", "kind", "currency", "signed_on", "starts_on", "ends_on", "auto_renew",
            "cancelled_on", "tax_included", "tax_rate_percent", "settlement", "end_reason", "note", "lines",
        ]  # fmt: skip


@csrf_exempt
def plain_contracts(request):
    """What a plain REST framework view would do: many=True, then two bulk_create."""
    workspace = Workspace.objects.get(slug=SLUG)
    with workspace_scope(workspace):
        serializer = ContractSerializer(data=json.loads(request.body), many=True)
        serializer.is_valid(raise_exception=True)
        contracts, lines = [], []
        for row in serializer.validated_data:
            given = row.pop("lines")
            contracts.append(Contract(workspace=workspace, **row))
            lines.append(given)
        Contract.objects.bulk_create(contracts)
        ContractLine.objects.bulk_create(
            ContractLine(workspace=workspace, contract=contract, position=position, **line)
            for contract, given in zip(contracts, lines, strict=True)
            for position, line in enumerate(given)
        )
        return JsonResponse({"results": len(contracts)})


def bare_series(request):
    workspace = Workspace.objects.get(slug=SLUG)
    with workspace_scope(workspace):
        rows = PeriodFigures.objects.filter(workspace=workspace, interval="month").order_by("starts_on")
        return JsonResponse({"rows": list(rows.values()[:50])})


urlpatterns = [
    path("bare/accounts/", bare_accounts),
    path("bare/series/", bare_series),
    path("plain/contracts/", plain_contracts),
    path("", include("b2bops.urls")),
]


@contextmanager
def company():
    """A workspace of its own with 200 accounts, and a writing key; removed afterwards."""
    user = User.objects.filter(email="bench@example.com").first() or register_user(
        email="bench@example.com", password=None, name="Bench", language="en"
    )
    remove()
    by = system_actor("command")
    workspace = create_workspace(slug=SLUG, name="Bench", owner=user, language="en", by=by)
    with workspace_scope(workspace):
        _key, secret = create_api_key(workspace=workspace, name="bench", scope="write", expires_at=None, by=by)
    try:
        yield workspace, secret
    finally:
        remove()


def remove():
    workspace = Workspace.objects.filter(slug=SLUG).first()
    if workspace is not None:
        with workspace_scope(workspace):
            ContractLine.objects.filter(workspace=workspace).delete()
            workspace.delete()


def alternate(rounds: int, *calls) -> list[float]:
    """The median milliseconds of each call, made in turns."""
    times: list[list[float]] = [[] for _ in calls]
    for number in range(rounds + 5):
        for call, kept in zip(calls, times, strict=True):
            started = time.perf_counter()
            call()
            if number >= 5:
                kept.append((time.perf_counter() - started) * 1000)
    return [statistics.median(kept) for kept in times]


def contracts(prefix: str) -> list[dict]:
    line = {"quantity": 3, "unit_amount": "120.50", "interval": "month", "discount_percent": "5"}
    return [
        {
            "external_id": f"{prefix}-{number}",
            "account": f"A{number % 200}",
            "kind": "subscription",
            "currency": "CNY",
            "starts_on": f"20{10 + number // 200:02}-0{number % 9 + 1}-01",
            "ends_on": f"20{10 + number // 200:02}-12-31",
            "auto_renew": False,
            "lines": [line | {"product": "core"}, line | {"product": "seats"}],
        }
        for number in range(1000)
    ]


def measure() -> list[Result]:
    settings.ROOT_URLCONF = __name__
    settings.DEBUG = False
    settings.ALLOWED_HOSTS = ["testserver"]
    settings.API_REQUESTS_PER_MINUTE = 1_000_000
    client = Client()
    with company() as (workspace, secret):
        headers = {"authorization": f"Bearer {secret}"}

        def get(address):
            answer = client.get(address, headers=headers)
            assert answer.status_code == 200, answer.content
            return answer

        def post(address, body):
            answer = client.post(address, body, content_type="application/json", headers=headers)
            assert answer.status_code == 200, answer.content
            return answer

        rows = [
            {"external_id": f"A{n}", "name": f"Company {n}", "industry": "Retail", "region": "East"} for n in range(200)
        ]
        post("/api/v1/accounts/batch/", json.dumps(rows))
        post("/api/v1/products/batch/", json.dumps([{"name": "core"}, {"name": "seats"}]))
        results = [account_list(get), metric_series(get, post, workspace)]
        clear(workspace)
        results.append(contract_batch(post, workspace))
        return results


def account_list(get) -> Result:
    assert len(get("/api/v1/accounts/").json()["results"]) == len(get("/bare/accounts/").json()["results"]) == 50
    bare, ours = alternate(ROUNDS, lambda: get("/bare/accounts/"), lambda: get("/api/v1/accounts/"))
    return Result(
        "account list, 50 rows, over a bare .values() view", ours / bare, 2, detail=f"{ours:.1f} / {bare:.1f} ms"
    )


def metric_series(get, post, workspace) -> Result:
    """Fifty months of figures beside the same rows of the table they are worked out from."""
    line = {"product": "core", "quantity": 1, "unit_amount": "100", "interval": "month"}
    rows = [
        {
            "external_id": f"S{n}",
            "account": f"A{n}",
            "currency": "CNY",
            "starts_on": f"2021-{n % 2 + 11}-05",
            "lines": [line],
        }
        for n in range(100)
    ]
    post("/api/v1/contracts/batch/", json.dumps(rows))
    close_through(workspace=workspace, until=LAST_DAY, at=AFTERWARDS)
    address = "/api/v1/metrics/series/?metrics=mrr,customers,gross_mrr_churn_rate&from=2021-11&to=2025-12"
    assert len(get(address).json()["rows"]) == len(get("/bare/series/").json()["rows"]) == 50
    bare, ours = alternate(ROUNDS, lambda: get("/bare/series/"), lambda: get(address))
    return Result("series, 50 months, over a bare .values() view", ours / bare, 2, detail=f"{ours:.1f} / {bare:.1f} ms")


def contract_batch(post, workspace) -> Result:
    ours: list[float] = []
    plain: list[float] = []
    for number in range(BATCHES):
        for address, kept in (("/api/v1/contracts/batch/", ours), ("/plain/contracts/", plain)):
            body = json.dumps(contracts(f"{number}-{address.count('api')}"))
            started = time.perf_counter()
            answer = post(address, body)
            kept.append(time.perf_counter() - started)
            if kept is ours:
                assert {row["status"] for row in answer.json()["results"]} == {"created"}, answer.content[:500]
        clear(workspace)
    ours_median, plain_median = statistics.median(ours), statistics.median(plain)
    return Result(
        "batch of 1,000 contracts, times faster than REST framework many=True with bulk_create",
        plain_median / ours_median,
        3,
        at_least=True,
        detail=f"{ours_median * 1000:.0f} / {plain_median * 1000:.0f} ms",
    )


def clear(workspace) -> None:
    """Take the batches' contracts away, so that every round writes into the same emptiness."""
    with transaction.atomic(), workspace_scope(workspace):
        for model in (AccountDay, Movement, LineSpan, TermEnd, PeriodFigures, ContractLine, Contract):
            model.objects.filter(workspace=workspace).delete()
