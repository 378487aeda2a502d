from django.db import migrations

from workspaces.rls import IsolateTenants

# As claim_run and claim_outbox: over all workspaces, before any scope, ids alone, as the owner with a pinned path.
#
# A claimed delivery is due again when the lease has run out, so that one whose sender died is sent by somebody else. At
# most `per_hook` of one webhook at a time, and one where the last attempt failed: a receiver that hangs would otherwise
# hold up everybody else's deliveries.
FUNCTIONS = """
create function claim_webhook_deliveries(at_instant timestamptz, most integer, per_hook integer, lease interval)
returns table (id uuid, workspace_id uuid)
language sql volatile security definer set search_path = public, pg_temp
as $$
  with candidate as materialized (
    select due.id
    from jobs_webhook w
    cross join lateral (
      select d.id, d.due_at from jobs_webhookdelivery d
      where d.workspace_id = w.workspace_id and d.webhook_id = w.id and d.state = 'pending' and d.due_at <= at_instant
      order by d.due_at, d.id
      limit case when w.failures > 0 then 1 else per_hook end
      for update skip locked
    ) due
    where w.is_active and (w.resting_until is null or w.resting_until <= at_instant)
    order by due.due_at, due.id
    limit most
  )
  update jobs_webhookdelivery d
  set claim = d.claim + 1, due_at = at_instant + lease
  from candidate where d.id = candidate.id
  returning d.id, d.workspace_id
$$;
"""

DROP = "drop function claim_webhook_deliveries(timestamptz, integer, integer, interval);"


class Migration(migrations.Migration):
    dependencies = [("jobs", "0005_webhooks")]

    operations = [
        IsolateTenants("Webhook", "WebhookDelivery", "WebhookEvent"),
        migrations.RunSQL(FUNCTIONS, DROP),
    ]
