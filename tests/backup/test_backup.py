"""A backup and its way back, by the commands, on a real server: the same rows, or none."""

import io
import json
import tarfile
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from accounts.models import Account
from b2bops.backup import archive, servers
from b2bops.backup.contents import contents, filled
from metrics.ledger_digest import canonical_digest, ledger_digest
from tests.emptying import empty_tables
from tests.metrics import books
from workspaces.models import Activity, Workspace
from workspaces.scope import workspace_scope

pytestmark = [pytest.mark.stack, pytest.mark.django_db(transaction=True)]


def everything() -> dict:
    with servers.backup_role().transaction(isolation="REPEATABLE READ") as cursor:
        return contents(cursor)


def rows() -> dict[str, int]:
    with servers.backup_role().transaction(isolation="REPEATABLE READ") as cursor:
        return filled(cursor)


def protection() -> list[tuple]:
    """What stands around every table: row-level security, and triggers that are on."""
    with servers.backup_role().transaction(isolation="REPEATABLE READ") as cursor:
        cursor.execute(
            "select c.relname, c.relrowsecurity, c.relforcerowsecurity, "
            "array_agg(t.tgname || ' ' || t.tgenabled::text order by t.oid) "
            "from pg_class c left join pg_trigger t on t.tgrelid = c.oid and not t.tgisinternal "
            "where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace group by c.oid order by 1"
        )
        return cursor.fetchall()


def said(*words) -> str:
    out = StringIO()
    call_command(*map(str, words), stdout=out)
    return out.getvalue()


def leave() -> None:
    empty_tables(settings.DATABASES["owner"])


def rewritten(path, to, change) -> None:
    """The same archive with another manifest."""
    with tarfile.open(path) as old, tarfile.open(to, "w") as new:
        manifest = json.load(old.extractfile(archive.MANIFEST))
        change(manifest)
        text = json.dumps(manifest).encode()
        entry = tarfile.TarInfo(archive.MANIFEST)
        entry.size = len(text)
        new.addfile(entry, io.BytesIO(text))
        new.addfile(old.getmember(archive.DUMP), old.extractfile(archive.DUMP))


@pytest.fixture
def company(cast):
    """A closed golden book beside the cast's two workspaces; nothing of it is left out of a backup."""
    workspace, content = books.open_book("edges")
    books.close(workspace, content["until"])
    return workspace


def test_backup_and_restore(company, tmp_path):
    file = tmp_path / "b2bops.tar"
    before, protected = everything(), protection()
    with workspace_scope(company):
        digest = canonical_digest(ledger_digest(company))
    assert said("backup", file).startswith(f"{len(before)} tables, {sum(one.rows for one in before.values()):,} rows, ")
    assert file.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [file], "nothing is left beside it"
    with pytest.raises(CommandError, match="there already"):
        said("backup", file)

    # an installation with somebody in it is left alone, and told who
    with pytest.raises(CommandError, match=r"Nothing was restored. The database is not empty; there are rows: \d+ in "):
        said("restore", file)
    assert everything() == before

    leave()
    answer = said("restore", file)
    assert "counts and sums agree\n" in answer
    assert f"digest {digest}\n" in answer
    assert everything() == before
    # it goes on where it stopped: keys are not given twice, and what guards the tables stands again
    with workspace_scope(company):
        last = Activity.objects.filter(workspace=company).order_by("-id").first().id
        books.write(company, {"accounts": [{"external_id": "later", "name": "Later"}]})
        assert Activity.objects.filter(workspace=company).order_by("-id").first().id > last
    assert not Account.objects.exists()
    assert protection() == protected


def test_restore_of_what_is_not_whole_changes_nothing(company, tmp_path):
    file, other = tmp_path / "b2bops.tar", tmp_path / "other.tar"
    said("backup", file)
    leave()

    def miscounted(manifest):
        manifest["tables"]["accounts_account"]["sum"] += "0"

    def newer(manifest):
        manifest["migrations"].append("metrics.9999_later")

    def older(manifest):
        manifest["migrations"].remove("metrics.0001_initial")

    def damaged(manifest):
        manifest["sha256"] = "0" * 64

    for change, reason in (
        (miscounted, "accounts_account has other rows than the backup counted"),
        (newer, "newer version; this one lacks metrics.9999_later"),
        (older, "older version.* It lacks metrics.0001_initial"),
        (damaged, "is damaged"),
    ):
        rewritten(file, other, change)
        with pytest.raises(CommandError, match=f"Nothing was restored.*{reason}"):
            said("restore", other)
        assert rows() == {}, reason
    other.write_bytes(file.read_bytes()[:5000])
    with pytest.raises(CommandError, match="no backup, or not whole"):
        said("restore", other)
    assert not Workspace.objects.exists()
    said("restore", file)
    assert Workspace.objects.count() == 3


def test_backup_without_the_programs(db, tmp_path, monkeypatch):
    monkeypatch.setattr(servers.importlib.util, "find_spec", lambda name: None)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CommandError, match=r"no pg_dump on this machine"):
        said("backup", tmp_path / "b2bops.tar")
    assert list(tmp_path.iterdir()) == []


def test_role_of_the_backup(settings):
    assert servers.backup_role().user == "b2bops_backup"
    settings.DATABASE_BACKUP_URL = "postgres://reader:secret@db.example:5433/other"
    login = servers.backup_role()
    assert (login.user, login.password) == ("reader", "secret")
    assert login.environment["PGPASSWORD"] == "secret"
