from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_index_by_update")]

    operations = [
        migrations.RenameField(model_name="changedfact", old_name="created_at", new_name="at"),
        *[
            migrations.AddField(
                model_name="changedfact", name=name, field=models.CharField(default="", max_length=length)
            )
            for name, length in (("actor", 200), ("subject_type", 40), ("subject_id", 40), ("subject_label", 200))
        ],
    ]
