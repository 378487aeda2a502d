from django.db import migrations

from workspaces.rls import IsolateTenants

# Claiming asks over all workspaces, before any scope exists: ids come back and nothing else. The functions run as the
# owner and pin their search_path.
#
# A run is due when it waits and its time has come, or when its holder's lease ran out. SKIP LOCKED leaves alone what
# another worker is claiming, and also a run whose holder is in the middle of a commit (its guard holds the row's lock).
# The candidate is picked in a CTE: as a subquery in WHERE it could be evaluated again after a concurrent update.
FUNCTIONS = """
create function claim_run(of_queue text, lease interval) returns table (id uuid, workspace_id uuid)
language sql volatile security definer set search_path = public, pg_temp
as $$
  with candidate as materialized (
    select r.id from jobs_run r
    where r.queue = of_queue
      and r.state in ('queued', 'running')
      and (r.state = 'queued' and r.due_at <= now() or r.state = 'running' and r.lease_until < now())
      and not exists (
        -- One at a time per workspace and kind: a second closing would only wait for the first one's lock.
        select 1 from jobs_run other
        where other.workspace_id = r.workspace_id and other.kind = r.kind and other.id <> r.id
          and other.state = 'running' and other.lease_until >= now()
      )
    order by r.due_at, r.id
    limit 1
    for update skip locked
  )
  update jobs_run r
  set state = 'running', attempt = r.attempt + 1, idle_attempts = r.idle_attempts + 1,
      lease_until = now() + lease, heartbeat_at = now(), started_at = coalesce(r.started_at, now())
  from candidate where r.id = candidate.id
  returning r.id, r.workspace_id
$$;

create function claim_outbox(most integer) returns table (id uuid, workspace_id uuid)
language sql stable security definer set search_path = public, pg_temp
as $$
  select o.id, o.workspace_id from jobs_outbox o
  where o.state = 'pending' and o.due_at <= now()
  order by o.due_at, o.id
  limit most
$$;
"""

DROP = """
drop function claim_outbox(integer);
drop function claim_run(text, interval);
"""


class Migration(migrations.Migration):
    dependencies = [("jobs", "0001_initial"), ("workspaces", "0002_row_security")]

    operations = [
        IsolateTenants("Outbox", "Run"),
        migrations.RunSQL(FUNCTIONS, DROP),
    ]
