import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.uuid
import workspaces.tenancy
from django.db import migrations, models

from workspaces.rls import IsolateTenants


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0007_changed_facts_say_who'),
        ('workspaces', '0004_fiscal_year'),
    ]

    operations = [
        migrations.CreateModel(
            name='Interaction',
            fields=[
                ('id', models.UUIDField(db_default=django.db.models.functions.uuid.UUID7(), editable=False, primary_key=True, serialize=False)),
                ('external_id', models.CharField(blank=True, max_length=100, null=True)),
                ('is_demo', models.BooleanField(default=False)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('updated_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('voided_at', models.DateTimeField(null=True)),
                ('void_reason', models.CharField(blank=True, default='', max_length=500)),
                ('kind', models.CharField(choices=[('call', 'Call'), ('visit', 'Visit'), ('mail', 'Mail'), ('meeting', 'Meeting'), ('note', 'Note')], max_length=10, verbose_name='kind')),
                ('happened_on', models.DateField(verbose_name='day')),
                ('happened_at', models.DateTimeField(blank=True, null=True, verbose_name='time')),
                ('subject', models.CharField(blank=True, default='', max_length=200, verbose_name='subject')),
                ('participants', models.CharField(blank=True, default='', max_length=500, verbose_name='others present')),
                ('stage', models.CharField(blank=True, default='', max_length=60, verbose_name='stage')),
                ('need', models.TextField(blank=True, default='', verbose_name='need')),
                ('minutes', models.TextField(blank=True, default='', verbose_name='minutes')),
                ('feedback', models.TextField(blank=True, default='', verbose_name='feedback')),
                ('next_step', models.CharField(blank=True, default='', max_length=500, verbose_name='next step')),
                ('next_step_on', models.DateField(blank=True, null=True, verbose_name='next step on')),
                ('account', workspaces.tenancy.TenantKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='interactions', to='accounts.account', verbose_name='account')),
                ('author', workspaces.tenancy.TenantKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='workspaces.membership', verbose_name='author')),
                ('workspace', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='workspaces.workspace')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Participant',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('position', models.PositiveSmallIntegerField()),
                ('contact', workspaces.tenancy.TenantKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.contact')),
                ('interaction', workspaces.tenancy.TenantKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='people', to='accounts.interaction')),
                ('workspace', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='workspaces.workspace')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Task',
            fields=[
                ('id', models.UUIDField(db_default=django.db.models.functions.uuid.UUID7(), editable=False, primary_key=True, serialize=False)),
                ('external_id', models.CharField(blank=True, max_length=100, null=True)),
                ('is_demo', models.BooleanField(default=False)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('updated_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('voided_at', models.DateTimeField(null=True)),
                ('void_reason', models.CharField(blank=True, default='', max_length=500)),
                ('title', models.CharField(max_length=200, verbose_name='task')),
                ('note', models.TextField(blank=True, default='', verbose_name='note')),
                ('due_on', models.DateField(blank=True, null=True, verbose_name='due')),
                ('priority', models.CharField(choices=[('low', 'Low'), ('normal', 'Normal'), ('high', 'High')], default='normal', max_length=6, verbose_name='priority')),
                ('done_at', models.DateTimeField(blank=True, null=True, verbose_name='done')),
                ('account', workspaces.tenancy.TenantKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='tasks', to='accounts.account', verbose_name='account')),
                ('assignee', workspaces.tenancy.TenantKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='tasks', to='workspaces.membership', verbose_name='for')),
                ('created_by', workspaces.tenancy.TenantKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='workspaces.membership', verbose_name='entered by')),
                ('workspace', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='workspaces.workspace')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AddIndex(
            model_name='interaction',
            index=models.Index(fields=['workspace', 'account', 'happened_on', 'id'], name='interaction_by_account'),
        ),
        migrations.AddIndex(
            model_name='interaction',
            index=models.Index(fields=['workspace', 'happened_on', 'id'], name='interaction_by_day'),
        ),
        migrations.AddIndex(
            model_name='interaction',
            index=models.Index(fields=['workspace', 'updated_at', 'id'], name='interaction_by_update'),
        ),
        migrations.AddConstraint(
            model_name='interaction',
            constraint=models.UniqueConstraint(fields=('workspace', 'id'), name='accounts_interaction_in_workspace'),
        ),
        migrations.AddConstraint(
            model_name='interaction',
            constraint=models.UniqueConstraint(condition=models.Q(('voided_at__isnull', True)), fields=('workspace', 'external_id'), name='accounts_interaction_external_id'),
        ),
        migrations.AddConstraint(
            model_name='interaction',
            constraint=workspaces.tenancy.TenantForeignKey('account', name='accounts_interaction_account_fk'),
        ),
        migrations.AddConstraint(
            model_name='interaction',
            constraint=workspaces.tenancy.TenantForeignKey('author', name='accounts_interaction_author_fk'),
        ),
        migrations.AddIndex(
            model_name='participant',
            index=models.Index(fields=['workspace', 'contact'], name='participant_by_contact'),
        ),
        migrations.AddConstraint(
            model_name='participant',
            constraint=models.UniqueConstraint(fields=('workspace', 'id'), name='accounts_participant_in_workspace'),
        ),
        migrations.AddConstraint(
            model_name='participant',
            constraint=workspaces.tenancy.TenantForeignKey('interaction', name='accounts_participant_interaction_fk'),
        ),
        migrations.AddConstraint(
            model_name='participant',
            constraint=workspaces.tenancy.TenantForeignKey('contact', name='accounts_participant_contact_fk'),
        ),
        migrations.AddConstraint(
            model_name='participant',
            constraint=models.UniqueConstraint(fields=('workspace', 'interaction', 'contact'), name='accounts_participant_once'),
        ),
        migrations.AddIndex(
            model_name='task',
            index=models.Index(fields=['workspace', 'account'], name='task_by_account'),
        ),
        migrations.AddIndex(
            model_name='task',
            index=models.Index(fields=['workspace', 'assignee', 'due_on', 'id'], name='task_by_assignee'),
        ),
        migrations.AddIndex(
            model_name='task',
            index=models.Index(fields=['workspace', 'due_on', 'id'], name='task_by_due'),
        ),
        migrations.AddIndex(
            model_name='task',
            index=models.Index(fields=['workspace', 'updated_at', 'id'], name='task_by_update'),
        ),
        migrations.AddConstraint(
            model_name='task',
            constraint=models.UniqueConstraint(fields=('workspace', 'id'), name='accounts_task_in_workspace'),
        ),
        migrations.AddConstraint(
            model_name='task',
            constraint=models.UniqueConstraint(condition=models.Q(('voided_at__isnull', True)), fields=('workspace', 'external_id'), name='accounts_task_external_id'),
        ),
        migrations.AddConstraint(
            model_name='task',
            constraint=workspaces.tenancy.TenantForeignKey('account', name='accounts_task_account_fk'),
        ),
        migrations.AddConstraint(
            model_name='task',
            constraint=workspaces.tenancy.TenantForeignKey('assignee', name='accounts_task_assignee_fk'),
        ),
        migrations.AddConstraint(
            model_name='task',
            constraint=workspaces.tenancy.TenantForeignKey('created_by', name='accounts_task_created_by_fk'),
        ),
        IsolateTenants("Interaction", "Participant", "Task"),
    ]
