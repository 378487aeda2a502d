from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("metrics", "0007_spans_know_their_product")]

    operations = [
        migrations.AddField("PeriodFigures", "rates", models.JSONField(default=dict)),
        migrations.AddField("ClosingState", "published_through", models.DateField(null=True)),
        migrations.AddIndex(
            "AccountDay",
            models.Index(
                fields=["workspace", "until"],
                condition=models.Q(other_balances__isnull=False),
                name="account_day_in_other_currency",
            ),
        ),
        # What the sums there are were converted at is not known: the next closing computes all of them anew.
        migrations.RunSQL("update metrics_closingstate set settings_as_of = null", migrations.RunSQL.noop),
    ]
