import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.uuid
import workspaces.tenancy
from django.db import migrations, models

from workspaces.rls import IsolateTenants


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0013_renewal_stages'),
        ('workspaces', '0009_notifications'),
    ]

    operations = [
        migrations.CreateModel(
            name='Attachment',
            fields=[
                ('id', models.UUIDField(db_default=django.db.models.functions.uuid.UUID7(), editable=False, primary_key=True, serialize=False)),
                ('external_id', models.CharField(blank=True, max_length=100, null=True)),
                ('is_demo', models.BooleanField(default=False)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('updated_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('voided_at', models.DateTimeField(null=True)),
                ('void_reason', models.CharField(blank=True, default='', max_length=500)),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('content', models.BinaryField()),
                ('size', models.PositiveBigIntegerField(verbose_name='size')),
                ('sha256', models.CharField(max_length=64)),
                ('account', workspaces.tenancy.TenantKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='attachments', to='accounts.account', verbose_name='account')),
                ('added_by', workspaces.tenancy.TenantKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='workspaces.membership', verbose_name='added by')),
                ('interaction', workspaces.tenancy.TenantKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='attachments', to='accounts.interaction', verbose_name='interaction')),
                ('workspace', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='workspaces.workspace')),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(fields=['workspace', 'account', 'id'], name='attachment_by_account'), models.Index(fields=['workspace', 'interaction'], name='attachment_by_interaction')],
                'constraints': [models.UniqueConstraint(fields=('workspace', 'id'), name='accounts_attachment_in_workspace'), models.UniqueConstraint(condition=models.Q(('voided_at__isnull', True)), fields=('workspace', 'external_id'), name='accounts_attachment_external_id'), workspaces.tenancy.TenantForeignKey('account', name='accounts_attachment_account_fk'), workspaces.tenancy.TenantForeignKey('interaction', name='accounts_attachment_interaction_fk'), workspaces.tenancy.TenantForeignKey('added_by', name='accounts_attachment_added_by_fk')],
            },
        ),
        migrations.CreateModel(
            name='Mention',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('interaction', workspaces.tenancy.TenantKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='mentions', to='accounts.interaction')),
                ('member', workspaces.tenancy.TenantKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='mentions', to='workspaces.membership')),
                ('workspace', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='workspaces.workspace')),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(fields=['workspace', 'member', '-id'], name='mention_by_member')],
                'constraints': [models.UniqueConstraint(fields=('workspace', 'id'), name='accounts_mention_in_workspace'), workspaces.tenancy.TenantForeignKey('interaction', name='accounts_mention_interaction_fk'), workspaces.tenancy.TenantForeignKey('member', name='accounts_mention_member_fk'), models.UniqueConstraint(fields=('workspace', 'interaction', 'member'), name='accounts_mention_once')],
            },
        ),
        IsolateTenants('Attachment', 'Mention'),
    ]
