"""`migrate` as the owner role, and afterwards what the runtime and backup roles may touch."""

from django.conf import settings
from django.core.management.commands.migrate import Command as MigrateCommand
from django.db import connections

BACKUP_ROLE = "b2bops_backup"


class Command(MigrateCommand):
    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.set_defaults(database="owner")

    def handle(self, *args, **options):
        super().handle(*args, **options)
        grant_rights(connections[options["database"]], settings.RUNTIME_ROLE)


def grant_rights(connection, runtime_role: str) -> None:
    """Let the runtime role read, write and count rows (never change the schema) and the backup role read. Repeatable."""
    with connection.cursor() as cursor:
        cursor.execute("select current_user")
        if cursor.fetchone()[0] == runtime_role:
            return
        cursor.execute("select rolname from pg_roles where rolname in (%s, %s)", [runtime_role, BACKUP_ROLE])
        roles = {name for (name,) in cursor.fetchall()}
        quote = connection.ops.quote_name
        if runtime_role in roles:
            role = quote(runtime_role)
            cursor.execute(f"grant usage on schema public to {role}")
            cursor.execute(f"grant select, insert, update, delete on all tables in schema public to {role}")
            cursor.execute(f"grant usage, select on all sequences in schema public to {role}")
            # To have the planner's statistics renewed: see workspaces/table_statistics.py.
            cursor.execute(f"grant maintain on all tables in schema public to {role}")
            # The record of migrations is the owner's alone; the application may read it.
            cursor.execute(f"revoke insert, update, delete, maintain on django_migrations from {role}")
        if BACKUP_ROLE in roles:
            role = quote(BACKUP_ROLE)
            cursor.execute(f"grant usage on schema public to {role}")
            cursor.execute(f"grant select on all tables in schema public to {role}")
            cursor.execute(f"grant select on all sequences in schema public to {role}")
