from django.db import migrations, models

# Names are searched in their spelling, too (workspaces.pinyin), which stands behind them in the searched text. It is not doubled
# and keeps its large letters: patterns of syllables find them, while what people type is made small.
TEXTS = {
    "account": "name || ' ' || legal_name || ' ' || short_name || ' ' || coalesce(external_id, '') || ' ' || credit_code",
    "contact": "name || ' ' || mobile || ' ' || email || ' ' || wechat",
}

SEARCH = """
create function search_{noun}s(words text, spelled text[], most integer) returns setof uuid
language sql stable security definer set search_path = public, pg_temp
as $$
  select id from accounts_{noun}
  where workspace_id = (select nullif(current_setting('app.workspace_id', true), '')::uuid)
    and (search_text like search_pattern(words) or search_text like any(spelled))
    and voided_at is null
  limit most
$$;
drop function search_{noun}s(text, integer);
"""
FIRST = """
create function first_accounts(words text, spelled text[], most integer) returns setof uuid
language sql stable security definer set search_path = public, pg_temp
as $$
  select id from (
    select id, sort_name from accounts_account
    where workspace_id = (select nullif(current_setting('app.workspace_id', true), '')::uuid)
      and (search_text like search_pattern(words) or search_text like any(spelled))
      and voided_at is null
    offset 0
  ) as found
  order by sort_name, id
  limit most
$$;
drop function first_accounts(text, integer);
"""
BY_TEXT_ALONE = """
create function search_{noun}s(words text, most integer) returns setof uuid
language sql stable security definer set search_path = public, pg_temp
as $$
  select id from accounts_{noun}
  where workspace_id = (select nullif(current_setting('app.workspace_id', true), '')::uuid)
    and search_text like search_pattern(words)
    and voided_at is null
  limit most
$$;
drop function search_{noun}s(text, text[], integer);
"""
FIRST_BY_NAME = """
create function first_accounts(words text, most integer) returns setof uuid
language sql stable security definer set search_path = public, pg_temp
as $$
  select id from (
    select id, name from accounts_account
    where workspace_id = (select nullif(current_setting('app.workspace_id', true), '')::uuid)
      and search_text like search_pattern(words)
      and voided_at is null
    offset 0
  ) as found
  order by name, id
  limit most
$$;
drop function first_accounts(text, text[], integer);
"""


def stored(more: str) -> str:
    return "".join(
        f"alter table accounts_{noun} alter column search_text set expression as (searchable({text}){more});"
        f"analyze accounts_{noun} (search_text);"
        for noun, text in TEXTS.items()
    )


FORWARDS = stored(" || ' ' || spelling") + "".join(SEARCH.format(noun=noun) for noun in TEXTS) + FIRST
BACKWARDS = "".join(BY_TEXT_ALONE.format(noun=noun) for noun in TEXTS) + FIRST_BY_NAME + stored("")


class Migration(migrations.Migration):
    dependencies = [("accounts", "0018_spell_names")]

    operations = [
        migrations.RunSQL(FORWARDS, BACKWARDS),
        migrations.AddIndex(
            "account", models.Index(fields=["workspace", "sort_name", "id"], name="account_by_sort_name")
        ),
        migrations.AddIndex(
            "contact", models.Index(fields=["workspace", "sort_name", "id"], name="contact_by_sort_name")
        ),
    ]
