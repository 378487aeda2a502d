"""The whole product from a copy of the sources, without fetching anything: start, adopt, kill, start again, stop."""

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg2
import pytest

from launch import state
from launch.assets import front_end_sources, mark_of
from launch.process import identity
from tests.launch.running import ROOT, eventually

IGNORED = shutil.ignore_patterns(
    ".git", ".local", ".venv", ".tools", "node_modules", "__pycache__", ".*_cache", "bench", "chaos"
)


class Copy:
    """A copy of the sources in a folder with a difficult name, and the commands run in it."""

    def __init__(self, root: Path, environment: dict) -> None:
        self.root = root
        self.environment = environment
        shutil.copytree(ROOT, root, ignore=IGNORED)
        (root / ".local").mkdir()
        (root / "frontend" / "dist").mkdir(exist_ok=True)
        # the front end is taken as it is, built or not: building it needs the network
        mark = mark_of(root, front_end_sources(root))
        (root / ".local" / "built.json").write_text(json.dumps({"front end": mark}))

    def run(self, *words: str, **options) -> subprocess.CompletedProcess:
        """`./run …` in the environment of the tests instead of one made for it."""
        command = [sys.executable, "-m", "launch", *words]
        options = {"capture_output": True, "text": True, "timeout": 150, **options}
        return subprocess.run(command, cwd=self.root, env=self.environment, check=False, **options)

    @property
    def state(self) -> state.State | None:
        return state.read(self.root / ".local" / "stack.json")

    @property
    def port(self) -> int:
        assert self.state
        return int(self.state.environment["PORT"])

    def get(self, path: str) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        except OSError as error:
            return 0, str(error)
        finally:
            connection.close()

    def said(self) -> str:
        """What the detached start has said so far."""
        return (self.root / ".local" / "logs" / "start.log").read_text()

    def processes(self) -> dict[str, int]:
        """Name → number of everything that runs for this copy, the servers included."""
        lines = subprocess.run(
            ["ps", "-ww", "-eo", "pid=,stat=,args="], capture_output=True, text=True, check=True
        ).stdout
        rows = [line.split(None, 2) for line in lines.splitlines()]
        found = {int(pid): args for pid, stat, args in rows if str(self.root) in args and not stat.startswith("Z")}
        mine = self.state
        if mine:
            found |= {pid: name for name, (pid, mark) in mine.children.items() if identity(pid) == mark}
            if identity(mine.pid):
                found[mine.pid] = "supervisor"
        return {f"{args} {pid}": pid for pid, args in found.items()}


@pytest.fixture(scope="module")
def copy():
    top = Path(tempfile.mkdtemp(prefix="b2bops-copy-"))
    top.chmod(0o755)
    names = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "PORT", "HOST", "PUBLIC_URL", "B2BOPS_TEST_DB", "DEBUG")
    environment = {key: value for key, value in os.environ.items() if key not in names}
    made = Copy(top / "客户 运营 a copy" / "b2bops", environment)
    yield made
    made.run("stop")
    for pid in made.processes().values():
        os.kill(pid, signal.SIGKILL)
    shutil.rmtree(top, ignore_errors=True)


@pytest.mark.stack
def test_a_life_of_the_stack(copy):
    """One test, because a start costs many seconds on a small machine; each paragraph is a claim."""
    # it starts, says where, and comes back
    started = copy.run("start", "--no-demo", "--detach")
    assert started.returncode == 0, started.stderr
    lines = started.stdout.splitlines()
    assert lines[0] == f"B2BOps is ready at http://127.0.0.1:{copy.state.environment['PORT']}"
    assert lines[1].startswith(f"Nobody is here yet. The first owner signs up at {copy.state.url}/")
    assert copy.get("/healthz") == (200, '{"status": "ok", "silent": []}')

    # a second start says the same instead of starting
    again = copy.run("start", "--detach")
    assert (again.returncode, again.stdout) == (0, started.stdout)
    assert "already running" in again.stderr

    # a command adopts it, and stdout is the command's alone
    words = ["create_workspace", "acme", "--name", "Acme", "--currency", "CNY", "--timezone", "Asia/Shanghai"]
    words += ["--language", "zh-hans", "--owner", "owner@acme.example", "--password", "correct horse battery"]
    made = copy.run("manage", *words)
    assert made.returncode == 0, made.stderr
    key = copy.run("manage", "create_api_key", "--workspace", "acme", "--name", "test", "--scope", "write")
    assert key.returncode == 0, key.stderr
    assert len(key.stdout.split()) == 1
    wrong = copy.run("manage", "no_such_command")
    assert (wrong.returncode, wrong.stdout) == (1, "")

    # a process that is killed is started again
    worker = copy.state.children["worker-fast"][0]
    os.kill(worker, signal.SIGKILL)
    assert eventually(lambda: copy.state.children["worker-fast"][0] != worker)
    postgres = int((copy.root / ".local" / "postgres" / "postmaster.pid").read_text().split()[0])
    os.kill(postgres, signal.SIGKILL)
    assert eventually(lambda: "Postgres answers again" in copy.said(), 60)
    assert eventually(lambda: copy.get("/healthz")[0] == 200, 60)

    # after kill -9 of everything it starts again, and nothing committed is lost
    with psycopg2.connect(copy.state.environment["DATABASE_OWNER_URL"]) as connection, connection.cursor() as cursor:
        cursor.execute("create table kept as select generate_series(1, 1000) number")
    connection.close()
    port = copy.state.environment["PORT"]
    for pid in copy.processes().values():
        os.kill(pid, signal.SIGKILL)
    assert eventually(lambda: not copy.processes())
    copy.environment["PORT"] = port
    started = copy.run("start", "--no-demo", "--detach")
    assert started.returncode == 0, started.stderr
    assert started.stdout == f"B2BOps is ready at http://127.0.0.1:{port}\n", "there is an owner now"
    with psycopg2.connect(copy.state.environment["DATABASE_OWNER_URL"]) as connection, connection.cursor() as cursor:
        cursor.execute("select count(*), max(number) from kept")
        assert cursor.fetchone() == (1000, 1000)
        cursor.execute("drop table kept")
    connection.close()

    # it stops in order and leaves nothing behind
    environment = copy.state.environment
    stopped = copy.run("stop")
    assert stopped.returncode == 0, stopped.stderr
    assert copy.processes() == {}
    assert copy.state is None
    sockets = Path(environment["DATABASE_URL"].partition("@")[2].replace("%2F", "/")).parent.parent
    assert not sockets.exists()
    assert "was ended" not in copy.said()
    assert copy.said().rstrip().endswith("[run] stopped")
    assert "nothing is running here" in copy.run("stop").stderr


@pytest.mark.stack
def test_command_without_a_stack_brings_servers_up_for_itself(copy):
    done = copy.run(
        "manage", "shell", "-v", "0", "-c", "from workspaces.models import User; print(User.objects.count())"
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() in ("0", "1")
    assert copy.processes() == {}


@pytest.mark.stack
def test_start_on_a_taken_port_says_so_and_leaves_nothing(copy):
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        copy.environment["PORT"] = str(server.getsockname()[1])
        done = copy.run("start", "--no-demo", "--detach")
        taken = copy.environment.pop("PORT")
    assert done.returncode == 1
    assert done.stdout == ""
    assert f"Port {taken} on 127.0.0.1 is taken. Set PORT to another one." in done.stderr
    assert copy.processes() == {}
    assert copy.state is None
