"""Interleaved requests of many workspaces on the same processes and connections: nobody ever sees a word of another's.

Every name in a workspace carries its canary. One person belongs to all of them, so that a session is no wall; keys
ask for their own rows and, every so often, for another's by id.
"""

import random
import secrets
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.test import Client
from django.utils import timezone

from accounts.actions import save_accounts, save_contacts, save_contracts
from accounts.models import Account, Contract
from chaos.claim import Claim
from chaos.ground import BY, FIRST_DAY, Ground, Size, company, key_of, yesterday
from leads.actions import save_spend
from metrics.closing import close_through
from workspaces.actions.members import add_member
from workspaces.actions.users import register_user
from workspaces.models import Workspace
from workspaces.scope import workspace_scope

WORKSPACES = 20
CALLERS = 8
ROWS = 12
# To each its own paths; {canary} in a search, {account} and {contract} by id.
API = (
    "accounts/?limit=20", "accounts/{account}/", "contacts/", "contracts/?limit=20", "contracts/{contract}/", "products/",
    "spend/", "metrics/movements/", "metrics/series/?metrics=mrr,customers", "metrics/bridge/", "closings/",
)  # fmt: skip
PAGES = (
    "", "accounts/", "accounts/?q={canary}", "accounts/{account}/", "contacts/", "contracts/", "contracts/{contract}/",
    "products/", "spend/", "movements/", "activity/", "closings/",
)  # fmt: skip


@dataclass(frozen=True)
class Tenant:
    workspace: Workspace
    canary: str
    key: dict[str, str]
    account: str
    contract: str


def open_tenant(number: int, person) -> Tenant:
    canary = f"canary{secrets.token_hex(8)}"
    workspace = company(f"tenant-{number}")
    with workspace_scope(workspace):
        add_member(workspace=workspace, user=person, role="manager", by=BY)
        accounts = [{"external_id": f"{canary}-{row}", "name": f"{canary} {row}"} for row in range(ROWS)]
        contracts = [
            {
                "external_id": f"{canary}-{row}",
                "account": f"{canary}-{row}",
                "number": f"{canary} {row}",
                "currency": "CNY",
                "starts_on": FIRST_DAY,
                "lines": [{"product": canary, "quantity": 1, "unit_amount": 100 + number, "interval": "month"}],
            }
            for row in range(ROWS)
        ]
        contacts = [{"account": f"{canary}-{row}", "name": f"{canary} {row}"} for row in range(ROWS)]
        spend = [{"channel": canary, "date": FIRST_DAY, "amount": 10}]
        results = save_accounts(workspace=workspace, rows=accounts, by=BY)
        for save, rows in ((save_contracts, contracts), (save_contacts, contacts), (save_spend, spend)):
            results += save(workspace=workspace, rows=rows, by=BY)
        refused = [result.errors for result in results if result.errors]
        if refused:
            raise AssertionError(refused)
        account = Account.objects.filter(workspace=workspace).earliest("id").pk
        contract = Contract.objects.filter(workspace=workspace).earliest("id").pk
    close_through(workspace=workspace, until=yesterday(workspace), at=timezone.now())
    return Tenant(workspace, canary, key_of(workspace), str(account), str(contract))


class Callers:
    """Threads that ask for pages and API answers of tenants in turn, and look for canaries in what comes back."""

    def __init__(self, web, tenants: list[Tenant], session: str, requests: int):
        self._web, self._tenants, self._session = web, tenants, session
        self._left = requests
        self._lock = threading.Lock()
        self.answers: Counter[str] = Counter()
        self.own = 0
        self.leaks: list[str] = []
        self.wrong: list[str] = []

    def run(self) -> None:
        threads = [threading.Thread(target=self._call) for _ in range(CALLERS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _next(self) -> bool:
        with self._lock:
            self._left -= 1
            return self._left >= 0

    def _call(self) -> None:
        chance = random.Random()  # noqa: S311 - another order every time
        while self._next():
            tenant, other = chance.sample(self._tenants, 2)
            is_theft = chance.random() < 0.1
            ids = other if is_theft else tenant
            is_page = chance.random() < 0.4
            template = chance.choice(PAGES if is_page else API)
            path = template.format(canary=tenant.canary, account=ids.account, contract=ids.contract)
            if is_page:
                path = f"/w/{tenant.workspace.slug}/{path}"
                answer = self._web.get(path, Cookie=f"{settings.SESSION_COOKIE_NAME}={self._session}")
            else:
                path = f"/api/v1/{path}"
                answer = self._web.get(path, **tenant.key)
            is_by_id = "{account}" in template or "{contract}" in template
            self._judge(tenant, path, answer, should_be_404=is_theft and is_by_id)

    def _judge(self, tenant: Tenant, path: str, answer, *, should_be_404: bool) -> None:
        found = [other.canary for other in self._tenants if other.canary.encode() in answer.body]
        with self._lock:
            self.answers[str(answer.status)] += 1
            self.own += tenant.canary in found
            if others := set(found) - {tenant.canary}:
                self.leaks.append(f"{path} of {tenant.workspace.slug} showed {len(others)} of others")
            if (answer.status == 404) != should_be_404 or answer.status not in (200, 404):
                self.wrong.append(f"{path}: {answer.status}")


def trial(ground: Ground, size: Size) -> Iterator[Claim]:
    person = register_user(email="everywhere@chaos.example", password=None, name="Everywhere", language="en")
    tenants = [open_tenant(number, person) for number in range(4 if size.is_quick else WORKSPACES)]
    browser = Client()
    browser.force_login(person)
    session = browser.cookies[settings.SESSION_COOKIE_NAME].value
    with ground.crew("tenants", {"API_REQUESTS_PER_MINUTE": "10000000"}) as crew:
        callers = Callers(crew.start_web(), tenants, session, size.requests)
        started = time.monotonic()
        callers.run()
        seconds = time.monotonic() - started
    seen = ", ".join(f"{times:,} × {status}" for status, times in sorted(callers.answers.items()))
    yield Claim(
        f"{size.requests:,} interleaved requests of {len(tenants)} workspaces show nothing of another",
        not callers.leaks,
        f"{seen} in {seconds:.0f} s" + (f"; {callers.leaks[:3]}" if callers.leaks else ""),
    )
    yield Claim(
        "another's ids are not found, one's own rows are",
        not callers.wrong and callers.own > size.requests // 4,
        f"{callers.own:,} answers with one's own" + (f"; {callers.wrong[:5]}" if callers.wrong else ""),
    )
