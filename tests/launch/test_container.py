"""What the image and the compose file promise, as far as it can be seen without a container engine."""

import http.client
import os
import re
import shutil
import signal
import socket
import subprocess
import sys

import pytest
import yaml

from launch import programs
from launch.servers import throw_away
from launch.stop_signals import Signals
from tests.launch.running import ROOT, eventually

COMPOSE = ROOT / "docker-compose.yml"
NAMES = ("POSTGRES_PASSWORD", "B2BOPS_OWNER_PASSWORD", "B2BOPS_APP_PASSWORD", "B2BOPS_BACKUP_PASSWORD", "SECRET_KEY")
SECRETS = {name: f"{name.lower()}1" for name in NAMES}


@pytest.fixture(scope="module")
def compose():
    return yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))


def test_compose_starts_every_process_of_the_product_and_no_other(compose):
    own = {name: service["command"] for name, service in compose["services"].items() if "build" in service}
    assert own == {name: [name] for name in (*programs.NAMES, "migrate")}


def test_compose_gives_the_owner_to_the_migration_alone(compose):
    with_owner = [
        name
        for name, service in compose["services"].items()
        if "b2bops_owner" in str(service.get("environment")) and name != "postgres"
    ]
    assert with_owner == ["migrate"]


def test_compose_waits_for_the_migration_and_a_healthy_redis(compose):
    for name in programs.NAMES:
        waits = {other: how["condition"] for other, how in compose["services"][name]["depends_on"].items()}
        assert waits == {"migrate": "service_completed_successfully", "redis": "service_healthy"}
    assert compose["services"]["migrate"]["depends_on"] == {"postgres": {"condition": "service_healthy"}}


def test_compose_checks_the_health_of_what_answers(compose):
    checked = {name for name, service in compose["services"].items() if "healthcheck" in service}
    assert checked == {"postgres", "redis", "web", "worker-fast", "worker-slow"}


def test_compose_makes_the_cluster_like_the_embedded_one(compose):
    arguments = compose["services"]["postgres"]["environment"]["POSTGRES_INITDB_ARGS"].split()
    text = (ROOT / "launch" / "postgres.py").read_text(encoding="utf-8")
    for argument in arguments:
        assert f'"{argument}"' in text or argument == "--lc-ctype=C.UTF-8", argument


def test_compose_mounts_files_that_exist_and_can_be_run(compose):
    mounts = [mount.split(":")[0] for mount in compose["services"]["postgres"]["volumes"] if mount.startswith("./")]
    assert mounts == ["./launch/roles.sql", "./docker/make-roles"]
    assert all((ROOT / mount).is_file() for mount in mounts)
    # a file that may not be executed would be read into the image's own shell instead
    assert os.access(ROOT / "docker/make-roles", os.X_OK)


def test_every_variable_of_compose_is_explained_in_the_example(compose):
    example = (ROOT / "docker" / "env.example").read_text(encoding="utf-8")
    asked = set(re.findall(r"\$\{(\w+):\?", COMPOSE.read_text(encoding="utf-8")))
    assert asked == set(SECRETS)
    for name in asked:
        assert f"\n{name}=\n" in example, f"{name} must stand in docker/env.example, empty"


def test_images_are_official_and_recent(compose):
    assert compose["services"]["postgres"]["image"] == "postgres:18"
    assert compose["services"]["redis"]["image"].startswith("redis:")
    # 18 keeps its clusters one folder deeper than its predecessors did
    assert "postgres:/var/lib/postgresql" in compose["services"]["postgres"]["volumes"]


