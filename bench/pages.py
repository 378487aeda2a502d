"""Pages and lists of a large company: the overview over 36 months, page 2,000 beside page 1, search by name, and what
row-level security costs of an answer.

All through the whole application (middleware, scope, templates) by Django's test client, with a signed-in person or a
key; nothing but the network is missing.
"""

import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connection, connections, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings

from accounts.models import Account
from accounts.queries import standing_accounts
from accounts.search import searched_accounts
from bench.company import drop_company, make_company
from bench.result import Result
from workspaces.actions.api_keys import create_api_key
from workspaces.actor import system_actor
from workspaces.scope import workspace_scope

SIZES = (10_000, 100_000)
ROUNDS = 60
PAGE = 2_000
# Most find more than a page of the generated names: Latin, two and four Chinese letters; few and none are asked for too.
WORDS = ("harbour", "Cedar S", "兰海", "软件", "金桥", "海润", "长青", "99", "能源有限", "Kbc")


# Names of assets as they are: what collecting them adds is not what a page costs.
PLAIN_ASSETS = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}


def measure() -> Iterator[Result]:
    for size in SIZES:
        yield from pages(size)


def pages(accounts: int) -> Iterator[Result]:
    """All of this module's figures for a company of so many accounts."""
    with override_settings(
        DEBUG=False,
        ALLOWED_HOSTS=["testserver"],
        API_REQUESTS_PER_MINUTE=10_000_000,
        STORAGES=settings.STORAGES | PLAIN_ASSETS,
    ):
        workspace, owner = make_company(accounts)
        with workspace_scope(workspace):
            _key, secret = create_api_key(
                workspace=workspace, name="bench", scope="write", expires_at=None, by=system_actor("command")
            )
        person = Client()
        person.force_login(owner)
        key = Client(headers={"authorization": f"Bearer {secret}"})
        where = f"{accounts:,} accounts"
        yield from _overview(person, workspace, where)
        if accounts >= PAGE * 50:
            yield _page_beside_first(key, where)
        yield _search(workspace, where)
        yield _isolation(key, workspace, where)
        drop_company(workspace)


def _get(client: Client, address: str):
    answer = client.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    return answer


def times_of(call, rounds: int = ROUNDS) -> list[float]:
    """Milliseconds of each call, the first ones left out."""
    for _ in range(3):
        call()
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        call()
        times.append((time.perf_counter() - began) * 1000)
    return times


def p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20)[-1]


def _overview(person: Client, workspace, where: str) -> Iterator[Result]:
    address = f"/w/{workspace.slug}/"
    _get(person, address)  # Once a minute a request notes where the session was seen.
    with CaptureQueriesContext(connection) as asked:
        _get(person, address)
    yield Result(f"queries of the overview, {where}", len(asked), 15, unit="")
    times = times_of(lambda: _get(person, address))
    yield Result(
        f"overview over 36 months, p95, {where}",
        p95(times),
        300,
        unit=" ms",
        detail=f"median {statistics.median(times):.0f} ms",
    )


def _page_beside_first(key: Client, where: str) -> Result:
    first = "/api/v1/accounts/?limit=50&ordering=name"
    address = first
    for _ in range(PAGE - 1):
        address = _get(key, address).json()["next"]
    one, far = _in_turns(lambda: _get(key, first), lambda: _get(key, address))
    return Result(f"page {PAGE:,} over page 1, {where}", far / one, 1.2, detail=f"{far:.1f} / {one:.1f} ms")


def _in_turns(*calls) -> list[float]:
    """The median milliseconds of each call, made in turns, so that the machine's other work hits all alike."""
    times: list[list[float]] = [[] for _ in calls]
    for number in range(ROUNDS + 5):
        for call, kept in zip(calls, times, strict=True):
            began = time.perf_counter()
            call()
            if number >= 5:
                kept.append((time.perf_counter() - began) * 1000)
    return [statistics.median(kept) for kept in times]


def _search(workspace, where: str) -> Result:
    """The first fifty accounts of a search, as the list and the palette ask for them, in the workspace's scope."""
    times: list[float] = []
    by_word, found = {}, 0
    for word in WORDS:

        def search(word=word):
            with workspace_scope(workspace):
                return list(
                    searched_accounts(standing_accounts(workspace), word).first.order_by("sort_name", "id")[:50]
                )

        found += len(search())
        taken = times_of(search, rounds=20)
        by_word[word] = statistics.median(taken)
        times += taken
    assert found > 50 * len(WORDS) / 2, found
    shown = ", ".join(f"{word} {taken:.0f}" for word, taken in by_word.items())
    return Result(f"search by name, p95, {where}", p95(times), 50, unit=" ms", detail=f"medians: {shown}")


def _isolation(key: Client, workspace, where: str) -> Result:
    """Scope and policies as a share of an answer: the same list read inside them, and as a role that they do not bind."""
    answer = statistics.median(times_of(lambda: _get(key, "/api/v1/accounts/?limit=50")))
    rows = Account.objects.filter(workspace=workspace, voided_at__isnull=True).order_by("id").values_list("id", "name")

    def bound():
        with workspace_scope(workspace):
            list(rows[:50])

    with _unbound_role():

        def free():
            with transaction.atomic("owner"):
                list(rows.using("owner")[:50])

        inside, outside = _in_turns(bound, free)
    return Result(
        f"row-level security and scope, share of an answer, {where}",
        max(0.0, inside - outside) / answer * 100,
        10,
        unit=" %",
        detail=f"{inside:.2f} − {outside:.2f} ms of {answer:.1f} ms",
    )


@contextmanager
def _unbound_role():
    """The owner without FORCE on accounts: no policy is asked at all. Given back afterwards."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("alter table accounts_account no force row level security")
    try:
        yield
    finally:
        with connections["owner"].cursor() as cursor:
            cursor.execute("alter table accounts_account force row level security")
