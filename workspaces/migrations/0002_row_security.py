from django.db import migrations

from workspaces.rls import IsolateTenants

# What must be answered before a scope exists. Each returns ids and nothing else, runs as the owner and pins its search_path.
FUNCTIONS = """
create function workspaces_of(of_user uuid) returns setof uuid
language sql stable security definer set search_path = public, pg_temp
as $$ select workspace_id from workspaces_membership where user_id = of_user and is_active $$;

create function api_key_by_hash(of_hash text) returns table (id uuid, workspace_id uuid)
language sql stable security definer set search_path = public, pg_temp
as $$ select k.id, k.workspace_id from workspaces_apikey k where k.key_hash = of_hash $$;

create function invitation_by_hash(of_hash text) returns table (id uuid, workspace_id uuid)
language sql stable security definer set search_path = public, pg_temp
as $$ select i.id, i.workspace_id from workspaces_invitation i where i.token_hash = of_hash $$;
"""

DROP = """
drop function invitation_by_hash(text);
drop function api_key_by_hash(text);
drop function workspaces_of(uuid);
"""


class Migration(migrations.Migration):
    dependencies = [("workspaces", "0001_initial")]

    operations = [
        IsolateTenants("Activity", "ApiKey", "IdempotencyKey", "Invitation", "Membership", "MetricSettings", "Team"),
        migrations.RunSQL(FUNCTIONS, DROP),
    ]
