from django.db import migrations

# A foreign key looks up every row by itself, which was half of what a rebuild costs. These triggers ask once a statement,
# over all rows that it wrote, so that no figure can point at an account or contract of another workspace either.
FUNCTION = """
create function figures_stay_inside() returns trigger language plpgsql set search_path = public, pg_temp as $$
declare
  strays boolean;
begin
  for i in 0 .. tg_nargs / 2 - 1 loop
    execute format(
      'select exists (select from written w where not exists '
      '(select from %I t where t.workspace_id = w.workspace_id and t.id = w.%I))',
      tg_argv[2 * i + 1], tg_argv[2 * i]
    ) into strays;
    if strays then
      raise foreign_key_violation using
        message = format('%s: a row''s %s is not in its workspace', tg_table_name, tg_argv[2 * i]);
    end if;
  end loop;
  return null;
end
$$;
"""

KEYS = {
    "metrics_accountday": "'account_id', 'accounts_account'",
    "metrics_linespan": "'account_id', 'accounts_account', 'contract_id', 'accounts_contract'",
    "metrics_termend": "'account_id', 'accounts_account', 'contract_id', 'accounts_contract'",
}


def watched(table: str, keys: str) -> str:
    return "".join(
        f"create trigger {table}_{event}_inside after {event} on {table} referencing new table as written "
        f"for each statement execute function figures_stay_inside({keys});\n"
        for event in ("insert", "update")
    )


def unwatched(table: str) -> str:
    return "".join(f"drop trigger {table}_{event}_inside on {table};\n" for event in ("insert", "update"))


class Migration(migrations.Migration):
    dependencies = [("metrics", "0005_figures_declare_their_keys")]

    operations = [
        migrations.RunSQL(
            FUNCTION + "".join(watched(table, keys) for table, keys in KEYS.items()),
            "".join(unwatched(table) for table in KEYS) + "drop function figures_stay_inside();",
        )
    ]
