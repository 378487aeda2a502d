import django.core.validators
from django.db import migrations, models

MIN, MAX = django.core.validators.MinValueValidator, django.core.validators.MaxValueValidator


class Migration(migrations.Migration):
    dependencies = [("workspaces", "0004_fiscal_year")]

    operations = [
        migrations.AddField(
            model_name="metricsettings",
            name="nrr_window_months",
            field=models.PositiveSmallIntegerField(
                default=12, validators=[MIN(1), MAX(60)], verbose_name="retention window, months"
            ),
        ),
        migrations.AddField(
            model_name="metricsettings",
            name="reactivation_after_days",
            field=models.PositiveSmallIntegerField(
                blank=True,
                null=True,
                validators=[MIN(1), MAX(3650)],
                verbose_name="counts as new again after, days",
            ),
        ),
        migrations.AddField(
            model_name="metricsettings",
            name="churn_timing",
            field=models.CharField(
                choices=[
                    ("service_end", "When its service ends"),
                    ("notice", "On the day after notice was given"),
                ],
                default="service_end",
                max_length=11,
                verbose_name="churn is booked",
            ),
        ),
    ]
