from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0009_search_text_is_stored'),
    ]

    operations = [
        migrations.AddField(
            model_name='account',
            name='is_archived',
            field=models.BooleanField(db_default=False, default=False, verbose_name='archived'),
        ),
    ]
