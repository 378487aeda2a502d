from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("workspaces", "0005_dated_metric_settings")]

    operations = [
        migrations.AddField("membership", "may_export", models.BooleanField(default=True, verbose_name="may export")),
    ]
