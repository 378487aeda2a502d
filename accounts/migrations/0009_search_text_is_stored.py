from django.db import migrations

# What is searched in, stored beside the row. An index over the expression alone had it computed anew for each row that the
# index proposes, 7 µs each: most of a search for words that many rows hold.
COLUMNS = {
    "account": "name || ' ' || legal_name || ' ' || short_name || ' ' || coalesce(external_id, '') || ' ' || credit_code",
    "contact": "name || ' ' || mobile || ' ' || email || ' ' || wechat",
    "contract": "number || ' ' || coalesce(external_id, '')",
}

SEARCH = """
create or replace function search_{noun}s(words text, most integer) returns setof uuid
language sql stable security definer set search_path = public, pg_temp
as $$
  select id from accounts_{noun}
  where workspace_id = (select nullif(current_setting('app.workspace_id', true), '')::uuid)
    and {text} like search_pattern(words)
    and voided_at is null
  limit most
$$;

drop index {noun}_search;
create index {noun}_search on accounts_{noun} using gin (workspace_id, {text} gin_trgm_ops);
"""

# The first matches by name. The inner query is one of its own, so that the planner reads the search index and sorts what
# it finds: walking along the names instead would read the whole book for a word that stands in few of them.
FIRST = """
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
"""


STORED = (
    "".join(
        f"alter table accounts_{noun} add column search_text text generated always as (searchable({text})) stored;"
        for noun, text in COLUMNS.items()
    )
    + "".join(SEARCH.format(noun=noun, text="search_text") for noun in COLUMNS)
    + FIRST
)

COMPUTED = (
    "drop function first_accounts(text, integer);"
    + "".join(SEARCH.format(noun=noun, text=f"searchable({text})") for noun, text in COLUMNS.items())
    + "".join(f"alter table accounts_{noun} drop column search_text;" for noun in COLUMNS)
)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0008_interactions_and_tasks")]

    operations = [migrations.RunSQL(STORED, COMPUTED)]
