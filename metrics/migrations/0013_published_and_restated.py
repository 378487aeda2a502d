import django.db.models.deletion
from django.db import migrations, models

import workspaces.tenancy
from workspaces.rls import IsolateTenants

# What a period was called; nobody had another fiscal calendar than the calendar's before.
NAME = """
case p.interval when 'month' then to_char(p.starts_on, 'YYYY-MM') when 'quarter' then to_char(p.starts_on, 'YYYY"-Q"Q')
  else to_char(p.starts_on, 'YYYY') end
"""
# The log so far, a batch for each closing, with metrics by their keys.
BATCHES = f"""
insert into metrics_restatementbatch (workspace_id, at, reason, from_day, accounts_changed, actors, facts)
select workspace_id, at, reason, min(from_day), max(accounts_changed), '[]', 0
from metrics_restatement group by 1, 2, 3;

update metrics_restatement p
set batch_id = b.id, name = {NAME},
  before = (p.before - 'mrr_end' - 'customers_end') || jsonb_strip_nulls(
    jsonb_build_object('mrr', p.before -> 'mrr_end', 'customers', p.before -> 'customers_end')),
  after = (p.after - 'mrr_end' - 'customers_end') || jsonb_strip_nulls(
    jsonb_build_object('mrr', p.after -> 'mrr_end', 'customers', p.after -> 'customers_end'))
from metrics_restatementbatch b
where b.workspace_id = p.workspace_id and b.at = p.at and b.reason = p.reason;

-- Keys are checked now, because a table whose checks are pending cannot be altered.
set constraints all immediate;
set constraints all deferred;
"""
AMOUNTS = (
    "mrr_start new expansion contraction churn reactivation mrr_end nrr_then nrr_now grr_now value_due value_renewed "
    "spend cac_spend gross_margin_percent"
).split()
COUNTS = (
    "customers_start customers_end new_customers churned_customers contracts_due contracts_renewed ltv_churn_months "
    "nrr_window_months"
).split()
PAIRS = ", ".join([f"'{name}', p.{name}::text" for name in AMOUNTS] + [f"'{name}', p.{name}" for name in COUNTS])
# Closed periods count as published when they last became what they are.
PUBLISHED = f"""
insert into metrics_publishedfigures (workspace_id, interval, starts_on, ends_on, name, published_at, figures)
select p.workspace_id, p.interval, p.starts_on, p.ends_on, {NAME}, coalesce(c.restated_at, c.closed_at),
  jsonb_build_object({PAIRS}, 'contracts_open', (
    select count(*) from metrics_termend e
    where e.workspace_id = p.workspace_id and e.day between p.starts_on and p.ends_on and e.outcome = 'undecided'
      and e.grace_ends_on >= (select max(day) from metrics_closing l where l.workspace_id = p.workspace_id)))
from metrics_periodfigures p
join metrics_closing c on c.workspace_id = p.workspace_id and c.day = p.ends_on
where p.through = p.ends_on;

set constraints all immediate;
set constraints all deferred;
"""
KEEP = """
create function publications_stand() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  raise exception 'what was published is never changed';
end
$$;
-- After the row's own checks, so that row security answers first.
create trigger metrics_publishedfigures_stand after update on metrics_publishedfigures
for each row execute function publications_stand();
"""


def workspace():
    return models.ForeignKey(
        db_index=False,
        on_delete=django.db.models.deletion.CASCADE,
        related_name="+",
        to="workspaces.workspace",
    )


def batch(related_name, **kwargs):
    return workspaces.tenancy.TenantKey(
        db_constraint=False,
        db_index=False,
        on_delete=django.db.models.deletion.CASCADE,
        related_name=related_name,
        to="metrics.restatementbatch",
        **kwargs,
    )


def in_workspace(name):
    return models.UniqueConstraint(fields=("workspace", "id"), name=f"metrics_{name}_in_workspace")


class Migration(migrations.Migration):
    dependencies = [("metrics", "0012_committed_mrr"), ("workspaces", "0005_dated_metric_settings")]

    operations = [
        migrations.AddField(
            model_name="periodfigures",
            name="nrr_window_months",
            field=models.PositiveSmallIntegerField(default=12),
        ),
        migrations.CreateModel(
            name="PublishedFigures",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("interval", models.CharField(max_length=7)),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField()),
                ("name", models.CharField(max_length=7)),
                ("published_at", models.DateTimeField()),
                ("figures", models.JSONField(null=True)),
                ("workspace", workspace()),
            ],
            options={
                "abstract": False,
                "indexes": [
                    models.Index(fields=["workspace", "interval", "starts_on", "-id"], name="published_of_period")
                ],
                "constraints": [in_workspace("publishedfigures")],
            },
        ),
        migrations.CreateModel(
            name="RestatementBatch",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("facts", "Late or corrected facts"),
                            ("spend", "Spend"),
                            ("settings", "Settings"),
                            ("calendar", "Another fiscal calendar"),
                            ("forced", "Computed again by hand"),
                        ],
                        max_length=10,
                    ),
                ),
                ("from_day", models.DateField()),
                ("accounts_changed", models.IntegerField()),
                ("actors", models.JSONField(default=list)),
                ("facts", models.IntegerField(default=0)),
                ("workspace", workspace()),
            ],
            options={
                "abstract": False,
                "indexes": [models.Index(fields=["workspace", "-id"], name="restatement_batch_latest")],
                "constraints": [in_workspace("restatementbatch")],
            },
        ),
        migrations.CreateModel(
            name="RestatementFact",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("actor", models.CharField(max_length=200)),
                ("subject_type", models.CharField(max_length=40)),
                ("subject_id", models.CharField(max_length=40)),
                ("subject_label", models.CharField(max_length=200)),
                ("from_day", models.DateField()),
                ("accounts", models.IntegerField()),
                ("batch", batch("kept_facts")),
                ("workspace", workspace()),
            ],
            options={
                "abstract": False,
                "indexes": [models.Index(fields=["workspace", "batch", "id"], name="restatement_fact_of_batch")],
                "constraints": [
                    in_workspace("restatementfact"),
                    workspaces.tenancy.TenantForeignKey("batch", name="metrics_fact_batch_fk"),
                ],
            },
        ),
        IsolateTenants("PublishedFigures", "RestatementBatch", "RestatementFact"),
        migrations.AddField(model_name="restatement", name="batch", field=batch("periods", null=True)),
        migrations.AddField(
            model_name="restatement", name="name", field=models.CharField(default="", max_length=7), preserve_default=False
        ),
        migrations.RunSQL(BATCHES, migrations.RunSQL.noop),
        *[
            migrations.RemoveField(model_name="restatement", name=name)
            for name in ("accounts_changed", "at", "from_day", "reason")
        ],
        migrations.AlterField(model_name="restatement", name="batch", field=batch("periods")),
        migrations.AddIndex(
            model_name="restatement",
            index=models.Index(fields=["workspace", "batch", "id"], name="restatement_of_batch"),
        ),
        migrations.AddConstraint(
            model_name="restatement",
            constraint=workspaces.tenancy.TenantForeignKey("batch", name="metrics_restatement_batch_fk"),
        ),
        migrations.RunSQL(PUBLISHED, migrations.RunSQL.noop),
        migrations.RunSQL(
            KEEP,
            "drop trigger metrics_publishedfigures_stand on metrics_publishedfigures; drop function publications_stand();",
        ),
    ]
