"""Where trials take place: servers of their own with the product's tables in them, and companies made for a trial."""

import datetime as dt
import random
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.utils import timezone

from accounts.actions import save_accounts, save_contracts
from chaos.crew import QUICK, Crew, crew, environment_here
from launch.console import Failure
from launch.postgres import Postgres
from launch.valkey import Valkey
from metrics.closing import close_through
from metrics.ledger_digest import ledger_digest
from workspaces.actions.api_keys import create_api_key
from workspaces.actions.users import register_user
from workspaces.actions.workspaces import create_workspace
from workspaces.actor import system_actor
from workspaces.models import User, Workspace
from workspaces.scope import workspace_scope

BY = system_actor("command")
MONTHS = 30
FIRST_DAY = dt.date(2024, 1, 1)


@dataclass(frozen=True)
class Size:
    """How much is done: kills (and restarts) per trial, requests of the interleaved ones. is_quick: in a test, where the
    product's own half minutes are shortened, too.
    """

    kills: int = 20
    requests: int = 100_000
    is_quick: bool = False


@dataclass(frozen=True)
class Ground:
    """Servers that may be killed: they are nobody else's. folder: for logs and files."""

    postgres: Postgres
    valkey: Valkey
    folder: Path

    @contextmanager
    def crew(self, name: str, pace: Mapping[str, str] = QUICK) -> Iterator[Crew]:
        """Processes of the product for one trial."""
        folder = self.folder / name
        folder.mkdir()
        with crew(folder, environment_here(self.valkey.url), pace) as people:
            yield people

    def restart_postgres(self, number: int) -> None:
        """Ends it by this signal and starts it again, once what it left behind has gone."""
        process = self.postgres.process
        if process is None:
            raise AssertionError("Postgres does not run")
        process.send_signal(number)
        process.wait(60)
        end = time.monotonic() + 60
        while True:
            try:
                self.postgres.start()
                return
            except Failure:
                # the children of a killed one hold its memory for a moment
                if time.monotonic() > end:
                    raise
                time.sleep(0.2)

    def kill_valkey(self) -> None:
        """kill -9; `valkey.start()` starts it again."""
        if self.valkey.process is None:
            raise AssertionError("Valkey does not run")
        self.valkey.process.kill()
        self.valkey.process.wait()


def company(slug: str, zone: str = "Asia/Shanghai") -> Workspace:
    """An empty workspace with an owner of its own."""
    email = f"{slug}@chaos.example"
    owner = User.objects.filter(email=email).first() or register_user(
        email=email, password=None, name=slug, language="en"
    )
    return create_workspace(slug=slug, name=slug.title(), owner=owner, timezone=zone, language="en", by=BY)


def key_of(workspace, scope: str = "write") -> dict[str, str]:
    """The header that lets a caller into the workspace."""
    with workspace_scope(workspace):
        _key, secret = create_api_key(workspace=workspace, name="chaos", scope=scope, expires_at=None, by=BY)
    return {"Authorization": f"Bearer {secret}"}


def write_books(workspace, customers: int = 40) -> None:
    """Contracts over MONTHS months with renewals, ends and late starts, the same in every workspace."""
    chance = random.Random(7)  # noqa: S311 - any sequence will do, as long as it is the same one
    accounts, contracts = [], []
    for number in range(customers):
        accounts.append({"external_id": f"A{number}", "name": f"Customer {number}"})
        begins = FIRST_DAY + dt.timedelta(days=chance.randrange(MONTHS * 25))
        for term in range(chance.randrange(1, 4)):
            ends = begins + dt.timedelta(days=chance.choice([89, 180, 364]))
            amount = chance.randrange(100, 90000)
            contracts.append(
                {
                    "external_id": f"C{number}.{term}",
                    "account": f"A{number}",
                    "currency": "CNY",
                    "starts_on": begins,
                    "ends_on": ends,
                    "lines": [{"product": "Core", "quantity": 1, "unit_amount": amount, "interval": "month"}],
                }
            )
            begins = ends + dt.timedelta(days=chance.choice([1, 1, 40]))
    with workspace_scope(workspace):
        results = save_accounts(workspace=workspace, rows=accounts, by=BY)
        results += save_contracts(workspace=workspace, rows=contracts, by=BY)
    refused = [result.errors for result in results if result.errors]
    if refused:
        raise AssertionError(refused)


def yesterday(workspace) -> dt.date:
    """The day the night closes now."""
    return workspace.local_day(timezone.now() - dt.timedelta(hours=2)) - dt.timedelta(days=1)


def undisturbed_digest(workspace, until: dt.date, customers: int = 40) -> dict[str, str]:
    """The figures of the same books, closed in one go by nobody else."""
    write_books(workspace, customers)
    close_through(workspace=workspace, until=until, at=timezone.now())
    with workspace_scope(workspace):
        return ledger_digest(workspace)
