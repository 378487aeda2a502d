import hashlib
import json
import os

import pytest

from launch import certificates, install
from launch.checkout import Checkout, clean_environment
from launch.console import Failure
from launch.install import Environment, needed_groups


@pytest.fixture
def checkout(tmp_path):
    for name in install.LOCKS.values():
        (tmp_path / name).write_text(f"{name}==1\n")
    return Checkout(tmp_path)


def installed(checkout, *groups):
    """As after a finished installation of the groups."""
    checkout.python.parent.mkdir(parents=True, exist_ok=True)
    checkout.python.touch()
    environment = Environment(checkout)
    environment.note.write_text(json.dumps(environment.wanted(groups)))
    return environment


def test_product_alone_with_servers_of_ones_own():
    own = {"DATABASE_URL": "postgres://db/b", "REDIS_URL": "redis://r"}
    assert needed_groups("start", own) == {"product"}
    assert needed_groups("start", {"DATABASE_URL": "postgres://db/b"}) == {"product", "embedded"}
    assert needed_groups("manage", {}) == {"product", "embedded"}
    for command in ("test", "check", "chaos"):
        assert needed_groups(command, own) == {"product", "embedded", "dev"}


def test_installed_groups_are_enough_until_their_lock_changes(checkout):
    environment = installed(checkout, "product", "embedded")
    assert environment.has({"product"})
    assert environment.has({"product", "embedded"})
    assert not environment.has({"product", "dev"})
    (checkout.root / "requirements.txt").write_text("requirements.txt==2\n")
    assert not environment.has({"product"})


def test_environment_whose_python_went_away_is_made_anew(checkout):
    environment = installed(checkout, "product")
    checkout.python.unlink()
    checkout.python.symlink_to("/gone/python3.13")
    assert environment.installed() == {}
    assert not environment.has({"product"})


def test_environment_left_half_made_is_not_taken_for_whole(checkout):
    environment = installed(checkout, "product")
    environment.note.unlink()
    assert not environment.has({"product"})
    environment.note.write_text('{"product": "')
    assert not environment.has({"product"})


def test_uv_in_the_locked_version_is_used_again(checkout):
    lock = checkout.root / "launch" / "locks" / "uv.txt"
    lock.parent.mkdir(parents=True)
    lock.write_text("uv==1")
    program = checkout.tools / "uv" / "bin" / "uv"
    program.parent.mkdir(parents=True)
    program.touch()
    (checkout.tools / "uv" / "installed").write_text(hashlib.sha256(b"uv==1").hexdigest())
    assert install.find_uv(checkout) == str(program)


def test_uv_that_cannot_be_had_is_a_failure_with_a_way_out(checkout, monkeypatch):
    lock = checkout.root / "launch" / "locks" / "uv.txt"
    lock.parent.mkdir(parents=True)
    lock.write_text("uv==1")
    monkeypatch.setattr(install, "_quiet", lambda command: False)
    monkeypatch.setattr(install.shutil, "which", lambda name: None)
    with pytest.raises(Failure, match="apt install python3-venv"):
        install.find_uv(checkout)


def test_children_do_not_inherit_what_misleads_a_python():
    environ = {
        "PATH": "/bin",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": "/x",
        "DJANGO_SETTINGS_MODULE": "other.settings",
    }
    assert clean_environment(environ) == {"PATH": "/bin"}


def test_downloads_trust_whom_the_system_trusts(tmp_path):
    bundle = tmp_path / "ca.crt"
    assert certificates.trusting_the_system({"A": "1"}, [str(bundle)]) == {"A": "1"}
    bundle.touch()
    found = certificates.trusting_the_system({"A": "1", "NODE_EXTRA_CA_CERTS": "/mine"}, [str(bundle)])
    assert found == {"A": "1", "NODE_EXTRA_CA_CERTS": "/mine", "UV_SYSTEM_CERTS": "true"}


def test_failed_command_is_one_message(capfd):
    with pytest.raises(Failure, match="could not be installed"):
        install._call(["/bin/sh", "-c", "echo reason >&2; exit 3"], "The packages could not be installed.")
    assert capfd.readouterr().err == "reason\n"
    assert os.environ.get("PIP_USER") != "0"
