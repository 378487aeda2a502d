import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.uuid
import workspaces.tenancy
from django.db import migrations, models

from workspaces.rls import IsolateTenants


class Migration(migrations.Migration):

    dependencies = [
        ('workspaces', '0007_two_step_required'),
    ]

    operations = [
        migrations.CreateModel(
            name='SavedView',
            fields=[
                ('id', models.UUIDField(db_default=django.db.models.functions.uuid.UUID7(), editable=False, primary_key=True, serialize=False)),
                ('of_list', models.CharField(max_length=30)),
                ('name', models.CharField(max_length=60, verbose_name='name')),
                ('is_shared', models.BooleanField(default=False, verbose_name='shared')),
                ('state', models.JSONField(default=dict)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('updated_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('owner', workspaces.tenancy.TenantKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='saved_views', to='workspaces.membership')),
                ('workspace', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='workspaces.workspace')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='DefaultView',
            fields=[
                ('id', models.UUIDField(db_default=django.db.models.functions.uuid.UUID7(), editable=False, primary_key=True, serialize=False)),
                ('of_list', models.CharField(max_length=30)),
                ('member', workspaces.tenancy.TenantKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='workspaces.membership')),
                ('workspace', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='workspaces.workspace')),
                ('view', workspaces.tenancy.TenantKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='workspaces.savedview')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AddIndex(
            model_name='savedview',
            index=models.Index(fields=['workspace', 'of_list', 'id'], name='saved_view_by_list'),
        ),
        migrations.AddConstraint(
            model_name='savedview',
            constraint=models.UniqueConstraint(fields=('workspace', 'id'), name='workspaces_savedview_in_workspace'),
        ),
        migrations.AddConstraint(
            model_name='savedview',
            constraint=workspaces.tenancy.TenantForeignKey('owner', name='workspaces_savedview_owner_fk'),
        ),
        migrations.AddConstraint(
            model_name='defaultview',
            constraint=models.UniqueConstraint(fields=('workspace', 'id'), name='workspaces_defaultview_in_workspace'),
        ),
        migrations.AddConstraint(
            model_name='defaultview',
            constraint=workspaces.tenancy.TenantForeignKey('member', name='workspaces_defaultview_member_fk'),
        ),
        migrations.AddConstraint(
            model_name='defaultview',
            constraint=workspaces.tenancy.TenantForeignKey('view', name='workspaces_defaultview_view_fk'),
        ),
        migrations.AddConstraint(
            model_name='defaultview',
            constraint=models.UniqueConstraint(fields=('workspace', 'member', 'of_list'), name='workspaces_defaultview_once'),
        ),
        IsolateTenants("SavedView", "DefaultView"),
    ]
