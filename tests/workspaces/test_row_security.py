"""The walls between tenants, tried on every table that Postgres knows of.

Nothing here lists tenant tables: the catalogue does, so that a new table is tested or fails.
"""

import pytest
from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, IntegrityError, ProgrammingError, connection, transaction

from tests.cast import Cast, make_cast
from tests.sample_rows import SAMPLES, make_rows, tenant_models
from workspaces.models import Team
from workspaces.rls import POLICY
from workspaces.scope import ScopeMissing, current_workspace_id, workspace_scope

# What must be readable before anybody's workspace is known. Everything else belongs to one.
GLOBAL = {
    "account_emailaddress",
    "account_emailconfirmation",
    "auth_group",
    "auth_group_permissions",
    "auth_permission",
    "django_content_type",
    "django_migrations",
    "django_session",
    "mfa_authenticator",
    "socialaccount_socialaccount",
    "socialaccount_socialapp",
    "socialaccount_socialtoken",
    "usersessions_usersession",
    "workspaces_erasure",
    "workspaces_user",
    "workspaces_workspace",
}
# Looked up by a secret's hash before the workspace is known.
GLOBAL_INDEXES = {
    ("workspaces_apikey", "key_hash"),
    ("metrics_sharedlink", "token_hash"),
    ("metrics_sharedlink", "token_hash"),
    ("workspaces_invitation", "token_hash"),
}
# name(arguments) of all that runs as the owner.
DEFINER_FUNCTIONS = {
    "api_key_by_hash(text)",
    "claim_outbox(integer)",
    "claim_run(text,interval)",
    "claim_webhook_deliveries(timestamp with time zone,integer,integer,interval)",
    "invitation_by_hash(text)",
    "first_accounts(text,text[],integer)",
    "search_accounts(text,text[],integer)",
    "search_contacts(text,text[],integer)",
    "search_contracts(text,integer)",
    "shared_link_by_hash(text)",
    "workspaces_of(uuid)",
}
# As Postgres writes the policy back.
POLICY_AS_SHOWN = (
    "(workspace_id = ( SELECT (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid AS \"nullif\"))"
)
INSUFFICIENT_PRIVILEGE, FOREIGN_KEY_VIOLATION = "42501", "23503"


def rows_of(sql: str, *params) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


def value_of(sql: str, *params):
    return rows_of(sql, *params)[0][0]


