from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("metrics", "0008_period_rates")]

    operations = [
        migrations.AddField(
            model_name="closingstate",
            name="fiscal_year_start_month",
            field=models.PositiveSmallIntegerField(default=1),
        ),
    ]
