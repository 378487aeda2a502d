import django.db.models.deletion
import django.db.models.functions.datetime
import workspaces.tenancy
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('jobs', '0007_mended_cells'),
        ('workspaces', '0007_two_step_required'),
    ]

    operations = [
        migrations.AddField(
            model_name='importjob',
            name='undo',
            field=models.JSONField(db_default=models.Value({}, output_field=models.JSONField()), default=dict),
        ),
        migrations.AddField(
            model_name='importjob',
            name='undone_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='importjob',
            name='undone_by',
            field=models.CharField(blank=True, db_default='', default='', max_length=200),
        ),
        migrations.AlterField(
            model_name='importjob',
            name='state',
            field=models.CharField(choices=[('mapping', 'Columns to be matched'), ('checking', 'Being checked'), ('checked', 'Waiting for confirmation'), ('writing', 'Being imported'), ('done', 'Imported'), ('undo_check', 'Undo being checked'), ('undoing', 'Being undone'), ('undone', 'Undone')], default='mapping', max_length=10, verbose_name='state'),
        ),
        migrations.CreateModel(
            name='ImportedRow',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('batch', models.PositiveIntegerField()),
                ('row', models.PositiveIntegerField()),
                ('verb', models.CharField(max_length=10)),
                ('subject_type', models.CharField(max_length=40)),
                ('subject_id', models.CharField(max_length=40)),
                ('subject_label', models.CharField(blank=True, default='', max_length=200)),
                ('before', models.JSONField(null=True)),
                ('after', models.JSONField(null=True)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('outcome', models.CharField(blank=True, db_default='', default='', max_length=10)),
                ('reason', models.CharField(blank=True, db_default='', default='', max_length=500)),
                ('job', workspaces.tenancy.TenantKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='written', to='jobs.importjob')),
                ('workspace', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='workspaces.workspace')),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(fields=['workspace', 'job', 'row'], name='imported_row_by_row')],
                'constraints': [models.UniqueConstraint(fields=('workspace', 'id'), name='jobs_importedrow_in_workspace')],
            },
        ),
        migrations.AddConstraint(
            model_name='importedrow',
            constraint=workspaces.tenancy.TenantForeignKey('job', name='jobs_imported_row_job_fk'),
        ),
    ]
