"""Every page that links lead an owner of the demo company to: how long the application takes to answer it.

Through the whole application (middleware, scope, templates) by Django's test client; only the network is missing.
"""

import datetime as dt
import re
import statistics
from collections.abc import Iterator
from html import unescape
from urllib.parse import urlsplit
from uuid import uuid4

from django.conf import settings
from django.test import Client
from django.test.utils import override_settings
from django.urls import Resolver404, resolve
from django.utils import timezone

from b2bops.demo.load import load_demo
from b2bops.serving import get_ready
from bench.pages import PLAIN_ASSETS, p95, times_of
from bench.result import Result
from metrics.closing import close_through
from workspaces.actions.users import register_user
from workspaces.actions.workspaces import create_workspace
from workspaces.actor import system_actor
from workspaces.scope import workspace_scope

BAR_MS = 200
ROUNDS = 20
HREF = re.compile(rb'href="(/[^"#]*)')


def measure() -> Iterator[Result]:
    with override_settings(DEBUG=False, ALLOWED_HOSTS=["testserver"], STORAGES=settings.STORAGES | PLAIN_ASSETS):
        workspace, client = _demo_company()
        get_ready()
        bare = statistics.median(times_of(lambda: client.get("/livez"), rounds=ROUNDS))
        slowest: dict[str, list[float]] = {}
        for name, address in _pages(client, f"/w/{workspace.slug}/"):
            slowest[name] = times_of(lambda at=address: client.get(at), rounds=ROUNDS)
        ranked = sorted(slowest, key=lambda name: p95(slowest[name]), reverse=True)
        for name in ranked[:5]:
            taken = statistics.median(slowest[name])
            yield Result(
                f"{name}, p95",
                p95(slowest[name]),
                BAR_MS,
                unit=" ms",
                detail=f"median {taken:.0f} ms, {taken / bare:.0f} × a bare answer",
            )
        whole = [taken for times in slowest.values() for taken in times]
        yield Result(
            f"all {len(slowest)} pages, p95",
            p95(whole),
            BAR_MS,
            unit=" ms",
            detail=f"median {statistics.median(whole):.0f} ms",
        )


def _demo_company():
    name = f"bench-{uuid4().hex[:8]}"
    owner = register_user(email=f"{name}@example.com", password=uuid4().hex, name="Bench", language="en")
    workspace = create_workspace(slug=name, name="Bench", owner=owner, language="en", by=system_actor("command"))
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    with workspace_scope(workspace):
        load_demo(workspace=workspace, last_day=yesterday, by=system_actor("command"))
    close_through(workspace=workspace, until=yesterday, at=timezone.now())
    client = Client()
    client.force_login(owner)
    return workspace, client


def _pages(client: Client, start: str) -> Iterator[tuple[str, str]]:
    """(name, address) of one page of each URL name that links lead to, from `start` on."""
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        address = waiting.pop(0)
        try:
            match = resolve(urlsplit(address).path)
        except Resolver404:
            continue
        if match.view_name is None or match.view_name in seen or match.namespace == "api":
            continue
        seen.add(match.view_name)
        answer = client.get(address)
        if answer.status_code != 200 or not answer.headers["Content-Type"].startswith("text/html"):
            continue
        yield match.view_name, address
        waiting += [unescape(found.decode()) for found in HREF.findall(answer.content)]
