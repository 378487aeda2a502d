import os
import signal
import sys
import time
from pathlib import Path
from urllib.parse import unquote, urlsplit

import psycopg2
import pytest

from launch import database
from launch.account import Account
from launch.console import Failure
from launch.postgres import Postgres, database_url
from launch.process import identity
from launch.sockets import fits, socket_folder
from tests.launch.running import eventually, python

COMMITTING = """
import sys
import psycopg2
connection = psycopg2.connect(sys.argv[1])
cursor = connection.cursor()
number = 0
while True:
    number += 1
    cursor.execute("insert into kept values (%s)", [number])
    connection.commit()
    print(number, flush=True)
"""
STARTING = """
import sys, time
from pathlib import Path
from launch.account import Account
from launch.postgres import Postgres
from launch.sockets import socket_folder
home = Path(sys.argv[1])
account = Account()
server = Postgres(home, socket_folder(home, account), account)
server.start()
print(server.process.pid, flush=True)
time.sleep(60)
"""


def test_address_carries_the_socket_folder_where_a_host_would_stand():
    url = database_url(Path("/a b/运行"), "b2bops_app")
    assert url == "postgres://b2bops_app@%2Fa%20b%2F%E8%BF%90%E8%A1%8C/b2bops"
    assert unquote(urlsplit(url).netloc.partition("@")[2]) == "/a b/运行"
    assert database.name_of(url) == "/a b/运行:/b2bops"


def test_name_of_an_address_holds_no_password():
    assert database.name_of("postgres://app:secret@db.example:5433/books") == "db.example:5433/books"


def test_sockets_stay_beside_the_data_only_where_every_client_can_write_the_address(tmp_path):
    assert fits(Path("/srv/b2bops/.local/run"))
    assert not fits(Path("/srv/b2b ops/.local/run"))
    assert not fits(Path("/srv/客户/.local/run"))
    assert not fits(Path("/srv/" + "x" * 80))


def test_socket_folder_is_the_same_each_time_and_different_for_another_home(home):
    account = Account()
    first = socket_folder(home, account)
    other = home / "other"
    other.mkdir()
    assert socket_folder(home, account) == first
    assert socket_folder(other, account) != first
    assert fits(first)
    first.rmdir()
    socket_folder(other, account).rmdir()


def test_note_with_the_number_of_another_program_is_forgotten(tmp_path):
    server = Postgres(tmp_path, tmp_path, Account())
    server.data.mkdir()
    note = server.data / "postmaster.pid"
    note.write_text(f"{os.getpid()}\n{server.data}\n")
    assert server.leftover_pid() is None
    assert not note.exists()


@pytest.mark.parametrize("text", ["", "\n", "4194304\n/gone\n"])
def test_note_that_is_torn_or_of_a_dead_process_counts_as_none(tmp_path, text):
    server = Postgres(tmp_path, tmp_path, Account())
    server.data.mkdir()
    (server.data / "postmaster.pid").write_text(text)
    assert server.leftover_pid() is None


@pytest.fixture
def server(home):
    account = Account()
    sockets = socket_folder(home, account)
    server = Postgres(home, sockets, account)
    yield server
    server.stop()
    for leftover in (sockets / "postgres", sockets):
        if leftover.exists():
            leftover.rmdir()


@pytest.mark.stack
def test_rows_committed_before_a_kill_are_there_after_it(server):
    server.start()
    server.run_sql("create table kept (number int)")
    with python(COMMITTING, server.url("postgres", "postgres"), stdout=-1, stderr=-3) as writer:
        seen = 0
        while seen < 200:
            seen = int(writer.stdout.readline())
        os.kill(server.process.pid, signal.SIGKILL)
        seen = max([seen, *map(int, writer.stdout.read().split())])
    server.process.wait()
    # as after a crash of the machine: the note and the socket of a dead server, its number now somebody else's
    note = server.data / "postmaster.pid"
    lines = note.read_text().split("\n")
    note.write_text("\n".join([str(os.getpid()), *lines[1:]]))
    server.start()
    # the last one may have been committed without its writer hearing of it
    assert int(server.run_sql("select count(*) from kept")) in (seen, seen + 1)
    assert int(server.run_sql("select max(number) from kept")) in (seen, seen + 1)


