"""What a database holds, table by table: how many rows, and a sum over them that knows no order."""

from dataclasses import dataclass

# The migrations themselves fill these; a restored backup brings its own rows of the first two.
FILLED_BY_MIGRATIONS = ("auth_permission", "django_content_type", "django_migrations")

TABLES = """
select c.relname
from pg_class c
where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace and c.relpersistence = 'p'
  and not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'e')
order by 1
"""
# As jsonb, because that writes every row alike, whatever the order of columns; the first half of its SHA-256.
CONTENT = """
select count(*) as counted, coalesce(sum(
  ('x' || encode(substr(sha256(convert_to(to_jsonb(t)::text, 'UTF8')), 1, 8), 'hex'))::bit(64)::bigint::numeric
), 0)::text as total
from public."{}" t
"""


@dataclass(frozen=True)
class Content:
    """A table's rows: how many, and the sum of their hashes."""

    rows: int
    sum: str


def contents(cursor) -> dict[str, Content]:
    """Every table's content as the cursor's role sees it in its transaction."""
    cursor.execute(TABLES)
    found = {}
    for (name,) in cursor.fetchall():
        cursor.execute(CONTENT.format(name))
        rows, total = cursor.fetchone()
        found[name] = Content(rows, total)
    return found


def migrations(cursor) -> list[str]:
    """Which migrations the database has, as ``app.name``."""
    cursor.execute("select app || '.' || name from public.django_migrations order by 1")
    return [name for (name,) in cursor.fetchall()]


def filled(cursor) -> dict[str, int]:
    """Tables with rows, and how many; those that every new database has are left out."""
    cursor.execute(TABLES)
    counts = {}
    for (name,) in cursor.fetchall():
        if name not in FILLED_BY_MIGRATIONS:
            cursor.execute(f'select count(*) from public."{name}"')  # noqa: S608  the catalogue's own name
            if rows := cursor.fetchone()[0]:
                counts[name] = rows
    return counts
