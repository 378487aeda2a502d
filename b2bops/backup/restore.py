"""Restoring a backup into a new, empty database: all of it in one transaction that ends only when counts and sums agree."""

import json
import subprocess
import tempfile
from dataclasses import asdict
from pathlib import Path

from psycopg2.extensions import QuotedString

from b2bops.backup import archive
from b2bops.backup.archive import Manifest
from b2bops.backup.contents import CONTENT, FILLED_BY_MIGRATIONS, filled, migrations
from b2bops.backup.servers import backup_role, owner, program

# What the target has by its migrations and keeps.
KEPT = "django_migrations"

# Row-level security binds the owner, too; and what the triggers check has been checked where the rows come from.
OPEN = """
set timezone = 'UTC'; set bytea_output = 'hex'; set lock_timeout = '10s';
create temp table opened on commit drop as
select c.oid::regclass::text as name, c.relforcerowsecurity as is_forced
from pg_class c where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace
  and pg_has_role(c.relowner, 'member');
do $$ declare t record; begin
  for t in select * from opened loop
    execute format('alter table %s disable trigger user', t.name);
    if t.is_forced then execute format('alter table %s no force row level security', t.name); end if;
  end loop;
end $$;
"""
# Somebody may have moved in since we looked; the locks of the statements above keep others out from here on.
STILL_EMPTY = """
do $$ declare t text; has_rows boolean; begin
  for t in select name from opened where name <> all('{kept}') loop
    execute format('select exists (select from %s)', t) into has_rows;
    if has_rows then raise exception 'there are rows in %', t; end if;
  end loop;
end $$;
delete from auth_permission;
delete from django_content_type;
"""
CLOSE = """
set constraints all immediate;
do $$ declare t record; begin
  for t in select * from pg_temp.opened loop
    execute format('alter table %s enable trigger user', t.name);
    if t.is_forced then execute format('alter table %s force row level security', t.name); end if;
  end loop;
end $$;
"""
COMPARE = """
set search_path = public;
do $$ declare t record; found record; begin
  for t in select key as name, (value ->> 'rows')::bigint as rows, value ->> 'sum' as sum from jsonb_each({tables}) loop
    execute replace({content}, '{}', t.name) into found;
    if (found.counted, found.total) is distinct from (t.rows, t.sum) then
      raise exception 'table % has other rows than the backup counted', t.name;
    end if;
  end loop;
end $$;
"""


class RestoreRefused(Exception):
    """Why nothing was restored; the database is as it was."""


def restore(path: Path) -> Manifest:
    """Fill a migrated database that nobody has used with the rows of a backup. Raises RestoreRefused, BadArchive,
    ProgramMissing; then nothing has changed.
    """
    with tempfile.TemporaryDirectory(prefix="b2bops-restore-") as folder:
        manifest, dump = archive.read(path, Path(folder))
        with backup_role().transaction(isolation="REPEATABLE READ") as cursor:
            _refuse_other_tables(manifest, migrations(cursor))
            _refuse_inhabited(filled(cursor))
        _load(manifest, dump, Path(folder))
    return manifest


def _refuse_other_tables(manifest: Manifest, have: list[str]) -> None:
    ours, theirs = set(have), set(manifest.migrations)
    if lacking := sorted(theirs - ours):
        raise RestoreRefused(f"The backup was made by a newer version; this one lacks {_some(lacking)}.")
    if ahead := sorted(ours - theirs):
        raise RestoreRefused(
            f"The backup was made by an older version; restore it with that one, then upgrade. It lacks {_some(ahead)}."
        )


def _refuse_inhabited(rows: dict[str, int]) -> None:
    if rows:
        there = [f"{count} in {name}" for name, count in sorted(rows.items(), key=lambda item: -item[1])]
        raise RestoreRefused(f"The database is not empty; there are rows: {_some(there)}.")


def _some(names: list[str], most: int = 5) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def _load(manifest: Manifest, dump: Path, folder: Path) -> None:
    """`pg_restore` writes the rows as a script, which `psql` runs between ours."""
    restore = program("pg_restore")
    listing = subprocess.run([restore, "-l", dump], capture_output=True, text=True, check=False)  # noqa: S603
    if listing.returncode:
        raise RestoreRefused(listing.stderr.strip())
    wanted = [line for line in listing.stdout.splitlines() if KEPT not in line]
    (folder / "wanted").write_text("\n".join(wanted) + "\n", encoding="utf-8")
    kept = "{" + ",".join(FILLED_BY_MIGRATIONS) + "}"
    (folder / "before.sql").write_text(OPEN + STILL_EMPTY.replace("{kept}", kept), encoding="utf-8")
    (folder / "after.sql").write_text(_comparison(manifest) + CLOSE, encoding="utf-8")
    login = owner()
    scripts: list[str | Path] = ["-f", folder / "before.sql", "-f", "-", "-f", folder / "after.sql"]
    reader = subprocess.Popen(  # noqa: S603
        [restore, "--data-only", "--exit-on-error", "-L", folder / "wanted", "-f", "-", dump],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    writer = subprocess.Popen(  # noqa: S603
        [program("psql"), "-X", "-q", "--single-transaction", "-v", "ON_ERROR_STOP=1", "-o", "/dev/null", *scripts],
        env=login.environment,
        stdin=reader.stdout,
        stderr=subprocess.PIPE,
        text=True,
    )
    # The writer alone listens: when it goes, the reader ends, too.
    if reader.stdout:
        reader.stdout.close()
    complaint = writer.communicate()[1] or ""
    said = reader.communicate()[1] or ""
    if writer.returncode or reader.returncode:
        raise RestoreRefused((complaint if writer.returncode else said).strip())


def _comparison(manifest: Manifest) -> str:
    tables = {name: asdict(content) for name, content in manifest.tables.items() if name != KEPT}
    return COMPARE.replace("{tables}", f"{_quoted(json.dumps(tables))}::jsonb").replace("{content}", _quoted(CONTENT))


def _quoted(text: str) -> str:
    quoted = QuotedString(text)
    quoted.encoding = "utf-8"
    return quoted.getquoted().decode()