def change(sql: str, *params) -> int:
    """How many rows a statement touched."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.rowcount


def error_code(sql: str, *params) -> str:
    """The SQLSTATE that a statement ends with, deferred constraints included; fails when it succeeds."""
    with pytest.raises(DatabaseError) as refusal:
        _run_to_the_end(sql, params)
    return getattr(refusal.value.__cause__, "pgcode", "")


def _run_to_the_end(sql: str, params) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, params)
        cursor.execute("set constraints all immediate")


def all_tables() -> set[str]:
    return {
        name
        for (name,) in rows_of(
            "select relname from pg_class where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace"
        )
    }


def tenant_tables() -> list[str]:
    return sorted(all_tables() - GLOBAL)


@pytest.fixture
def both(cast) -> tuple[Cast, dict, dict]:
    """A row of every kind in acme and in its rival, with nobody in scope."""
    return cast, make_rows(cast.workspace), make_rows(cast.rival)


# The catalogue


def test_every_table_is_global_or_carries_its_workspace(db):
    carrying = {
        name
        for (name,) in rows_of(
            "select attrelid::regclass::text from pg_attribute a join pg_class c on c.oid = attrelid "
            "where attname = 'workspace_id' and attnotnull and relkind in ('r', 'p') "
            "and relnamespace = 'public'::regnamespace"
        )
    }
    assert all_tables() >= GLOBAL
    assert carrying == set(tenant_tables())
    assert carrying == {model._meta.db_table for model in tenant_models()}


def test_every_tenant_table_has_security_enabled_and_forced(db):
    found = rows_of(
        "select relname from pg_class where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace "
        "and relrowsecurity and relforcerowsecurity order by 1"
    )
    assert [name for (name,) in found] == tenant_tables()


def test_every_tenant_table_has_exactly_the_policies(db):
    assert POLICY == "workspace_id = (select nullif(current_setting('app.workspace_id', true), '')::uuid)"
    owner = settings.DATABASES["owner"]["USER"]
    found = rows_of(
        "select tablename, policyname, permissive, roles::text, cmd, qual, with_check from pg_policies "
        "where schemaname = 'public' order by tablename, policyname"
    )
    assert found == [
        row
        for table in tenant_tables()
        for row in (
            (table, "in_workspace", "PERMISSIVE", "{public}", "ALL", POLICY_AS_SHOWN, POLICY_AS_SHOWN),
            (table, "owner_all", "PERMISSIVE", f"{{{owner}}}", "ALL", "true", "true"),
        )
    ]


def _indexes() -> list[tuple]:
    """(table, is primary, is unique, has a condition, column names) of every index of a tenant table."""
    return rows_of(
        "select c.relname, i.indisprimary, i.indisunique, i.indpred is not null, "
        "  (select array_agg(coalesce(a.attname, '') order by k.position) "
        "   from unnest(i.indkey::int[]) with ordinality as k(attnum, position) "
        "   left join pg_attribute a on a.attrelid = c.oid and a.attnum = k.attnum and k.attnum > 0) "
        "from pg_index i join pg_class c on c.oid = i.indrelid "
        "where c.relnamespace = 'public'::regnamespace and c.relname = any(%s)",
        tenant_tables(),
    )


def test_every_tenant_row_can_be_pointed_at_together_with_its_workspace(db):
    """By UNIQUE (workspace_id, id), or by a primary key that starts with the workspace."""
    whole_unique = [
        (table, columns) for table, _, is_unique, is_partial, columns in _indexes() if is_unique and not is_partial
    ]
    keyed = {table for table, columns in whole_unique if columns == ["workspace_id", "id"]}
    keyed |= {table for table, primary, _, _, columns in _indexes() if primary and columns[0] == "workspace_id"}
    assert sorted(keyed) == tenant_tables()


def test_every_index_of_a_tenant_table_starts_with_the_workspace(db):
    """Its primary key apart: what a query by workspace cannot use, and what Citus could not place."""
    astray = {
        (table, columns[0])
        for table, is_primary, _, _, columns in _indexes()
        if not is_primary and columns[0] != "workspace_id"
    }
    assert astray == GLOBAL_INDEXES


# Figures that one statement writes by the hundred thousand, from rows of the same workspace: their keys are declared
# (docs/decisions/0006-figures-are-tables-of-exact-sums.md), and tests/metrics/test_figures_stay_inside.py looks at the rows.
UNENFORCED = {"metrics_accountday", "metrics_linespan", "metrics_termend"}


def test_only_keys_of_figures_are_declared_without_being_enforced(db):
    found = rows_of(
        "select distinct conrelid::regclass::text from pg_constraint where contype = 'f' and not conenforced"
    )
    assert {table for (table,) in found} == UNENFORCED


def _foreign_keys() -> list[tuple]:
    """(table, columns, target, target columns) of every foreign key of a tenant table."""
    return rows_of(
        "select con.conrelid::regclass::text, "
        "  (select array_agg(attname order by position) from unnest(conkey) with ordinality as k(num, position) "
        "   join pg_attribute on attrelid = conrelid and attnum = num), "
        "  con.confrelid::regclass::text, "
        "  (select array_agg(attname order by position) from unnest(confkey) with ordinality as k(num, position) "
        "   join pg_attribute on attrelid = confrelid and attnum = num) "
        "from pg_constraint con where contype = 'f' and conrelid::regclass::text = any(%s) order by 1, 2",
        tenant_tables(),
    )


def test_foreign_keys_between_tenant_tables_carry_the_workspace(db):
    for table, columns, target, target_columns in _foreign_keys():
        if target in GLOBAL:
            assert len(columns) == 1, (table, columns)
        else:
            assert columns[0] == "workspace_id", (table, columns)
            assert target_columns == ["workspace_id", "id"], (table, columns)


def test_every_relation_of_the_models_is_a_foreign_key_in_the_database(db):
    """`db_constraint=False` is only allowed because a TenantForeignKey stands in its place."""
    inside = {(table, columns[-1], target) for table, columns, target, _ in _foreign_keys()}
    wanted = {
        (model._meta.db_table, field.column, field.remote_field.model._meta.db_table)
        for model in tenant_models()
        for field in model._meta.concrete_fields
        if field.is_relation
    }
    assert inside == wanted


def test_functions_that_run_as_the_owner_are_these_and_pin_their_search_path(db):
    found = rows_of(
        "select oid::regprocedure::text, pg_get_userbyid(proowner), proconfig from pg_proc "
        "where prosecdef and pronamespace = 'public'::regnamespace"
    )
    assert {name for name, _, _ in found} == DEFINER_FUNCTIONS
    for name, owner, config in found:
        assert owner == settings.DATABASES["owner"]["USER"], name
        assert config == ["search_path=public, pg_temp"], name


def test_no_view_or_trigger_looks_past_the_walls(db):
    """A view reads as its owner; none is needed."""
    assert value_of("select count(*) from pg_views where schemaname = 'public'") == 0
    assert value_of("select count(*) from pg_matviews where schemaname = 'public'") == 0
    # Triggers run as whoever writes, so under that role's policies; the only ones keep figures inside their workspace,
    # and what was published as it was.
    functions = "select distinct tgfoid::regproc::text from pg_trigger where not tgisinternal order by 1"
    found = ["figures_stay_inside", "publications_stand"]
    assert value_of(f"select array_agg(t.tgfoid) from ({functions}) t") == found
    assert value_of("select bool_or(prosecdef) from pg_proc where proname = any(%s)", found) is False


# The runtime role


def test_runtime_role_owns_nothing_and_can_change_no_schema(db):
    assert value_of("select current_user") == settings.RUNTIME_ROLE
    role = rows_of(
        "select rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication from pg_roles "
        "where rolname = current_user"
    )
    assert role == [(False,) * 5]
    for catalogue, owner in (
        ("pg_class", "relowner"),
        ("pg_proc", "proowner"),
        ("pg_type", "typowner"),
        ("pg_namespace", "nspowner"),
        ("pg_database", "datdba"),
    ):
        assert value_of(f"select count(*) from {catalogue} where {owner} = current_user::regrole") == 0, catalogue
    assert value_of("select has_schema_privilege('public', 'create')") is False
    assert value_of("select pg_has_role(%s, 'member')", settings.DATABASES["owner"]["USER"]) is False
    assert value_of("select has_table_privilege('django_migrations', 'insert, update, delete, maintain')") is False


@pytest.mark.parametrize(
    "statement",
    [
        "alter table workspaces_team disable row level security",
        "alter table workspaces_team no force row level security",
        "drop policy in_workspace on workspaces_team",
        "create policy mine on workspaces_team using (true)",
        "create table public.mine (id int)",
        "create or replace function public.workspaces_of(of_user uuid) returns setof uuid language sql as 'select 1'",
    ],
)
def test_runtime_role_cannot_take_the_walls_down(db, statement):
    assert error_code(statement) == INSUFFICIENT_PRIVILEGE


def test_runtime_role_cannot_step_around_the_walls(both):
    """`row_security = off` does not switch it off: it makes what would be filtered an error."""
    with transaction.atomic():
        change("set local row_security = off")
        assert error_code("select count(*) from workspaces_team") == INSUFFICIENT_PRIVILEGE
        change("set local row_security = on")


# Rows


def test_there_is_a_sample_row_for_every_tenant_model(both):
    """Without one, the tests below would prove nothing about a new table."""
    assert set(SAMPLES) == {model._meta.label for model in tenant_models()}
    for label, row in both[1].items():
        assert apps.get_model(label) is type(row)


def test_sample_rows_fill_every_relation(both):
    """A relation left empty would pass the foreign key test below without being tried."""
    may_be_empty = {"user", "api_key_id", "created_by", "invited_by", "manager", "parent", "renews"}
    for label, row in both[1].items():
        for field in row._meta.concrete_fields:
            if field.is_relation and field.name not in may_be_empty:
                assert getattr(row, field.attname) is not None, (label, field.name)


def test_rows_of_another_workspace_do_not_exist(both):
    cast, *_ = both
    ours, theirs = cast.workspace.pk, cast.rival.pk
    for table in tenant_tables():
        with workspace_scope(cast.workspace):
            assert value_of(f"select count(*) from {table} where workspace_id = %s", ours) > 0, table
            assert value_of(f"select count(*) from {table} where workspace_id <> %s", ours) == 0, table
            assert change(f"update {table} set workspace_id = workspace_id where workspace_id = %s", theirs) == 0, table
            assert change(f"delete from {table} where workspace_id = %s", theirs) == 0, table
        with workspace_scope(cast.rival):
            assert value_of(f"select count(*) from {table} where workspace_id = %s", theirs) > 0, table


def test_without_a_scope_there_are_no_rows_and_none_can_be_written(both):
    cast, *_ = both
    for table in tenant_tables():
        assert value_of(f"select count(*) from {table}") == 0, table
        assert change(f"update {table} set workspace_id = workspace_id") == 0, table
        assert change(f"delete from {table}") == 0, table
    assert error_code("insert into workspaces_team (workspace_id, name) values (%s, 'x')", cast.rival.pk) == (
        INSUFFICIENT_PRIVILEGE
    )


def test_rows_cannot_be_written_into_another_workspace(both):
    """Neither as new rows nor by moving ours; the policy answers before keys and constraints do."""
    cast, *_ = both
    for model in tenant_models():
        table = model._meta.db_table
        columns = [field.column for field in model._meta.concrete_fields]
        values = ", ".join("%s" if column == "workspace_id" else f'"{column}"' for column in columns)
        names = ", ".join(f'"{column}"' for column in columns)
        copy = f"insert into {table} ({names}) select {values} from {table} limit 1"
        with workspace_scope(cast.workspace):
            assert error_code(copy, cast.rival.pk) == INSUFFICIENT_PRIVILEGE, table
            assert error_code(f"update {table} set workspace_id = %s", cast.rival.pk) == INSUFFICIENT_PRIVILEGE, table


def test_rows_cannot_point_into_another_workspace(both):
    """Postgres checks foreign keys past row-level security, so the key itself must carry the workspace."""
    cast, _, theirs = both
    by_table = {type(row)._meta.db_table: row for row in theirs.values()}
    tried = 0
    for table, columns, target, _ in _foreign_keys():
        if target in GLOBAL or table in UNENFORCED:
            continue
        statement = f'update {table} set "{columns[-1]}" = %s'
        with workspace_scope(cast.workspace):
            assert error_code(statement, by_table[target].pk) == FOREIGN_KEY_VIOLATION, (table, columns)
        tried += 1
    assert tried >= 15


# The scope


def test_nested_scopes_give_the_outer_one_back(cast):
    with workspace_scope(cast.workspace):
        assert current_workspace_id() == cast.workspace.pk
        with workspace_scope(cast.rival):
            assert current_workspace_id() == cast.rival.pk
            assert not Team.objects.filter(workspace=cast.workspace).exists()
        assert current_workspace_id() == cast.workspace.pk
    with pytest.raises(ScopeMissing):
        current_workspace_id()


def test_scope_is_given_back_after_an_exception(cast):
    with workspace_scope(cast.workspace):
        with pytest.raises(ZeroDivisionError), workspace_scope(cast.rival):
            1 / 0  # noqa: B018
        assert current_workspace_id() == cast.workspace.pk
        with pytest.raises(ProgrammingError), workspace_scope(cast.rival), connection.cursor() as cursor:
            cursor.execute("select no_such_column from workspaces_team")
        assert current_workspace_id() == cast.workspace.pk
        Team.objects.create(workspace=cast.workspace, name="Twice")
        with pytest.raises(IntegrityError), transaction.atomic():
            Team.objects.create(workspace=cast.workspace, name="Twice")
        assert current_workspace_id() == cast.workspace.pk
    with pytest.raises(ScopeMissing):
        current_workspace_id()


@pytest.mark.django_db(transaction=True)
def test_scope_ends_with_its_transaction_on_a_kept_connection():
    """Also after an error: the next request on the same connection starts with nothing."""
    cast = make_cast()
    pid = value_of("select pg_backend_pid()")
    with workspace_scope(cast.workspace):
        assert current_workspace_id() == cast.workspace.pk
    assert value_of("select current_setting('app.workspace_id', true)") in (None, "")
    with pytest.raises(ZeroDivisionError), workspace_scope(cast.workspace):
        1 / 0  # noqa: B018
    assert value_of("select current_setting('app.workspace_id', true)") in (None, "")
    assert value_of("select pg_backend_pid()") == pid
