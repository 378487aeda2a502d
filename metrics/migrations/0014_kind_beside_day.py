"""Movements of a kind are counted from the index by day alone."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("metrics", "0013_published_and_restated")]

    operations = [
        migrations.RemoveIndex(model_name="accountday", name="account_day_by_day"),
        migrations.AddIndex(
            model_name="accountday",
            index=models.Index(fields=["workspace", "day"], include=["kind"], name="account_day_by_day"),
        ),
    ]
