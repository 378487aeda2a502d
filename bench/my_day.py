"""My day in a large company: a member's own accounts, and everybody's, through the whole application."""

import statistics
from collections.abc import Iterator

from django.conf import settings
from django.db import connections, transaction
from django.test import Client
from django.test.utils import override_settings
from django.utils import timezone

from bench.company import SQL, drop_company, make_company, vacuum
from bench.pages import PLAIN_ASSETS, p95, times_of
from bench.result import Result
from workspaces.models import Membership
from workspaces.scope import workspace_scope

ACCOUNTS = 100_000
BAR_MS = 300
ROUNDS = 20
NOTED = ("accounts_task", "accounts_interaction", "accounts_contact")


def measure() -> Iterator[Result]:
    with override_settings(DEBUG=False, ALLOWED_HOSTS=["testserver"], STORAGES=settings.STORAGES | PLAIN_ASSETS):
        workspace, owner = make_company(ACCOUNTS)
        with workspace_scope(workspace):
            member = Membership.objects.get(workspace=workspace, user=owner)
        talks = (SQL / "talks.sql").read_text()
        with connections["owner"].cursor() as cursor, transaction.atomic("owner"):
            cursor.execute(talks, {"workspace": workspace.pk, "member": member.pk, "today": timezone.localdate()})
        vacuum(", ".join((*NOTED, "accounts_account")))
        client = Client()
        client.force_login(owner)
        for whose, words in (("mine", "a member's 200"), ("all", "everybody's")):
            times = times_of(lambda whose=whose: _get(client, f"/w/{workspace.slug}/my-day/?whose={whose}"), ROUNDS)
            yield Result(
                f"My day, {words} of {ACCOUNTS:,} accounts, p95",
                p95(times),
                BAR_MS,
                unit=" ms",
                detail=f"median {statistics.median(times):.0f} ms",
            )
    with connections["owner"].cursor() as cursor:
        for table in NOTED:
            cursor.execute(f"delete from {table} where workspace_id = %s", [workspace.pk])
    drop_company(workspace)


def _get(client: Client, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    assert b"day-renewals" in answer.content, address
