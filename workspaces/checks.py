"""Start-up refusals: what would make the walls between tenants useless, or production unsafe."""

from django.conf import settings
from django.core.checks import Error, Tags, Warning, register
from django.core.exceptions import ImproperlyConfigured
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.utils import OperationalError


@register(Tags.database)
def runtime_role_is_bound(app_configs, databases, **kwargs):
    """Row-level security does not bind superusers and BYPASSRLS roles: refuse to run as one."""
    if not databases or "default" not in databases:
        return []
    return role_errors()


def role_errors() -> list[Error]:
    try:
        with connection.cursor() as cursor:
            cursor.execute("select rolname, rolsuper, rolbypassrls from pg_roles where rolname = current_user")
            name, is_super, bypasses = cursor.fetchone()
            cursor.execute("select count(*) from pg_tables where schemaname = 'public' and tableowner = current_user")
            owned = cursor.fetchone()[0]
    except OperationalError:
        return []  # Being unreachable is reported by whoever needs the database.
    errors = []
    if is_super or bypasses:
        errors.append(
            Error(
                f"The database role {name!r} is a superuser or bypasses row-level security.",
                hint="Point DATABASE_URL at a plain role (NOSUPERUSER NOBYPASSRLS); migrations use DATABASE_OWNER_URL.",
                id="workspaces.E001",
            )
        )
    if owned:
        errors.append(
            Error(
                f"The database role {name!r} owns tables.",
                hint="Let the role of DATABASE_OWNER_URL own the schema and DATABASE_URL use another one.",
                id="workspaces.E002",
            )
        )
    return errors


def refuse_unbound_role(sender, connection, **kwargs) -> None:
    """Refuse to speak at all as a role that row-level security does not bind: web, worker and commands alike.

    System checks run only in some commands; this runs on every new connection, once, in all of them.
    """
    if connection.alias != DEFAULT_DB_ALIAS:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "select rolname from pg_roles r where rolname = current_user and (rolsuper or rolbypassrls "
            "or exists (select 1 from pg_class where relowner = r.oid and relrowsecurity))"
        )
        row = cursor.fetchone()
    if row:
        connection.close()
        raise ImproperlyConfigured(
            f"DATABASE_URL connects as {row[0]!r}, a superuser, BYPASSRLS role or owner of tables; tenants would not be "
            "kept apart. Use a role of its own for it, and DATABASE_OWNER_URL for the one that migrates."
        )


@register(Tags.security)
def work_apps_are_whole(app_configs, **kwargs):
    """Signing in by a work app is off where something lacks: say so, rather than leave people to look for the button."""
    found = []
    if settings.WORK_APPS_LACK:
        found.append(
            Warning(
                f"Sign-in by a work app is off: {', '.join(settings.WORK_APPS_LACK)} not given.",
                hint="Give all variables of the app, or none; docs/operations.md names them.",
                id="workspaces.W002",
            )
        )
    if settings.WORK_APPS_MISSPELT:
        found.append(
            Error(
                f"No web address: {', '.join(settings.WORK_APPS_MISSPELT)}.",
                hint="For example https://open.larksuite.com",
                id="workspaces.E003",
            )
        )
    return found


@register(Tags.security)
def public_url_is_named(app_configs, **kwargs):
    if settings.DEBUG or settings.PUBLIC_URL.startswith(("http://", "https://")):
        return []
    return [Warning("PUBLIC_URL has no scheme.", hint="For example https://ops.example.com", id="workspaces.W001")]
