from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('workspaces', '0009_notifications'),
    ]

    operations = [
        migrations.AddField(
            model_name='membership',
            name='is_demo',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name='savedview',
            name='is_demo',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name='team',
            name='is_demo',
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
