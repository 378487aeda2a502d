from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("metrics", "0011_published_rates"),
    ]

    operations = [
        migrations.AddField("linespan", "known_from", models.DateField(null=True)),
        migrations.AddField("linespan", "end_known_from", models.DateField(null=True)),
        migrations.AddField(
            "periodfigures", "committed_new", models.DecimalField(decimal_places=2, default=0, max_digits=22)
        ),
        migrations.AddField(
            "periodfigures", "committed_lost", models.DecimalField(decimal_places=2, default=0, max_digits=22)
        ),
        migrations.AddIndex(
            "linespan",
            models.Index(
                condition=models.Q(known_from__lt=models.F("first_day")),
                fields=["workspace", "known_from"],
                name="span_by_known_from",
            ),
        ),
        migrations.AddIndex(
            "linespan",
            models.Index(
                condition=models.Q(end_known_from__isnull=False),
                fields=["workspace", "end_known_from"],
                name="span_by_end_known_from",
            ),
        ),
    ]
