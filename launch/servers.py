"""Postgres and Valkey together: the embedded ones, or servers of one's own where the environment names them."""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import redis

from launch import database
from launch.account import Account
from launch.checkout import Checkout
from launch.console import Failure, say
from launch.postgres import Postgres
from launch.sockets import socket_folder
from launch.stop_signals import Signals
from launch.valkey import Valkey


class Servers:
    """What the product stands on. `postgres` and `valkey` are None where the operator's own server is used."""

    def __init__(self, home: Path, environ: Mapping[str, str], *, durable: bool = True) -> None:
        self._given = {
            key: environ[key] for key in ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL") if environ.get(key)
        }
        self.postgres: Postgres | None = None
        self.valkey: Valkey | None = None
        self._sockets: Path | None = None
        if not {"DATABASE_URL", "REDIS_URL"} <= self._given.keys():
            account = Account()
            self._sockets = sockets = socket_folder(home, account)
            if "DATABASE_URL" not in self._given:
                self.postgres = Postgres(home, sockets, account, durable=durable)
            if "REDIS_URL" not in self._given:
                self.valkey = Valkey(home, sockets, durable=durable)
        if self.postgres is None and "DATABASE_OWNER_URL" not in self._given:
            raise Failure(
                "With DATABASE_URL set, DATABASE_OWNER_URL is needed too: the role that migrates (docs/operations.md)."
            )

    @property
    def environment(self) -> dict[str, str]:
        """The addresses, as the settings read them."""
        addresses = dict(self._given)
        if self.postgres:
            addresses["DATABASE_URL"] = self.postgres.url("b2bops_app")
            addresses["DATABASE_OWNER_URL"] = self.postgres.url("b2bops_owner")
        if self.valkey:
            addresses["REDIS_URL"] = self.valkey.url
        return addresses

    @property
    def owner_url(self) -> str:
        return self.environment["DATABASE_OWNER_URL"]

    def start(self, should_stop: Callable[[], bool] = lambda: False) -> None:
        """Starts the embedded ones and asks one's own for an answer. Raises Failure."""
        if self.valkey:
            self.valkey.start(should_stop)
        else:
            _check_redis(self._given["REDIS_URL"])
        if self.postgres:
            self.postgres.start(should_stop)
            if not should_stop():
                self.postgres.make_roles()
        else:
            database.check_version(self._given["DATABASE_URL"])

    def stop(self) -> None:
        """Valkey first: whoever still speaks to it speaks to Postgres too."""
        if self.valkey:
            self.valkey.stop()
        if self.postgres:
            self.postgres.stop()
        if self._sockets:
            # what lies in a temporary folder is not left there; the servers have removed their sockets themselves
            for folder in (self._sockets / "postgres", self._sockets / "valkey", self._sockets):
                with contextlib.suppress(OSError):
                    folder.rmdir()


def _check_redis(url: str) -> None:
    try:
        with redis.Redis.from_url(url, socket_connect_timeout=10, socket_timeout=10) as client:
            client.ping()
    except (redis.RedisError, OSError, ValueError) as error:
        where = urlsplit(url).hostname or "its socket"
        raise Failure(f"The server of REDIS_URL ({where}) does not answer: {error}") from None


def home_of(checkout: Checkout) -> Path:
    """Folder of the embedded servers' data: in the checkout, unless root's lent account cannot walk there.

    Then it is a folder beside the system's own data, named after a mark made once in the checkout: a new clone in the
    same place does not meet the old one's data.
    """
    account = Account()
    if account.can_enter(checkout.local):
        return checkout.local
    note = checkout.local / "servers"
    try:
        mark = note.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        mark = secrets.token_hex(6)
        note.write_text(mark + "\n", encoding="ascii")
    home = Path("/var/lib") / f"b2bops-{mark}"
    if not home.exists():
        home.mkdir(mode=0o755, parents=True)
        home.chmod(0o755)
        (home / "checkout").write_text(f"{checkout.root}\n", encoding="utf-8")
        say(f"the servers' data is kept in {home}: the account Postgres runs as cannot enter {checkout.root}")
    return home


def servers_of(checkout: Checkout, environ: Mapping[str, str]) -> Servers:
    """The servers a checkout's product stands on. Raises Failure."""
    all_given = environ.get("DATABASE_URL") and environ.get("REDIS_URL")
    return Servers(checkout.local if all_given else home_of(checkout), environ)


PREFIX = "b2bops-throwaway-"


@contextmanager
def throw_away(environ: Mapping[str, str], *, signals: Signals, durable: bool = False) -> Iterator[Servers]:
    """Servers for as long as the block lasts, with data that is deleted afterwards."""
    sweep()
    home = Path(tempfile.mkdtemp(prefix=PREFIX))
    home.chmod(0o755)
    guard = os.open(home / "in-use", os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(guard, fcntl.LOCK_EX)
    servers = Servers(home, environ, durable=durable)
    try:
        servers.start(signals.any)
        signals.check()
        yield servers
    finally:
        servers.stop()
        os.close(guard)
        shutil.rmtree(home, ignore_errors=True)


def sweep() -> None:
    """Deletes what killed runs left behind: folders of ours whose lock nobody holds."""
    for leftover in Path(tempfile.gettempdir()).glob(PREFIX + "*"):
        try:
            if leftover.lstat().st_uid != os.geteuid():
                continue
            guard = os.open(leftover / "in-use", os.O_RDWR)
        except OSError:
            continue
        try:
            fcntl.flock(guard, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            continue
        else:
            shutil.rmtree(leftover, ignore_errors=True)
        finally:
            os.close(guard)