@pytest.mark.stack
def test_server_whose_starter_was_killed_is_ended_and_succeeded(server, home):
    with python(STARTING, home, stdout=-1) as starter:
        pid = int(starter.stdout.readline())
        starter.send_signal(signal.SIGKILL)
        starter.wait()
        if sys.platform.startswith("linux"):
            assert eventually(lambda: identity(pid) is None), "the server outlived its starter"
    server.start()
    assert server.run_sql("select 1") == "1"


@pytest.mark.stack
def test_roles_are_bound_and_databases_are_theirs(server):
    server.start()
    server.make_roles()
    server.make_roles()  # at every start
    roles = server.run_sql(
        "select rolname, rolsuper, rolbypassrls, rolcreatedb, rolcreaterole from pg_roles"
        " where rolname like 'b2bops%' order by 1"
    )
    assert roles.split("\n") == ["b2bops_app|f|f|f|f", "b2bops_backup|f|t|f|f", "b2bops_owner|f|f|t|f"]
    owner = server.url("b2bops_owner")
    with psycopg2.connect(owner) as connection, connection.cursor() as cursor:
        cursor.execute("create table facts (id int); insert into facts values (1)")
        cursor.execute("create extension pg_trgm")
        cursor.execute("select show_trgm('客户')")
        assert len(cursor.fetchone()[0]) == 3, "Chinese letters are dropped by this locale"
    connection.close()
    with psycopg2.connect(server.url("b2bops_backup")) as backup, backup.cursor() as cursor:
        cursor.execute("select * from facts")
        assert cursor.fetchall() == [(1,)]
        with pytest.raises(psycopg2.errors.ReadOnlySqlTransaction):
            cursor.execute("delete from facts")
    backup.close()
    app = psycopg2.connect(server.url("b2bops_app"))
    with app.cursor() as cursor, pytest.raises(psycopg2.errors.InsufficientPrivilege):
        cursor.execute("select * from facts")
    app.close()

    database.check_version(owner)
    assert database.applied_mark(owner) is None
    database.note_mark(owner, "abc")
    assert database.applied_mark(owner) == "abc"
    database.note_mark(owner, None)
    assert database.applied_mark(owner) is None


@pytest.mark.stack
def test_nobody_else_gets_in(server):
    server.start()
    assert server.socket.stat().st_mode & 0o077 == 0
    rules = (server.data / "pg_ident.conf").read_text()
    assert rules == f'starter "{Account().client_name}" all\n'
    (server.data / "pg_ident.conf").write_text('starter "somebody-else" all\n')
    server.stop()
    server.start()
    assert (server.data / "pg_ident.conf").read_text() == rules, "access rules are put right at every start"


@pytest.mark.stack
def test_failing_start_ends_in_the_server_s_own_words(server):
    server.start()
    server.stop()
    (server.data / "global" / "pg_control").unlink()
    began = time.monotonic()
    with pytest.raises(Failure, match=r"(?s)Postgres did not start.*pg_control"):
        server.start()
    assert time.monotonic() - began < 20


def test_older_server_is_refused(monkeypatch):
    class Old:
        server_version = 170004

        def close(self):
            pass

    monkeypatch.setattr(database, "connect", lambda url: Old())
    with pytest.raises(Failure, match=r"PostgreSQL 18 or later is needed; DATABASE_URL leads to 17\.4\."):
        database.check_version("postgres://db.example/books")


def test_unreachable_server_is_named_without_the_password():
    with pytest.raises(Failure, match="does not let us in") as refusal:
        database.connect("postgres://app:secret@127.0.0.1:1/books")
    assert "secret" not in str(refusal.value)
