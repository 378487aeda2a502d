import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.uuid
import workspaces.tenancy
from django.db import migrations, models

from workspaces.rls import IsolateTenants


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0011_stances'),
        ('workspaces', '0008_saved_views'),
    ]

    operations = [
        migrations.CreateModel(
            name='AccountMerge',
            fields=[
                ('id', models.UUIDField(db_default=django.db.models.functions.uuid.UUID7(), editable=False, primary_key=True, serialize=False)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('by', models.CharField(max_length=200)),
                ('fields', models.JSONField(default=dict)),
                ('alias', models.CharField(max_length=100, null=True)),
                ('undone_at', models.DateTimeField(null=True)),
                ('undone_by', models.CharField(blank=True, default='', max_length=200)),
                ('loser', workspaces.tenancy.TenantKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.account')),
                ('winner', workspaces.tenancy.TenantKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='merges', to='accounts.account')),
                ('workspace', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='workspaces.workspace')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='DistinctAccounts',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('by', models.CharField(max_length=200)),
                ('first', workspaces.tenancy.TenantKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.account')),
                ('second', workspaces.tenancy.TenantKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.account')),
                ('workspace', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='workspaces.workspace')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='MergedRow',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('subject_type', models.CharField(max_length=40)),
                ('subject_id', models.CharField(max_length=40)),
                ('merge', workspaces.tenancy.TenantKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='moved', to='accounts.accountmerge')),
                ('workspace', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='workspaces.workspace')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AddIndex(
            model_name='accountmerge',
            index=models.Index(fields=['workspace', 'winner', '-id'], name='merge_by_winner'),
        ),
        migrations.AddIndex(
            model_name='accountmerge',
            index=models.Index(condition=models.Q(('alias__isnull', False)), fields=['workspace', 'alias'], name='merge_by_alias'),
        ),
        migrations.AddConstraint(
            model_name='accountmerge',
            constraint=models.UniqueConstraint(fields=('workspace', 'id'), name='accounts_accountmerge_in_workspace'),
        ),
        migrations.AddConstraint(
            model_name='accountmerge',
            constraint=workspaces.tenancy.TenantForeignKey('winner', name='accounts_merge_winner_fk'),
        ),
        migrations.AddConstraint(
            model_name='accountmerge',
            constraint=workspaces.tenancy.TenantForeignKey('loser', name='accounts_merge_loser_fk'),
        ),
        migrations.AddConstraint(
            model_name='accountmerge',
            constraint=models.UniqueConstraint(condition=models.Q(('undone_at__isnull', True)), fields=('workspace', 'loser'), name='accounts_merge_once'),
        ),
        migrations.AddConstraint(
            model_name='accountmerge',
            constraint=models.CheckConstraint(condition=models.Q(('winner', models.F('loser')), _negated=True), name='accounts_merge_of_two'),
        ),
        migrations.AddConstraint(
            model_name='distinctaccounts',
            constraint=models.UniqueConstraint(fields=('workspace', 'id'), name='accounts_distinctaccounts_in_workspace'),
        ),
        migrations.AddConstraint(
            model_name='distinctaccounts',
            constraint=workspaces.tenancy.TenantForeignKey('first', name='accounts_distinct_first_fk'),
        ),
        migrations.AddConstraint(
            model_name='distinctaccounts',
            constraint=workspaces.tenancy.TenantForeignKey('second', name='accounts_distinct_second_fk'),
        ),
        migrations.AddConstraint(
            model_name='distinctaccounts',
            constraint=models.UniqueConstraint(fields=('workspace', 'first', 'second'), name='accounts_distinct_once'),
        ),
        migrations.AddIndex(
            model_name='mergedrow',
            index=models.Index(fields=['workspace', 'merge', 'subject_type'], name='merged_row_by_merge'),
        ),
        migrations.AddConstraint(
            model_name='mergedrow',
            constraint=models.UniqueConstraint(fields=('workspace', 'id'), name='accounts_mergedrow_in_workspace'),
        ),
        migrations.AddConstraint(
            model_name='mergedrow',
            constraint=workspaces.tenancy.TenantForeignKey('merge', name='accounts_mergedrow_merge_fk'),
        ),
        IsolateTenants("AccountMerge", "MergedRow", "DistinctAccounts"),
    ]
