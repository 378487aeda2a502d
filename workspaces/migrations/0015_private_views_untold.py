from django.db import migrations


class Migration(migrations.Migration):
    """What the trail told of views that nobody but their owner could ever see, as it does not any more."""

    dependencies = [
        ('workspaces', '0014_locked_answers'),
    ]

    operations = [
        migrations.RunSQL(
            """
            delete from workspaces_activity told
            where told.subject_type = 'saved_view' and not exists (
              select from workspaces_activity shared
              where shared.workspace_id = told.workspace_id and shared.subject_type = 'saved_view'
                and shared.subject_id = told.subject_id
                and 'true' in (shared.before ->> 'is_shared', shared.after ->> 'is_shared')
            )
            """,
            migrations.RunSQL.noop,
        ),
    ]
