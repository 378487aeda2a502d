import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("workspaces", "0003_metric_settings_changed_at")]

    operations = [
        migrations.AddField(
            model_name="workspace",
            name="fiscal_year_start_month",
            field=models.PositiveSmallIntegerField(
                default=1,
                validators=[
                    django.core.validators.MinValueValidator(1),
                    django.core.validators.MaxValueValidator(12),
                ],
                verbose_name="fiscal year begins in",
            ),
        ),
    ]
