import django.db.models.deletion
import django.db.models.functions.datetime
import workspaces.tenancy
from django.conf import settings
from django.db import migrations, models

from workspaces.rls import IsolateTenants


class Migration(migrations.Migration):

    dependencies = [
        ('workspaces', '0008_saved_views'),
    ]

    operations = [
        migrations.CreateModel(
            name='Notification',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('kind', models.CharField(max_length=30)),
                ('actor', models.CharField(max_length=200)),
                ('subject_type', models.CharField(max_length=40)),
                ('subject_id', models.CharField(blank=True, default='', max_length=40)),
                ('subject_label', models.CharField(blank=True, default='', max_length=200)),
                ('details', models.JSONField(default=dict)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('read_at', models.DateTimeField(null=True)),
                ('member', workspaces.tenancy.TenantKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='notifications', to='workspaces.membership')),
                ('user', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('workspace', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='workspaces.workspace')),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(fields=['workspace', 'member', '-id'], name='notification_latest'), models.Index(condition=models.Q(('read_at', None)), fields=['workspace', 'member'], name='notification_unread'), models.Index(fields=['workspace', 'created_at'], name='notification_by_age')],
                'constraints': [models.UniqueConstraint(fields=('workspace', 'id'), name='workspaces_notification_in_workspace'), workspaces.tenancy.TenantForeignKey('member', name='workspaces_notification_member_fk')],
            },
        ),
        migrations.CreateModel(
            name='NotificationChoice',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('kind', models.CharField(max_length=30)),
                ('way', models.CharField(choices=[('page', 'In the product'), ('mail', 'In the product and by mail at once'), ('off', 'Off')], max_length=4)),
                ('member', workspaces.tenancy.TenantKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='workspaces.membership')),
                ('workspace', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='workspaces.workspace')),
            ],
            options={
                'abstract': False,
                'constraints': [models.UniqueConstraint(fields=('workspace', 'id'), name='workspaces_notificationchoice_in_workspace'), workspaces.tenancy.TenantForeignKey('member', name='workspaces_notificationchoice_member_fk'), models.UniqueConstraint(fields=('workspace', 'member', 'kind'), name='workspaces_notificationchoice_once')],
            },
        ),
        IsolateTenants("Notification", "NotificationChoice"),
    ]
