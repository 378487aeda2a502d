import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.uuid
import workspaces.tenancy
from django.db import migrations, models

from workspaces.rls import IsolateTenants


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0012_merged_accounts'),
        ('workspaces', '0009_notifications'),
    ]

    operations = [
        migrations.CreateModel(
            name='RenewalStage',
            fields=[
                ('id', models.UUIDField(db_default=django.db.models.functions.uuid.UUID7(), editable=False, primary_key=True, serialize=False)),
                ('number', models.PositiveIntegerField()),
                ('stage', models.CharField(choices=[('not_started', 'Not started'), ('talking', 'Talking'), ('offer_sent', 'Offer sent'), ('agreed', 'Agreed'), ('will_not_renew', 'Will not renew')], max_length=20)),
                ('moved_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('moved_by', models.CharField(max_length=200)),
                ('contract', workspaces.tenancy.TenantKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='renewal_stages', to='accounts.contract')),
                ('workspace', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='workspaces.workspace')),
            ],
            options={
                'abstract': False,
                'constraints': [models.UniqueConstraint(fields=('workspace', 'id'), name='accounts_renewalstage_in_workspace'), models.UniqueConstraint(fields=('workspace', 'contract', 'number'), name='accounts_renewal_stage_once'), workspaces.tenancy.TenantForeignKey('contract', name='accounts_renewal_stage_contract_fk')],
            },
        ),
        IsolateTenants("RenewalStage"),
    ]
