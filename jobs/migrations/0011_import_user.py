import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('jobs', '0010_robots'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='importjob',
            name='user',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        # Those who brought a file before are known by the mail address that they sign in with.
        migrations.RunSQL(
            """
            update jobs_importjob job set user_id = person.id
            from workspaces_user person where person.email = job.created_by
            """,
            migrations.RunSQL.noop,
        ),
    ]
