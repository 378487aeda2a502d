from django.contrib.postgres.operations import BtreeGinExtension, TrigramExtension
from django.db import migrations

from workspaces.rls import IsolateTenants

# LIKE is not leakproof, so under row-level security it cannot use the trigram index; this function, which carries the
# workspace test itself and runs as the owner, can. It returns ids and nothing else.
SEARCH = """
create index account_search on accounts_account using gin (
  workspace_id,
  lower(name || ' ' || legal_name || ' ' || short_name || ' ' || coalesce(external_id, '') || ' ' || credit_code)
  gin_trgm_ops
);

create function search_accounts(words text, most integer) returns setof uuid
language sql stable security definer set search_path = public, pg_temp
as $$
  select id from accounts_account
  where workspace_id = (select nullif(current_setting('app.workspace_id', true), '')::uuid)
    and lower(name || ' ' || legal_name || ' ' || short_name || ' ' || coalesce(external_id, '') || ' ' || credit_code)
        like '%' || replace(replace(replace(lower(words), '\\', '\\\\'), '%', '\\%'), '_', '\\_') || '%'
    and voided_at is null
  limit most
$$;
"""

DROP = """
drop function search_accounts(text, integer);
drop index account_search;
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial"), ("workspaces", "0002_row_security")]

    operations = [
        IsolateTenants(
            "Account", "ChangedFact", "Contact", "Contract", "ContractLine", "FxRate", "Product", "RenewalProposal"
        ),
        TrigramExtension(),
        BtreeGinExtension(),
        migrations.RunSQL(SEARCH, DROP),
    ]
