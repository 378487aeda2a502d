from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("metrics", "0010_term_ends_know_their_successors")]

    operations = [migrations.AddField("ClosingState", "published_rates", models.JSONField(default=dict))]
