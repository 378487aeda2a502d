import django.db.models.deletion
import workspaces.tenancy
from django.db import migrations, models

from workspaces.rls import IsolateTenants


class Migration(migrations.Migration):

    dependencies = [
        ('jobs', '0011_import_user'),
        ('workspaces', '0013_erasures'),
    ]

    operations = [
        migrations.CreateModel(
            name='FilePart',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('position', models.PositiveIntegerField()),
                ('content', models.BinaryField()),
                ('file', workspaces.tenancy.TenantKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='parts', to='jobs.file')),
                ('workspace', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='workspaces.workspace')),
            ],
            options={
                'abstract': False,
                'constraints': [models.UniqueConstraint(fields=('workspace', 'id'), name='jobs_filepart_in_workspace'), workspaces.tenancy.TenantForeignKey('file', name='jobs_part_file_fk'), models.UniqueConstraint(fields=('workspace', 'file', 'position'), name='jobs_part_once')],
            },
        ),
        IsolateTenants("FilePart"),
    ]
