from django.db import migrations

# A trigram index serves three characters and more, and Chinese names are looked for by two. In the searched text every
# character beyond ASCII therefore stands twice: two of them make four, "兰兰海海", which hold trigrams, and one text
# is part of another exactly when their doubled forms are.
SEARCH = """
create function searchable(words text) returns text
language sql immutable strict parallel safe
return regexp_replace(lower(words), '([^\\u0001-\\u007f])', '\\1\\1', 'g');

create function search_pattern(words text) returns text
language sql immutable strict parallel safe
return '%' || replace(replace(replace(searchable(words), '\\', '\\\\'), '%', '\\%'), '_', '\\_') || '%';

drop index account_search;
create index account_search on accounts_account using gin (
  workspace_id,
  searchable(name || ' ' || legal_name || ' ' || short_name || ' ' || coalesce(external_id, '') || ' ' || credit_code)
  gin_trgm_ops
);
create or replace function search_accounts(words text, most integer) returns setof uuid
language sql stable security definer set search_path = public, pg_temp
as $$
  select id from accounts_account
  where workspace_id = (select nullif(current_setting('app.workspace_id', true), '')::uuid)
    and searchable(
      name || ' ' || legal_name || ' ' || short_name || ' ' || coalesce(external_id, '') || ' ' || credit_code
    ) like search_pattern(words)
    and voided_at is null
  limit most
$$;

drop index contact_search;
create index contact_search on accounts_contact using gin (
  workspace_id, searchable(name || ' ' || mobile || ' ' || email || ' ' || wechat) gin_trgm_ops
);
create or replace function search_contacts(words text, most integer) returns setof uuid
language sql stable security definer set search_path = public, pg_temp
as $$
  select id from accounts_contact
  where workspace_id = (select nullif(current_setting('app.workspace_id', true), '')::uuid)
    and searchable(name || ' ' || mobile || ' ' || email || ' ' || wechat) like search_pattern(words)
    and voided_at is null
  limit most
$$;

drop index contract_search;
create index contract_search on accounts_contract using gin (
  workspace_id, searchable(number || ' ' || coalesce(external_id, '')) gin_trgm_ops
);
create or replace function search_contracts(words text, most integer) returns setof uuid
language sql stable security definer set search_path = public, pg_temp
as $$
  select id from accounts_contract
  where workspace_id = (select nullif(current_setting('app.workspace_id', true), '')::uuid)
    and searchable(number || ' ' || coalesce(external_id, '')) like search_pattern(words)
    and voided_at is null
  limit most
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_search_and_choices")]

    operations = [migrations.RunSQL(SEARCH, migrations.RunSQL.noop)]
