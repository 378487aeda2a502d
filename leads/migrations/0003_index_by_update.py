from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("leads", "0002_row_security")]

    operations = [
        migrations.AddIndex(
            model_name="spend",
            index=models.Index(fields=["workspace", "updated_at", "id"], name="spend_by_update"),
        )
    ]
