from django.db import migrations, models

# As search_accounts in 0002: LIKE cannot use an index under row-level security, a function with the test inside can.
SEARCH = """
create index contact_search on accounts_contact using gin (
  workspace_id, lower(name || ' ' || mobile || ' ' || email || ' ' || wechat) gin_trgm_ops
);
create index contract_search on accounts_contract using gin (
  workspace_id, lower(number || ' ' || coalesce(external_id, '')) gin_trgm_ops
);

create function search_contacts(words text, most integer) returns setof uuid
language sql stable security definer set search_path = public, pg_temp
as $$
  select id from accounts_contact
  where workspace_id = (select nullif(current_setting('app.workspace_id', true), '')::uuid)
    and lower(name || ' ' || mobile || ' ' || email || ' ' || wechat)
        like '%' || replace(replace(replace(lower(words), '\\', '\\\\'), '%', '\\%'), '_', '\\_') || '%'
    and voided_at is null
  limit most
$$;

create function search_contracts(words text, most integer) returns setof uuid
language sql stable security definer set search_path = public, pg_temp
as $$
  select id from accounts_contract
  where workspace_id = (select nullif(current_setting('app.workspace_id', true), '')::uuid)
    and lower(number || ' ' || coalesce(external_id, ''))
        like '%' || replace(replace(replace(lower(words), '\\', '\\\\'), '%', '\\%'), '_', '\\_') || '%'
    and voided_at is null
  limit most
$$;
"""

DROP = """
drop function search_contracts(text, integer);
drop function search_contacts(text, integer);
drop index contract_search;
drop index contact_search;
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_row_security")]

    operations = [
        # The choices of a filter are found by hopping from value to value through these.
        migrations.AddIndex("account", models.Index(fields=["workspace", "industry", "id"], name="account_by_industry")),
        migrations.AddIndex("account", models.Index(fields=["workspace", "region", "id"], name="account_by_region")),
        migrations.RunSQL(SEARCH, DROP),
    ]
