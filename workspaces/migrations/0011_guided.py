from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('workspaces', '0010_demo_people'),
    ]

    operations = [
        # Who has begun already needs no checklist.
        migrations.AddField(
            model_name='workspace',
            name='is_guided',
            field=models.BooleanField(default=False),
        ),
        migrations.AlterField(
            model_name='workspace',
            name='is_guided',
            field=models.BooleanField(default=True),
        ),
    ]