@pytest.mark.skipif(not shutil.which("docker-compose"), reason="no docker-compose on this machine")
def test_compose_file_is_accepted(own_environment):
    command = ["docker-compose", "-f", COMPOSE, "config", "--quiet"]
    done = subprocess.run(command, env={**own_environment, **SECRETS}, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    missing = {key: value for key, value in SECRETS.items() if key != "SECRET_KEY"}
    done = subprocess.run(command, env={**own_environment, **missing}, capture_output=True, text=True, check=False)
    assert done.returncode != 0


def test_image_runs_as_nobody_in_particular_and_without_installers():
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    stages = re.split(r"^FROM ", text, flags=re.MULTILINE)[1:]
    assert len(stages) == 3
    last = stages[-1]
    assert re.search(r"^USER b2bops$", last, re.MULTILINE)
    assert not re.search(r"\b(npm|pip|uv|apt-get)\b", last)
    for copied in re.findall(r"^COPY (?!--from)(.+) \S+$", text, re.MULTILINE):
        for source in copied.split():
            assert (ROOT / source).exists(), source


def test_image_leaves_out_state_and_secrets():
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").split("\n")
    assert {".git", ".local", ".venv", ".env", "tests"} <= set(ignored)
    assert not {"launch", "locale", "frontend", "templates"} & set(ignored)


# the entrypoint itself


def entrypoint(*words, **options):
    return [ROOT / "docker" / "entrypoint", *words]


@pytest.fixture
def in_container(own_environment):
    """The environment of a container: the interpreter first on PATH."""
    folder = os.path.dirname(sys.executable)
    return {
        **own_environment,
        "PATH": f"{folder}{os.pathsep}{own_environment['PATH']}",
        "SECRET_KEY": "a key for tests only",
    }


def outcome(words, environment):
    done = subprocess.run(entrypoint(*words), env=environment, capture_output=True, text=True, check=False)
    return done.returncode, done.stderr.strip()


@pytest.mark.parametrize(
    ("words", "missing", "code", "said"),
    [
        ([], None, 64, "what should it be"),
        (["bash"], None, 64, "what should it be"),
        (["healthy", "beat"], None, 64, "what should it be"),
        (["web"], "SECRET_KEY", 78, "set SECRET_KEY"),
        (["migrate"], "DATABASE_OWNER_URL", 78, "migrate needs DATABASE_OWNER_URL"),
    ],
)
def test_entrypoint_refuses(in_container, words, missing, code, said):
    in_container.pop(missing, None)
    returned, message = outcome(words, in_container)
    assert returned == code
    assert said in message


def test_programs_become_what_they_are_asked_to_be(tmp_path):
    words = programs.command("web", {"HOST": "::", "PORT": "81"}, tmp_path)
    assert words[words.index("--bind") + 1] == "[::]:81"
    assert words[:3] == [sys.executable, "-m", "gunicorn"]
    for name in ("worker-fast", "worker-slow"):
        words = programs.command(name, {"FAST_PROCESSES": "7", "SLOW_PROCESSES": "7"}, tmp_path)
        assert words[words.index("-Q") + 1] == name.removeprefix("worker-")
        assert words[words.index("-c") + 1] == "7"
    with pytest.raises(KeyError):
        programs.command("cron", {}, tmp_path)


@pytest.mark.stack
def test_containers_run_on_servers_of_their_own(in_container, tmp_path):
    """The roles by the image's script, then migrate, web and a worker by the entrypoint; TERM ends each in order."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with throw_away({}, signals=Signals()) as servers:
        client = {
            **in_container,
            **SECRETS,
            "PATH": f"{servers.postgres.bin}{os.pathsep}{in_container['PATH']}",
            "PGHOST": str(servers.postgres.socket),
            "ROLES": str(ROOT / "launch" / "roles.sql"),
        }
        subprocess.run([ROOT / "docker" / "make-roles"], env=client, check=True, stdout=subprocess.DEVNULL)
        passwords = servers.postgres.run_sql(
            "select count(*) from pg_authid where rolname like 'b2bops%' and rolpassword like 'SCRAM-SHA-256$%'"
        )
        assert passwords == "3"

        environment = {**in_container, **servers.environment, "PORT": str(port), "HOST": "127.0.0.1"}
        environment["STATE_DIR"] = str(tmp_path)
        assert outcome(["migrate"], environment)[0] == 0
        environment.pop("DATABASE_OWNER_URL")
        with open(tmp_path / "log", "wb") as log:
            running = {
                name: subprocess.Popen(entrypoint(name), env=environment, stdout=log, stderr=log)
                for name in ("web", "worker-fast", "beat")
            }
        try:
            said = tmp_path / "log"
            assert eventually(lambda: answers(port, "/healthz"), 60), said.read_text(errors="replace")
            assert outcome(["healthy", "web"], environment)[0] == 0
            assert outcome(["healthy", "worker-fast"], environment)[0] == 0
        finally:
            for process in running.values():
                process.send_signal(signal.SIGTERM)
            codes = {name: process.wait(30) for name, process in running.items()}
    assert codes == {"web": 0, "worker-fast": 0, "beat": 0}


def answers(port: int, path: str) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()
